"""Entities as terms: what they hold, whether they exist, and what lies in what, for any chart or for one.

With a chart every entity type is closed: a variable is one of the listed ids, and attributes and `in` are read off the
list. Without one, attributes are unknown functions and `in` is an unknown order.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from brightline.policy.expressions import Json, UnsupportedError, text_of, uid_of
from brightline.policy.operators import EXTENSIONS
from brightline.policy.proof.encode_values import (
    NOTHING,
    Address,
    Either,
    Fields,
    One,
    Unknown,
    Worth,
    Written,
    choose,
    finite,
    holds,
    unknown,
)
from brightline.policy.proof.schema_model import EntityOf, RecordOf, Scalar, SchemaModel, SetOf, Type
from brightline.policy.proof.terms import (
    BOOL,
    FALSE,
    TRUE,
    Symbol,
    Term,
    above,
    apply,
    conj,
    disj,
    entity,
    eq,
    integer,
    ite,
    reaches,
    text,
    truth,
)
from brightline.policy.values import Datetime, Decimal, Duration, IpRange, Uid


@dataclass(frozen=True, slots=True)
class Listed:
    """One entity of a chart: what it holds, in Cedar's JSON form, and everything that it lies in."""

    attributes: Mapping[str, Json]
    tags: Mapping[str, Json]
    ancestors: frozenset[Uid]


class Chart:
    """Which entities there are: those of `entities` (Cedar's JSON form) and no others.

    `Chart.OPEN` stands for any that the schema has a place for, all of which exist; `Chart.PARTIAL` for the same, where
    any may also be absent, as in a store that nobody checked.
    """

    OPEN: ClassVar["Chart"]
    PARTIAL: ClassVar["Chart"]

    def __init__(self, entities: Iterable[Mapping[str, Json]]) -> None:
        self.source: tuple[Mapping[str, Json], ...] | None = tuple(entities)
        items = {uid_of(item["uid"]): item for item in self.source}
        parents = {uid: [uid_of(one) for one in _list(item.get("parents"))] for uid, item in items.items()}
        self.listed: Mapping[Uid, Listed] | None = {
            uid: Listed(_record(item.get("attrs")), _record(item.get("tags")), _ancestors(uid, parents))
            for uid, item in items.items()
        }
        self.complete = True

    @classmethod
    def _any(cls, *, complete: bool) -> "Chart":
        chart = cls(())
        chart.source, chart.listed, chart.complete = None, None, complete
        return chart


Chart.OPEN = Chart._any(complete=True)
Chart.PARTIAL = Chart._any(complete=False)


def _list(node: Json) -> list[Json]:
    return node if isinstance(node, list) else []


def _record(node: Json) -> dict[str, Json]:
    return node if isinstance(node, dict) else {}


def _ancestors(uid: Uid, parents: Mapping[Uid, list[Uid]]) -> frozenset[Uid]:
    """Everything that `uid` lies in, without itself."""
    seen: set[Uid] = set()
    waiting = list(parents.get(uid, ()))
    while waiting:
        current = waiting.pop()
        if current not in seen:
            seen.add(current)
            waiting += parents.get(current, [])
    return frozenset(seen - {uid})


def constant(node: Json, kind: Type) -> Worth:
    """The value of `kind` that `node` writes in Cedar's JSON form; raises `UnsupportedError` for another."""
    if isinstance(kind, EntityOf):
        uid = uid_of(node["__entity"] if isinstance(node, dict) and "__entity" in node else node)
        if uid[0] != kind.name:
            raise UnsupportedError("an entity of another type than the schema says")
        return One(kind, entity(uid))
    if isinstance(kind, SetOf) and isinstance(node, list):
        return Written(tuple([constant(item, kind.element) for item in node]))
    if isinstance(kind, RecordOf) and isinstance(node, dict):
        kinds = dict(kind.attributes)
        if not node.keys() <= kinds.keys():
            raise UnsupportedError("an attribute that the schema does not have")
        return Fields({name: (TRUE, constant(item, kinds[name].type)) for name, item in node.items()})
    if isinstance(kind, Scalar):
        return _scalar(node, kind)
    raise UnsupportedError("a value of another type than the schema says")


def _scalar(node: Json, kind: Scalar) -> Worth:
    value: object = node
    if kind.name not in ("bool", "long", "string"):
        call = _record(_record(node).get("__extn", node))
        name, argument = (text_of(call["fn"]), call["arg"]) if call else (kind.name.removesuffix("addr"), node)
        value = EXTENSIONS[name][1](argument)
    found = extension(value)
    if found is not None:
        return found
    if type(value) is bool and kind.name == "bool":
        return One(kind, truth(value))
    if type(value) is int and kind.name == "long":
        return One(kind, integer(value))
    if type(value) is str and kind.name == "string":
        return One(kind, text(value))
    raise UnsupportedError("a value of another type than the schema says")


def extension(value: object) -> Worth | None:
    """A value of an extension type; none for any other."""
    match value:
        case Decimal(units):
            return One(Scalar("decimal"), integer(units))
        case Datetime(epoch_ms):
            return One(Scalar("datetime"), integer(epoch_ms))
        case Duration(ms):
            return One(Scalar("duration"), integer(ms))
        case IpRange(bits, address, prefix):
            first, last = value.ends
            return Address(truth(bits == 32), *map(integer, (address, prefix, first, last)))
    return None


class Entities:
    """What policies may ask of entities, under one schema and one chart."""

    def __init__(self, schema: SchemaModel, chart: Chart) -> None:
        self._schema = schema
        self._chart = chart

    @cached_property
    def _ids(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for kind, name in sorted(self._chart.listed or ()):
            found.setdefault(kind, []).append(name)
        return found

    def domain(self, kind: str) -> tuple[str, ...] | None:
        """Every id of the type `kind`, where all are listed."""
        listed = self._schema.entities[kind].ids if kind in self._schema.entities else None
        if listed is not None or self._chart.listed is None:
            return listed
        return tuple(self._ids.get(kind, ()))

    def exists(self, one: One) -> Term:
        """The entity exists."""
        name = one.type.name
        kind = self._schema.entities.get(name)
        if kind is None or kind.ids is not None or (self._chart.listed is None and self._chart.complete):
            return TRUE
        if self._chart.listed is None:
            return apply(Symbol("exists", name), BOOL, (one.term,))
        return disj([eq(one.term, entity((name, found))) for found in self._ids.get(name, ())])

    def attribute(self, one: One, name: str) -> tuple[Term, Worth]:
        """Whether the entity has the attribute `name`, and its value."""
        kind = self._schema.entities.get(one.type.name)
        kinds = dict(kind.attributes.attributes) if kind else {}
        if name not in kinds:
            return FALSE, NOTHING
        wanted = kinds[name]
        if self._chart.listed is not None:
            listed = [(uid, item.attributes) for uid, item in self._chart.listed.items() if uid[0] == one.type.name]
            found = {uid: attributes[name] for uid, attributes in listed if name in attributes}
            return self._looked_up(one, wanted.type, found)
        symbol = Symbol("attr", one.type.name, (name,))
        there = TRUE if wanted.required else apply(symbol._replace(part="?"), BOOL, (one.term,))
        return conj((self.exists(one), there)), unknown(wanted.type, symbol, (one.term,))

    def tag(self, one: One, key: Term) -> tuple[Term, Worth]:
        """Whether the entity has a tag `key`, and its value."""
        kind = self._schema.entities.get(one.type.name)
        if kind is None or kind.tags is None:
            return FALSE, NOTHING
        if self._chart.listed is not None:
            raise UnsupportedError("a tag in a chart that is listed")
        args = (one.term, key)
        there = apply(Symbol("has-tag", one.type.name), BOOL, args)
        return conj((self.exists(one), there)), unknown(kind.tags, Symbol("tag", one.type.name), args)

    def _looked_up(self, one: One, kind: Type, found: Mapping[Uid, Json]) -> tuple[Term, Worth]:
        """The value by the entity's id, one condition for each that has it."""
        theres: list[Term] = []
        value: Worth = NOTHING
        for uid, node in sorted(found.items(), key=lambda item: item[0], reverse=True):
            here = eq(one.term, entity(uid))
            theres.append(here)
            value = choose(here, constant(node, kind), value)
        return disj(theres), value

    def within(self, lower: One, upper: One) -> Term:
        """`lower in upper`."""
        kind, other = lower.type.name, upper.type.name
        if kind not in self._schema.entities:
            return self._within_actions(lower, upper)
        same = eq(lower.term, upper.term) if kind == other else FALSE
        if self._chart.listed is not None:
            pairs = [(one, group) for one in self._ids.get(kind, ()) for group in self._groups((kind, one), other)]
            lies = [conj((eq(lower.term, entity((kind, one))), eq(upper.term, entity(group)))) for one, group in pairs]
            return disj((same, *lies))
        return disj((same, above(lower.term, upper.term))) if other in self._schema.above[kind] else same

    def _groups(self, uid: Uid, kind: str) -> list[Uid]:
        listed = self._chart.listed or {}
        return sorted(group for group in listed[uid].ancestors if group[0] == kind)

    def _within_actions(self, lower: One, upper: One) -> Term:
        uid, group = lower.term.data, upper.term.data
        if not isinstance(uid, tuple) or not isinstance(group, tuple) or len(uid) != 2:
            raise UnsupportedError("an action that is not written out")
        return truth(any(group == found for found in self._schema.action_groups((str(uid[0]), str(uid[1])))))

    def within_any(self, lower: One, uppers: Worth) -> Term | None:
        """`lower in uppers` for a set; none when an element is no entity, which is an error."""
        if isinstance(uppers, Written):
            items = [item for item in uppers.items if isinstance(item, One) and isinstance(item.type, EntityOf)]
            return disj([self.within(lower, item) for item in items]) if len(items) == len(uppers.items) else None
        if isinstance(uppers, Either):
            then, otherwise = self.within_any(lower, uppers.then), self.within_any(lower, uppers.otherwise)
            if then is None or otherwise is None:
                raise UnsupportedError("`in` a set that may hold what is no entity")
            return ite(uppers.condition, then, otherwise)
        if not isinstance(uppers, Unknown) or not isinstance(uppers.element, EntityOf):
            return None
        return self._within_unknown(lower, uppers, uppers.element.name)

    def _within_unknown(self, lower: One, uppers: Unknown, other: str) -> Term:
        listed = finite(uppers.element, self.domain)
        if listed is not None:
            pairs = [(item, holds(uppers, item, self.domain)) for item in listed if isinstance(item, One)]
            return disj([conj((there, self.within(lower, item))) for item, there in pairs])
        kind = lower.type.name
        if other in self._schema.above.get(kind, ()):
            return reaches(lower.term, uppers.term)
        return holds(uppers, lower, self.domain)


def variable(root: str, kind: Type) -> Worth:
    """The principal, the resource or the context of the request."""
    return unknown(kind, Symbol(root))
