"""Gives a request the names that its facts need: a tool that does what is said of tools, a mission of that purpose.

A solver chooses facts, and facts about tools without a tool read oddly. A registered tool or mission is taken where one
fits exactly, else a name that says that it stands for one; nothing is changed that changes a decision.
"""

from collections.abc import Iterator, Mapping

from brightline.domain.use import ToolEffect
from brightline.policy.attributes import at, put
from brightline.policy.expressions import Json
from brightline.policy.reduce import Holds
from brightline.policy.typical import FACT, MISSION, Typical
from brightline.policy.written import WrittenRequest

SOME_TOOL, SOME_MISSION = "some-tool", "some-mission"
_OF_TOOLS = ("effects", "data_origins", "subjects", "activities")
_OF_MISSION = ("purpose", "individual_basis", "constrained")


def settled(asked: WrittenRequest, typical: Typical, holds: Holds, tools: Mapping[str, ToolEffect]) -> WrittenRequest:
    """`asked` with a tool and a mission that fit its facts, where `holds` for it all the same."""
    for others in (_with_tool(asked, tools), _with_mission(asked, typical)):
        asked = next((other for other in others if holds(other)), asked)
    return asked


def _with_tool(asked: WrittenRequest, tools: Mapping[str, ToolEffect]) -> Iterator[WrittenRequest]:
    facts = [_ids(at(asked.context, (FACT, name))) for name in _OF_TOOLS]
    if at(asked.context, (FACT, "tools")) != [] or not any(facts):
        return
    fitting = [name for name, tool in sorted(tools.items()) if _facts(tool) == facts]
    for name in (*fitting, SOME_TOOL):
        yield asked._replace(context=put(asked.context, (FACT, "tools"), [name]))


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
