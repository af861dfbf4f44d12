"""Evaluates terms for one concrete request, without a solver: what judges every model before anybody sees it."""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import TypeAlias

from brightline.policy.expressions import Json, uid_of
from brightline.policy.proof.encode_entities import Chart, Listed, constant
from brightline.policy.proof.encode_values import Address, One, packed_as
from brightline.policy.proof.schema_model import Attribute, RecordOf, SchemaModel, SetOf, Type
from brightline.policy.proof.terms import Pattern, Sort, Symbol, Term, matches, reachable
from brightline.policy.values import Uid

# A bool, int or str; an entity as its uid; a packed element as a tuple; a set as a frozenset of these.
Found: TypeAlias = bool | int | str | Uid | tuple["Found", ...] | frozenset["Found"]


class Assignment:
    """What the unknowns of a problem are in one request."""

    def __init__(
        self, schema: SchemaModel, *, principal: Uid, action: Uid, resource: Uid, context: Json, entities: Chart
    ) -> None:
        self._schema = schema
        self._uids: Mapping[str, Uid] = {"principal": principal, "resource": resource}
        self._context = context
        self._context_type = schema.actions[action].context
        self._listed: Mapping[Uid, Listed] = entities.listed or {}

    def apply(self, symbol: Symbol, sort: Sort, args: tuple[Found, ...]) -> Found:
        """What `symbol` gives for `args`; a default for what is not there, which no outcome depends on."""
        if symbol.root in self._uids:
            return self._uids[symbol.root]
        if symbol.root == "exists":
            return args[0] in self._listed
        if symbol.root == "has-tag":
            item = self._entity(args[0])
            return item is not None and args[1] in item.tags
        found = self._node(symbol, args)
        if symbol.part == "?":
            return found is not None
        return default(sort) if found is None else _value(found[0], found[1], symbol.part)

    def ancestors(self, uid: Found) -> frozenset[Uid]:
        """All that `uid` lies in, without itself."""
        item = self._entity(uid)
        return item.ancestors if item else frozenset()

    def _entity(self, uid: Found) -> Listed | None:
        return self._listed.get(uid) if isinstance(uid, tuple) else None  # type: ignore[arg-type]

    def _node(self, symbol: Symbol, args: tuple[Found, ...]) -> tuple[Json, Type] | None:
        """What stands where `symbol` points, and its type; none when nothing does."""
        if symbol.root == "context":
            return _at(self._context, self._context_type, symbol.path)
        item, kind = self._entity(args[0]), self._schema.entities[symbol.of]
        if item is None:
            return None
        if symbol.root == "attr":
            return _at(dict(item.attributes), kind.attributes, symbol.path)
        if kind.tags is None or not isinstance(args[1], str) or args[1] not in item.tags:
            return None
        return _at(item.tags[args[1]], kind.tags, symbol.path)


def _at(node: Json, kind: Type, path: tuple[str, ...]) -> tuple[Json, Type] | None:
    for name in path:
        attribute: Attribute | None = dict(kind.attributes).get(name) if isinstance(kind, RecordOf) else None
        if not isinstance(node, dict) or name not in node or attribute is None:
            return None
        node, kind = node[name], attribute.type
    return node, kind


def _value(node: Json, kind: Type, part: str) -> Found:
    if isinstance(kind, SetOf) and isinstance(node, list):
        packed = [packed_as(constant(item, kind.element), kind.element) for item in node]
        return frozenset([literal(item) for item in packed if item is not None])
    worth = constant(node, kind)
    if isinstance(worth, Address):
        return literal(getattr(worth, part))
    return literal(worth.term) if isinstance(worth, One) else False


def literal(term: Term) -> Found:
    """The value that `term`, a constant or a tuple of such, writes."""
    if term.op == "tuple":
        return tuple([literal(part) for part in term.args])
    data: Found = term.data  # type: ignore[assignment]
    return data


def default(sort: Sort) -> Found:
    """A value of `sort`."""
    match sort:
        case ("Bool",):
            return False
        case ("Int",):
            return 0
        case ("String",):
            return ""
        case ("Entity", kind):
            return (str(kind), "")
        case ("Set", _):
            return frozenset()
    return tuple([default(part) for part in sort[1:] if isinstance(part, tuple)])


_Operation = Callable[..., Found]
_OPERATIONS: Mapping[str, _Operation] = MappingProxyType(
    {
        "not": lambda a: not a,
        "and": lambda *all_: all(all_),
        "or": lambda *all_: any(all_),
        "ite": lambda condition, then, otherwise: then if condition else otherwise,
        "=": lambda a, b: a == b,
        "<=": lambda a, b: a <= b,
        "<": lambda a, b: a < b,
        "+": lambda a, b: a + b,
        "-": lambda a, b: a - b,
        "*": lambda a, b: a * b,
        "div": lambda a, b: a // b,
        "mod": lambda a, b: a % b,
        "tuple": lambda *parts: tuple(parts),
        "setlit": lambda *items: frozenset(items),
        "member": lambda item, of: item in of,
        "subset": lambda inner, outer: inner <= outer,
        "meets": lambda left, right: not left.isdisjoint(right),
    }
)


def evaluate(term: Term, assignment: Assignment) -> Found:
    """The value of `term` in the request that `assignment` stands for; raises `UnsupportedError` for a bad request."""
    return evaluate_all([term], assignment)[0]


def evaluate_all(terms: Iterable[Term], assignment: Assignment) -> list[Found]:
    """The values of `terms`."""
    asked = list(terms)
    found: dict[bytes, Found] = {}
    for key, term in reachable(*asked).items():
        found[key] = _evaluated(term, [found[arg.key] for arg in term.args], assignment)
    return [found[term.key] for term in asked]


def _evaluated(term: Term, args: list[Found], assignment: Assignment) -> Found:
    if term.op == "const":
        return literal(term)
    if term.op == "app" and isinstance(term.data, Symbol):
        return assignment.apply(term.data, term.sort, tuple(args))
    if term.op == "like":
        pattern: Pattern = term.data  # type: ignore[assignment]
        return matches(str(args[0]), pattern)
    if term.op == "above":
        return args[1] in assignment.ancestors(args[0])
    if term.op == "reaches":
        uppers = args[1] if isinstance(args[1], frozenset) else frozenset()
        return args[0] in uppers or not assignment.ancestors(args[0]).isdisjoint(uppers)
    return _OPERATIONS[term.op](*args)


def assignment_of(
    schema: SchemaModel, request: Mapping[str, Json], entities: Iterable[Mapping[str, Json]]
) -> Assignment:
    """The assignment of a request in JSON (principal, action, resource, context) among `entities`."""
    who, what, where = (uid_of(request[part]) for part in ("principal", "action", "resource"))
    chart = Chart(entities)
    return Assignment(schema, principal=who, action=what, resource=where, context=request["context"], entities=chart)
