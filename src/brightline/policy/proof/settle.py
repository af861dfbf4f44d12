"""Gives a request the names that its facts need: a tool that does what is said of tools, a mission of that purpose.

A solver chooses facts, and facts about tools without a tool read oddly. A registered tool or mission is taken where one
has these facts, with whatever else it does, else a name that says that it stands for one. Nothing is changed that
takes the request out of its group.
"""

from collections.abc import Iterator, Mapping

from brightline.domain.use import ToolEffect
from brightline.policy.attributes import at, put
from brightline.policy.expressions import Json
from brightline.policy.reduce import Holds
from brightline.policy.typical import FACT, MISSION, SOME_MISSION, SOME_TOOL, Typical
from brightline.policy.written import WrittenRequest

_OF_TOOLS = {"effects": "Effect", "data_origins": "DataOrigin", "subjects": "Subject", "activities": "Activity"}
_OF_MISSION = ("purpose", "individual_basis", "constrained")


def settled(asked: WrittenRequest, typical: Typical, holds: Holds, tools: Mapping[str, ToolEffect]) -> WrittenRequest:
    """`asked` with a tool and a mission that fit its facts, where `holds` for it all the same."""
    for others in (_with_tool(asked, typical, tools), _with_mission(asked, typical)):
        named = next((other for other in others if holds(other)), None)
        asked = named or asked
    return asked


def _with_tool(asked: WrittenRequest, typical: Typical, tools: Mapping[str, ToolEffect]) -> Iterator[WrittenRequest]:
    paths = [(FACT, name) for name in _OF_TOOLS]
    if not all(path in typical.attributes for path in (*paths, (FACT, "tools"))):
        return
    facts = [_ids(at(asked.context, path)) for path in paths]
    if at(asked.context, (FACT, "tools")) != [] or not any(facts):
        return
    fitting = [
        tool for tool in tools.values() if all(need <= has for need, has in zip(facts, _facts(tool), strict=True))
    ]
    for tool in sorted(fitting, key=lambda tool: (sum(map(len, _facts(tool))), tool.name)):
        context = put(asked.context, (FACT, "tools"), [tool.name])
        for (_, name), ids in zip(paths, _facts(tool), strict=True):
            listed: list[Json] = [{"__entity": {"type": _OF_TOOLS[name], "id": one}} for one in sorted(ids)]
            context = put(context, (FACT, name), listed)
        yield asked._replace(context=context)
    yield asked._replace(context=put(asked.context, (FACT, "tools"), [SOME_TOOL]))


def _with_mission(asked: WrittenRequest, typical: Typical) -> Iterator[WrittenRequest]:
    paths = [(FACT, name) for name in _OF_MISSION if (FACT, name) in typical.attributes]
    facts = [at(asked.context, path) for path in paths]
    if facts == [typical.expected(asked, path) for path in paths]:
        return
    rows = typical.registers.missions.items()
    fitting = [name for name, row in sorted(rows) if [row[path[-1]] for path in paths] == facts]
    for name in (*fitting, SOME_MISSION):
        yield asked._replace(context=put(asked.context, MISSION, name))


def _facts(tool: ToolEffect) -> list[frozenset[str]]:
    return [frozenset({tool.effect}), tool.origins, tool.subjects, tool.activities]


def _ids(value: Json) -> frozenset[str]:
    uids = [item.get("__entity") for item in value if isinstance(item, dict)] if isinstance(value, list) else []
    return frozenset(str(uid["id"]) for uid in uids if isinstance(uid, dict))
