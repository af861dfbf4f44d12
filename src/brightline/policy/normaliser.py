"""Turns a request in Cedar's JSON form into the values that the evaluator decides on, as a schema says.

What the schema does not list, what is missing and what has another type is refused, each with its own code: policies
never see a request that they were not validated for. An entity that the store does not hold is refused too, because
Cedar skips a prohibition that asks it for an attribute.
The types become functions once, when a normaliser is made; a request then costs one walk over its values.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple, NoReturn

from brightline.policy.entities import Store
from brightline.policy.errors import PolicyError
from brightline.policy.expressions import Json
from brightline.policy.operators import EXTENSIONS
from brightline.policy.proof.schema_model import Action, EntityOf, RecordOf, Scalar, SchemaModel, SetOf, Type
from brightline.policy.request import Request
from brightline.policy.values import LONG_MAX, LONG_MIN, Entity, EvaluationError, Key, Record, Value, key
from brightline.policy.written import WrittenRequest

_Convert = Callable[[Json], Value]
_CONSTRUCTORS = {"decimal": "decimal", "datetime": "datetime", "duration": "duration", "ipaddr": "ip"}
_PLAIN = {"bool": bool, "string": str}


class _Nothing:
    """The type of an attribute that is not there (JSON's null is one that is), and of no value of any request."""


_NOTHING = _Nothing()
_EMPTY: frozenset[Key] = frozenset()


class _Field(NamedTuple):
    """One attribute; a value whose type is `plain` needs no conversion."""

    name: str
    required: bool
    plain: type
    convert: _Convert


class _Shape(NamedTuple):
    """What one action applies to, and how its context is read."""

    action: Entity
    principals: frozenset[str]
    resources: frozenset[str]
    context: Callable[[Mapping[str, Json]], Record]


class Normaliser:
    """Reads requests under one schema, for the entities of one store."""

    def __init__(self, schema: SchemaModel, store: Store) -> None:
        self._schema = schema
        self._store = store
        self._named: dict[str, dict[str, Entity]] = {}
        for (kind, name), entity in store.handles.items():
            self._named.setdefault(kind, {})[name] = entity
        self._shapes = {uid: self._shape(action) for uid, action in schema.actions.items()}

    def request(self, written: WrittenRequest) -> Request:
        """The request that `written` is, as values of the evaluator.

        Raises `PolicyError`: `policy/request-action`, `policy/request-scope`, `policy/absent-entity`,
        `policy/request-unknown`, `policy/request-missing` or `policy/request-type`.
        """
        principal, resource = written.principal, written.resource
        shape = self._shapes.get(written.action)
        if shape is None:
            raise PolicyError("policy/request-action", action=written.action[1])
        if principal[0] not in shape.principals:
            raise PolicyError("policy/request-scope", part="principal", kind=principal[0], action=written.action[1])
        if resource[0] not in shape.resources:
            raise PolicyError("policy/request-scope", part="resource", kind=resource[0], action=written.action[1])
        handles = self._store.handles
        who, where = handles.get(principal), handles.get(resource)
        if who is None or where is None:
            raise PolicyError("policy/absent-entity")
        return Request(who, shape.action, where, shape.context(written.context))

    def _shape(self, action: Action) -> _Shape:
        principals, resources = frozenset(action.principals), frozenset(action.resources)
        # An action without entry in the store lies in no group there; the schema's own are in every agreement's.
        handle = self._store.handle(action.uid)
        return _Shape(handle, principals, resources, self._record(action.context, "context"))

    def _record(self, kind: RecordOf, path: str) -> Callable[[Mapping[str, Json]], Record]:
        fields = tuple(
            [
                _Field(name, one.required, _plain(one.type), self._conversion(one.type, f"{path}.{name}"))
                for name, one in kind.attributes
            ]
        )
        names = frozenset([field.name for field in fields])

        def record(node: Mapping[str, Json]) -> Record:
            values: Record = {}
            for name, required, plain, convert in fields:
                value = node.get(name, _NOTHING)
                if type(value) is plain:
                    values[name] = value  # type: ignore[assignment]  # `plain` is bool or str
                elif value is not _NOTHING:
                    values[name] = convert(value)  # type: ignore[arg-type]  # what is not nothing came from `node`
                elif required:
                    raise PolicyError("policy/request-missing", path=f"{path}.{name}")
            if len(values) != len(node):
                raise PolicyError("policy/request-unknown", path=f"{path}.{min(node.keys() - names)}")
            return values

        return record

    def _conversion(self, kind: Type, path: str) -> _Convert:
        if isinstance(kind, RecordOf):
            return self._nested(kind, path)
        if isinstance(kind, SetOf):
            return self._set(kind, path)
        if isinstance(kind, EntityOf):
            return self._entity(kind, path)
        return _extension(kind.name, path) if kind.name in _CONSTRUCTORS else _scalar(kind.name, path)

    def _nested(self, kind: RecordOf, path: str) -> _Convert:
        record = self._record(kind, path)

        def nested(node: Json) -> Value:
            return record(node) if type(node) is dict else _refuse(path, "a record")

        return nested

    def _set(self, kind: SetOf, path: str) -> _Convert:
        convert, plain = self._conversion(kind.element, path), _plain(kind.element)
        entities = isinstance(kind.element, EntityOf)

        def members(node: Json) -> Value:
            if type(node) is not list:
                _refuse(path, "a set")
            if not node:
                return _EMPTY
            # Strings and entities are their own keys.
            if entities:
                return frozenset([convert(item) for item in node])  # type: ignore[misc]  # each is an entity
            if plain is str:
                return frozenset([item if type(item) is str else _refuse(path, "a set of strings") for item in node])
            return frozenset([key(convert(item)) for item in node])

        return members

    def _entity(self, kind: EntityOf, path: str) -> _Convert:
        name_of_kind, ids = kind.name, self._schema.entities[kind.name].ids
        named = self._named.get(name_of_kind, {})
        if ids is not None:
            named = {name: self._store.handle((name_of_kind, name)) for name in ids}
        wanted = f"an entity `{name_of_kind}`"

        def entity(node: Json) -> Value:
            if type(node) is not dict:
                _refuse(path, wanted)
            # Cedar lets the schema stand for the word `__entity`.
            uid = node["__entity"] if len(node) == 1 and "__entity" in node else node
            if type(uid) is not dict or len(uid) != 2 or uid.get("type") != name_of_kind:
                _refuse(path, wanted)
            name = uid.get("id")
            if type(name) is not str:
                _refuse(path, wanted)
            found = named.get(name)
            if found is None:
                if ids is not None:
                    _refuse(path, f"{wanted}: one of {', '.join(ids)}")
                raise PolicyError("policy/absent-entity")
            return found

        return entity


class _Never:
    """A type that no value has."""


def _plain(kind: Type) -> type:
    """The Python type of a value of `kind` that is taken as it is; of no value, where it must be looked into."""
    return _PLAIN.get(kind.name, _Never) if isinstance(kind, Scalar) else _Never


def _refuse(path: str, wanted: str) -> NoReturn:
    raise PolicyError("policy/request-type", path=path, wanted=wanted)


def _scalar(name: str, path: str) -> _Convert:
    if name != "long":
        wanted = _PLAIN[name]
        return lambda node: node if type(node) is wanted else _refuse(path, f"a {name}")  # type: ignore[return-value]

    def long(node: Json) -> Value:
        if type(node) is int and LONG_MIN <= node <= LONG_MAX:
            return node
        _refuse(path, "a whole number of 64 bits")

    return long


def _extension(name: str, path: str) -> _Convert:
    function = _CONSTRUCTORS[name]
    construct = EXTENSIONS[function][1]

    def extension(node: Json) -> Value:
        text = node
        # Cedar lets the schema stand for the word `__extn`.
        if type(node) is dict:
            inner = node.get("__extn") if len(node) == 1 else None
            text = inner.get("arg") if type(inner) is dict and len(inner) == 2 and inner.get("fn") == function else None
        if type(text) is not str:
            _refuse(path, f"what `{function}` makes")
        try:
            return construct(text)
        except EvaluationError as error:
            raise PolicyError("policy/request-type", path=path, wanted=f"what `{function}` makes") from error

    return extension
