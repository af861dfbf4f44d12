"""The effector register: what each tool does to the world, to whose data, and what it can be used for.

An entry may name the effector that acts on the tool, `audience`: it then runs nothing without a release made out to it.
"""

from collections.abc import Mapping

from brightline.domain.sign_off.binding import NULL_AUDIENCE
from brightline.domain.use import ToolEffect
from brightline.policy.closed_sets import ACTIVITIES, DATA_ORIGINS, EFFECTS, SUBJECTS
from brightline.policy.fields import AUDIENCE, TOOL, Fields, near
from brightline.policy.strict_json import Node

FORMAT = 2
_ENTRY = ("effect", "origins", "subjects", "activities")


def read_effectors(fields: Fields, node: Node) -> Mapping[str, ToolEffect]:
    """What the register says of each tool in it; what is wrong goes to the faults of `fields`."""
    members = fields.members(node, "effector register", ("format", "tools"))
    fields.number(members.get("format"), "format", FORMAT, FORMAT)
    effectors: dict[str, ToolEffect] = {}
    for tool, item in fields.table(members.get("tools"), "tools").items():
        if not TOOL.fullmatch(tool):
            fields.bad(item.at, "tools", f"must name each tool in the form `{TOOL.pattern}`")
        entry = fields.members(item, f"tool `{tool}`", _ENTRY, optional=("audience",))
        effectors[tool] = ToolEffect(
            tool,
            _member(fields, entry.get("effect"), "effect", EFFECTS),
            _members(fields, entry.get("origins"), "origins", DATA_ORIGINS),
            _members(fields, entry.get("subjects"), "subjects", SUBJECTS),
            _members(fields, entry.get("activities"), "activities", ACTIVITIES),
            _audience(fields, entry.get("audience")),
        )
    return effectors


def _audience(fields: Fields, node: Node | None) -> str:
    """The effector that acts on the tool; empty where none is named, or a bad one, which becomes a fault."""
    if node is not None and node.value == NULL_AUDIENCE:
        fields.bad(node.at, "audience", f"must not be `{NULL_AUDIENCE}`, which is nobody: decoys are made out to it")
        return ""
    return fields.text(node, "audience", AUDIENCE)


def _member(fields: Fields, node: Node | None, name: str, known: tuple[str, ...]) -> str:
    """The one of `known` that `node` names; the last of them, `unknown`, for a bad one, which becomes a fault."""
    if node is not None:
        if isinstance(node.value, str) and node.value in known:
            return node.value
        hint = near(node.value, known) if isinstance(node.value, str) else ""
        fields.bad(node.at, name, f"must be of {', '.join(known)}{hint}")
    return known[-1]


def _members(fields: Fields, node: Node | None, name: str, known: tuple[str, ...]) -> frozenset[str]:
    listed = [(_member(fields, item, name, known), item) for item in fields.items(node, name)]
    fields.unique(listed, name)
    return frozenset([value for value, _ in listed])
