"""The effector register: what each tool does to the world, to whose data, and what it can be used for.

An entry may name the effector that acts on the tool, `audience`: it then runs nothing without a release made out to it.
The operator may reserve `null_audiences`, ids that look like effectors and are none: decoys are made out to them.
INVARIANT: no version has an id both as a tool's audience and as a null audience.
"""

from collections.abc import Mapping
from typing import NamedTuple

from brightline.domain.sign_off.binding import NULL_AUDIENCE
from brightline.domain.use import ToolEffect
from brightline.policy.closed_sets import ACTIVITIES, DATA_ORIGINS, EFFECTS, SUBJECTS
from brightline.policy.fields import AUDIENCE, TOOL, Fields, near
from brightline.policy.person_rules import read_person_rule
from brightline.policy.strict_json import Node

FORMAT = 2
# So many that nobody need learn them, so few that people can read that they are no machines.
MAX_NULL_AUDIENCES = 64
_ENTRY = ("effect", "origins", "subjects", "activities")


class Register(NamedTuple):
    """The tools by their names, and the effector ids that no machine has, in order of id."""

    tools: Mapping[str, ToolEffect]
    null_audiences: tuple[str, ...]


def read_effectors(fields: Fields, node: Node) -> Register:
    """What the register says; what is wrong goes to the faults of `fields`."""
    members = fields.members(node, "effector register", ("format", "tools"), optional=("null_audiences",))
    fields.number(members.get("format"), "format", FORMAT, FORMAT)
    effectors: dict[str, ToolEffect] = {}
    for tool, item in fields.table(members.get("tools"), "tools").items():
        if not TOOL.fullmatch(tool):
            fields.bad(item.at, "tools", f"must name each tool in the form `{TOOL.pattern}`")
        entry = fields.members(item, f"tool `{tool}`", _ENTRY, optional=("audience", "persons"))
        effectors[tool] = ToolEffect(
            tool,
            _member(fields, entry.get("effect"), "effect", EFFECTS),
            _members(fields, entry.get("origins"), "origins", DATA_ORIGINS),
            _members(fields, entry.get("subjects"), "subjects", SUBJECTS),
            _members(fields, entry.get("activities"), "activities", ACTIVITIES),
            _audience(fields, entry.get("audience")),
            read_person_rule(fields, entry.get("persons")),
        )
    real = frozenset([effect.audience for effect in effectors.values()])
    return Register(effectors, _null_audiences(fields, members.get("null_audiences"), real))


def _null_audiences(fields: Fields, node: Node | None, real: frozenset[str]) -> tuple[str, ...]:
    """The ids that are reserved for decoys; what is wrong with them becomes a fault."""
    listed = [(_audience(fields, item, "null_audiences"), item) for item in fields.items(node, "null_audiences")]
    if node is not None and len(listed) > MAX_NULL_AUDIENCES:
        fields.bad(node.at, "null_audiences", f"must list at most {MAX_NULL_AUDIENCES} effectors")
    fields.unique(listed, "null_audiences")
    for name, item in listed:
        if name and name in real:
            fields.bad(item.at, "null_audiences", f"`{name}` acts on a tool, so it is not nobody")
    return tuple(sorted({name for name, _ in listed if name}))


def _audience(fields: Fields, node: Node | None, name: str = "audience") -> str:
    """The id of an effector; empty where none is named, or a bad one, which becomes a fault of the field `name`."""
    if node is not None and node.value == NULL_AUDIENCE:
        fields.bad(node.at, name, f"must not be `{NULL_AUDIENCE}`, which is nobody: decoys are made out to it")
        return ""
    return fields.text(node, name, AUDIENCE)


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
