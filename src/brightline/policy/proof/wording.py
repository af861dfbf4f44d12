"""Says in plain words what a request is: who asks, what is offered, in which mission."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from brightline.policy.attributes import at
from brightline.policy.expressions import Json
from brightline.policy.typical import MISSION, SOME_TOOL, Deviation
from brightline.policy.written import WrittenRequest

_ACTIONS: Mapping[str, str] = MappingProxyType(
    {"generate": "asks the model to generate", "count_tokens": "asks for a count of tokens"}
)
_ORIGINS: Mapping[str, str] = MappingProxyType(
    {
        "public": "public data",
        "private": "private data",
        "commercial": "commercially acquired data",
        "government": "government data",
        "unknown": "data of unknown origin",
    }
)
_SUBJECTS: Mapping[str, str] = MappingProxyType(
    {"domestic": "domestic persons", "foreign": "foreign persons", "unknown": "persons of unknown nationality"}
)
_ACTIVITIES: Mapping[str, str] = MappingProxyType(
    {
        "monitor": "monitor people",
        "track": "track people",
        "profile": "profile people",
        "target": "target people",
        "identify-live": "identify people live",
        "score-socially": "score people socially",
        "predict-crime": "predict who will commit a crime",
        "scrape-faces": "collect faces",
        "infer-emotion": "infer emotions",
        "categorise-biometrically": "sort people by their bodies",
        "select-targets": "select targets",
        "engage": "engage targets",
        "launch-nuclear": "launch nuclear weapons",
        "unknown": "do what nobody registered",
    }
)
# Told as parts of the sentence, and not as attributes.
_WOVEN = frozenset(
    f"context.fact.{name}"
    for name in ("effects", "data_origins", "subjects", "activities", "tools", "mission", "purpose", "organisation")
) | {"principal", "action", "resource", "context.fact.unit", "context.fact.deployment"}
_BOOLEANS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "context.fact.stream": ("the answer is streamed", "the answer is not streamed"),
        "context.fact.acting": ("a tool is about to run", "no tool is about to run"),
        "context.fact.remote_urls": ("the content holds a link to fetch", "the content holds no link to fetch"),
        "context.fact.individual_basis": (
            "the mission has a basis against individual persons",
            "the mission has no basis against individual persons",
        ),
        "context.fact.constrained": ("the mission is constrained", "the mission is not constrained"),
    }
)


def told(asked: WrittenRequest, chosen: Sequence[Deviation]) -> str:
    """`asked` as the clause of a sentence; what nobody chose is left out, but for the unit and the mission."""
    names = {one.name for one in chosen}
    parts = [
        f"a caller of unit `{asked.principal[1]}` {_ACTIONS.get(asked.action[1], f'asks for `{asked.action[1]}`')}"
    ]
    parts += [f"of deployment `{asked.resource[1]}`"] if "resource" in names else []
    acting = at(asked.context, ("fact", "acting")) is True
    words = " ".join(parts) + _with_tools(asked, acting=acting)
    mission = at(asked.context, MISSION)
    words += f", in mission `{mission}`" if isinstance(mission, str) else ""
    if "context.fact.purpose" in names:
        words += f" with the purpose {value_in_words(at(asked.context, ('fact', 'purpose')))}"
    woven = _WOVEN | {"context.fact.acting"} if acting else _WOVEN
    rest = [described(one.name, one.value) for one in chosen if one.name not in woven]
    return words + (f", where {_listed(rest)}" if rest else "")


def described(name: str, value: Json) -> str:
    """An attribute and its value in words."""
    if name in _BOOLEANS and isinstance(value, bool):
        return _BOOLEANS[name][0 if value else 1]
    if name.startswith("context.meter.") and value is not None:
        return f"the meter `{name.removeprefix('context.meter.')}` reads {value}"
    if value is None:
        return f"`{name}` is not there"
    return f"`{name}` is {value_in_words(value)}"


def value_in_words(value: Json) -> str:
    """A value of Cedar's JSON form as people read it."""
    match value:
        case {"__entity": {"id": name}}:
            return f"`{name}`"
        case {"__extn": {"arg": argument}}:
            return f"`{argument}`"
        case bool():
            return "true" if value else "false"
        case None:
            return "absent"
        case list():
            return _listed([value_in_words(item) for item in value]) or "empty"
        case dict():
            inside = ", ".join(f"{name}: {value_in_words(item)}" for name, item in value.items())
            return f"{{{inside}}}"
    return f"`{value}`"


def _with_tools(asked: WrittenRequest, *, acting: bool) -> str:
    """The tools that the request speaks of and what they do; nothing where it offers none and runs none."""
    named = at(asked.context, ("fact", "tools"))
    tools = [name for name in named if isinstance(name, str) and name != SOME_TOOL] if isinstance(named, list) else []
    does = _offered(asked)
    if not does and not tools and not acting:
        return ""
    tool = f"the tool {_listed([f'`{name}`' for name in tools])}" if len(tools) == 1 else "a tool"
    return f" and {'is about to run' if acting else 'offers'} {tool}" + (f" {does}" if does else "")


def _offered(asked: WrittenRequest) -> str:
    """What the tool that is offered does, or nothing where no fact about a tool is set."""
    effects, origins, subjects, activities = (
        _names(at(asked.context, ("fact", name))) for name in ("effects", "data_origins", "subjects", "activities")
    )
    said = []
    if origins or subjects:
        data = _listed([_ORIGINS.get(name, f"`{name}` data") for name in origins]) or "data"
        about = _listed([_SUBJECTS.get(name, f"`{name}` persons") for name in subjects])
        said.append(f"that reads {data}{f' about {about}' if about else ''}")
    if activities:
        joint = "and " if said else "that "
        said.append(f"{joint}can {_listed([_ACTIVITIES.get(name, f'`{name}`') for name in activities])}")
    if effects:
        word = "effect" if len(effects) == 1 else "effects"
        said.insert(0, f"with the {word} {_listed([f'`{name}`' for name in effects])}")
    return " ".join(said)


def _names(value: Json) -> list[str]:
    """The ids in a set of entities, sorted."""
    uids = [item.get("__entity") for item in value if isinstance(item, dict)] if isinstance(value, list) else []
    return sorted(str(uid["id"]) for uid in uids if isinstance(uid, dict))


def _listed(words: Sequence[str]) -> str:
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"
