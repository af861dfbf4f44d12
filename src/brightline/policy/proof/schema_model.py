"""A Cedar schema as types: what entities and contexts hold, what each action applies to, and what lies in what.

Read from Cedar's JSON form (`read_schema`); `schema_text` turns the text form into it.
Source: Cedar language reference, "JSON schema format".
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from brightline.policy.expressions import Json
from brightline.policy.values import Uid

# A common type may be made of others; none that is written by people nests this deep, and one in a circle does.
MAX_DEPTH = 32


class SchemaError(Exception):
    """A schema that cannot be read; private to the room, which validates schemas before it proves anything."""


@dataclass(frozen=True, slots=True)
class Scalar:
    """A type without parts: bool, long, string, decimal, datetime, duration or ipaddr."""

    name: str


@dataclass(frozen=True, slots=True)
class EntityOf:
    """Entities of one type."""

    name: str


@dataclass(frozen=True, slots=True)
class SetOf:
    """Sets of one type of element."""

    element: "Type"


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of a record: its type, and whether it must be there."""

    type: "Type"
    required: bool = True


@dataclass(frozen=True, slots=True)
class RecordOf:
    """Records of exactly these attributes, in order of name."""

    attributes: tuple[tuple[str, Attribute], ...] = ()


Type: TypeAlias = Scalar | EntityOf | SetOf | RecordOf

BOOLEAN, LONG, STRING = Scalar("bool"), Scalar("long"), Scalar("string")
_PRIMITIVE = {"Boolean": BOOLEAN, "Bool": BOOLEAN, "Long": LONG, "String": STRING}
_EXTENSION = {name: Scalar(name) for name in ("decimal", "datetime", "duration", "ipaddr")}
# What a bare name may mean when no common or entity type has it.
_BUILT_IN = {**{name: kind for name, kind in _PRIMITIVE.items() if name != "Boolean"}, **_EXTENSION}


@dataclass(frozen=True, slots=True)
class EntityType:
    """What entities of one type hold, what they may lie in directly, and their ids where these are all listed."""

    name: str
    attributes: RecordOf = field(default_factory=RecordOf)
    tags: Type | None = None
    parents: tuple[str, ...] = ()
    ids: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Action:
    """What an action applies to, the context it comes with, and the actions it lies in directly."""

    uid: Uid
    parents: tuple[Uid, ...] = ()
    principals: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    context: RecordOf = field(default_factory=RecordOf)


@dataclass(frozen=True, slots=True)
class SchemaModel:
    """A schema: entity types by name and actions by uid; `above` are the types in which entities of a type may lie."""

    entities: Mapping[str, EntityType]
    actions: Mapping[Uid, Action]
    above: Mapping[str, frozenset[str]]

    def action_groups(self, uid: Uid) -> frozenset[Uid]:
        """The action `uid` and all it lies in."""
        parents = {action.uid: action.parents for action in self.actions.values()}
        return frozenset(_closure(uid, parents))

    def type_at(self, kind: Type | None, path: Iterable[str]) -> Type | None:
        """The type of what lies at `path` in values of `kind`; none when nothing does."""
        for name in path:
            found = dict(kind.attributes).get(name) if isinstance(kind, RecordOf) else None
            kind = found.type if found else None
        return kind


def _closure(start: Uid, parents: Mapping[Uid, Iterable[Uid]]) -> set[Uid]:
    seen: set[Uid] = set()
    waiting = [start]
    while waiting:
        current = waiting.pop()
        if current not in seen:
            seen.add(current)
            waiting += parents.get(current, ())
    return seen


def read_schema(text: str) -> SchemaModel:
    """The schema that `text` writes in Cedar's JSON form; raises `SchemaError`."""
    try:
        node: Json = json.loads(text)
    except ValueError as error:
        raise SchemaError("not JSON") from error
    return schema_of(node)


def schema_of(node: Json) -> SchemaModel:
    """The schema that `node`, in Cedar's JSON form, writes; raises `SchemaError`."""
    return _Reader({name: _record(body) for name, body in _record(node).items()}).model()


def _record(node: Json) -> dict[str, Json]:
    if isinstance(node, dict):
        return node
    raise SchemaError("expected an object")


def _list(node: Json) -> list[Json]:
    if isinstance(node, list):
        return node
    raise SchemaError("expected a list")


def _text(node: Json) -> str:
    if isinstance(node, str):
        return node
    raise SchemaError("expected a string")


def _within(namespace: str, name: str) -> str:
    return f"{namespace}::{name}" if namespace else name


class _Reader:
    """Resolves names: those of the namespace first, then those of the namespace without a name."""

    def __init__(self, namespaces: Mapping[str, dict[str, Json]]) -> None:
        self._namespaces = namespaces
        self._common: dict[str, tuple[str, Json]] = {}
        self._entities: dict[str, tuple[str, dict[str, Json]]] = {}
        for namespace, body in namespaces.items():
            for name, written in _record(body.get("commonTypes", {})).items():
                self._common[_within(namespace, name)] = namespace, written
            for name, written in _record(body.get("entityTypes", {})).items():
                self._entities[_within(namespace, name)] = namespace, _record(written)

    def model(self) -> SchemaModel:
        entities = {name: self._entity(name, *found) for name, found in self._entities.items()}
        parents = {(kind.name, ""): [(parent, "") for parent in kind.parents] for kind in entities.values()}
        above = {
            name: frozenset(kind for start in parents[name, ""] for kind, _ in _closure(start, parents))
            for name in entities
        }
        actions = {}
        for namespace, body in self._namespaces.items():
            for name, written in _record(body.get("actions", {})).items():
                action = self._action(namespace, name, _record(written))
                actions[action.uid] = action
        return SchemaModel(entities, actions, above)

    def _entity(self, name: str, namespace: str, written: dict[str, Json]) -> EntityType:
        if "enum" in written:
            # Cedar lets an id stand twice; here each must have one number.
            return EntityType(name, ids=tuple(dict.fromkeys([_text(one) for one in _list(written["enum"])])))
        shape = self._shape(namespace, written.get("shape"))
        tags = self._type(namespace, _record(written["tags"]), 0) if "tags" in written else None
        parents = [self._entity_name(namespace, _text(one)) for one in _list(written.get("memberOfTypes", []))]
        return EntityType(name, shape, tags, tuple(parents))

    def _shape(self, namespace: str, written: Json) -> RecordOf:
        if written is None:
            return RecordOf()
        kind = self._type(namespace, _record(written), 0)
        if isinstance(kind, RecordOf):
            return kind
        raise SchemaError("expected a record")

    def _action(self, namespace: str, name: str, written: dict[str, Json]) -> Action:
        uid = _within(namespace, "Action"), name
        parents = [self._action_uid(namespace, _record(one)) for one in _list(written.get("memberOf") or [])]
        applies = _record(written.get("appliesTo") or {})
        principals, resources = (
            [self._entity_name(namespace, _text(one)) for one in _list(applies.get(kind) or [])]
            for kind in ("principalTypes", "resourceTypes")
        )
        context = self._shape(namespace, applies.get("context"))
        return Action(uid, tuple(parents), tuple(principals), tuple(resources), context)

    def _action_uid(self, namespace: str, written: dict[str, Json]) -> Uid:
        name = _text(written["id"])
        if written.get("type"):
            kind = _text(written["type"])
            return (kind if "::" in kind or not namespace else self._action_type(namespace, kind, name)), name
        return _within(namespace, "Action"), name

    def _action_type(self, namespace: str, kind: str, name: str) -> str:
        inside = _record(self._namespaces[namespace].get("actions", {}))
        return _within(namespace, kind) if name in inside else kind

    def _entity_name(self, namespace: str, name: str) -> str:
        for full in self._candidates(namespace, name):
            if full in self._entities:
                return full
        raise SchemaError(f"no entity type `{name}`")

    def _candidates(self, namespace: str, name: str) -> tuple[str, ...]:
        return (_within(namespace, name), name) if "::" not in name else (name,)

    def _type(self, namespace: str, written: dict[str, Json], depth: int) -> Type:
        if depth > MAX_DEPTH:
            raise SchemaError("types nested too deep")
        kind = _text(written.get("type"))
        if kind in _PRIMITIVE and kind != "Bool":
            return _PRIMITIVE[kind]
        if kind == "Set":
            return SetOf(self._type(namespace, _record(written["element"]), depth + 1))
        if kind == "Record":
            return self._record_type(namespace, _record(written["attributes"]), depth)
        if kind == "Entity":
            return EntityOf(self._entity_name(namespace, _text(written["name"])))
        if kind == "Extension":
            return _EXTENSION[_text(written["name"])]
        return self._named(namespace, _text(written["name"]) if kind == "EntityOrCommon" else kind, depth)

    def _record_type(self, namespace: str, attributes: dict[str, Json], depth: int) -> RecordOf:
        found = []
        for name, item in sorted(attributes.items()):
            written = _record(item)
            kind = self._type(namespace, written, depth + 1)
            found.append((name, Attribute(kind, written.get("required") is not False)))
        return RecordOf(tuple(found))

    def _named(self, namespace: str, name: str, depth: int) -> Type:
        for full in self._candidates(namespace, name):
            if full in self._common:
                where, written = self._common[full]
                return self._type(where, _record(written), depth + 1)
            if full in self._entities:
                return EntityOf(full)
        built_in = _BUILT_IN.get(name.removeprefix("__cedar::"))
        if built_in is None:
            raise SchemaError(f"no type `{name}`")
        return built_in
