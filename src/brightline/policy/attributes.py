"""What a request can say, read from the schema: every attribute of the context, its type and its closed set of values.

For whoever looks for a smaller or another request: it needs to know which values there are to try.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from brightline.policy.expressions import Json

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute below `context`; `kind` is Cedar's word (`Boolean`, `Long`, `String`, `Entity`, `Set`, …).

    `entity` is the entity type of an entity or of the elements of a set; `members` are the ids of that type where the
    schema closes it.
    """

    path: Path
    kind: str
    required: bool
    entity: str = ""
    members: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The attribute as a policy writes it."""
        return ".".join(("context", *self.path))


class Action(NamedTuple):
    """An action that requests can name: its id, who may ask for it, of what, and with which context."""

    id: str
    principals: tuple[str, ...]
    resources: tuple[str, ...]
    attributes: tuple[Attribute, ...]


def actions_of(schema: str) -> tuple[Action, ...]:
    """The actions of a schema in Cedar's JSON form that apply to anything, in order of id."""
    whole = _record(_record(json.loads(schema)).get(""))
    reader = _Reader(_record(whole.get("entityTypes")), _record(whole.get("commonTypes")))
    found = []
    for name, node in sorted(_record(whole.get("actions")).items()):
        applies = _record(_record(node).get("appliesTo"))
        principals, resources = _texts(applies.get("principalTypes")), _texts(applies.get("resourceTypes"))
        if principals and resources:
            found.append(Action(name, principals, resources, tuple(reader.attributes(applies.get("context"), ()))))
    return tuple(found)


def at(context: Mapping[str, Json], path: Path) -> Json:
    """What stands at `path`; None where nothing does."""
    node = context.get(path[0])
    for name in path[1:]:
        node = node.get(name) if isinstance(node, dict) else None
    return node


def put(context: Mapping[str, Json], path: Path, value: Json) -> dict[str, Json]:
    """`context` with `value` at `path`; without the attribute for None."""
    head, rest = path[0], path[1:]
    changed = dict(context)
    if rest:
        changed[head] = put(_record(changed.get(head)), rest, value)
    elif value is None:
        changed.pop(head, None)
    else:
        changed[head] = value
    return changed


class _Reader:
    def __init__(self, entity_types: Mapping[str, Json], common: Mapping[str, Json]) -> None:
        self._entity_types = entity_types
        self._common = common

    def attributes(self, node: Json, path: Path, *, required: bool = True) -> list[Attribute]:
        """The leaves below a type, in the schema's order."""
        kind, shape = self._resolved(node)
        if kind == "Record":
            members = _record(shape.get("attributes"))
            return [leaf for name, item in members.items() for leaf in self._member(item, (*path, name))]
        element, within = self._resolved(shape.get("element")) if kind == "Set" else (kind, shape)
        entity = str(within.get("name", "")) if element == "Entity" else ""
        closed = _texts(_record(self._entity_types.get(entity)).get("enum"))
        return [Attribute(path, kind, required, entity, closed)]

    def _member(self, node: Json, path: Path) -> list[Attribute]:
        return self.attributes(node, path, required=_record(node).get("required") is not False)

    def _resolved(self, node: Json) -> tuple[str, Mapping[str, Json]]:
        """The word for a type and its description, common types replaced by what they stand for."""
        shape = _record(node)
        kind, name = str(shape.get("type", "")), str(shape.get("name", ""))
        common = kind if kind in self._common else name
        if common in self._common and kind not in ("Record", "Set", "Entity"):
            return self._resolved(self._common[common])
        if kind == "EntityOrCommon" and name in self._entity_types:
            return "Entity", shape
        return (name, shape) if kind in ("EntityOrCommon", "Extension") else (_PLAIN.get(kind, kind), shape)


_PLAIN: Mapping[str, str] = {"Bool": "Boolean"}


def _record(node: Json) -> dict[str, Json]:
    return node if isinstance(node, dict) else {}


def _texts(node: Json) -> tuple[str, ...]:
    return tuple(str(item) for item in node) if isinstance(node, list) else ()
