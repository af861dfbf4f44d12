"""Cedar's values as terms: the shape of a value is known while encoding, only its scalars are terms.

A record is its attributes, each with a term that says whether it is there; a set is written out, or unknown, or one of
two. Values of different types are never equal, and comparing them is no error. Source: Cedar language reference.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from brightline.policy.expressions import UnsupportedError
from brightline.policy.proof.schema_model import EntityOf, RecordOf, Scalar, SetOf, Type
from brightline.policy.proof.terms import (
    BOOL,
    FALSE,
    INT,
    STRING,
    TRUE,
    Sort,
    Symbol,
    Term,
    apply,
    conj,
    disj,
    entity,
    entity_sort,
    eq,
    implies,
    integer,
    ite,
    meets,
    member,
    pack,
    set_of,
    subset,
    text,
    truth,
)

ADDRESS = "ipaddr"
_ADDRESS_PARTS = (("v4", BOOL), ("address", INT), ("prefix", INT), ("first", INT), ("last", INT))
# The parts that tell addresses apart; the ends of the range follow from them.
_TELLING_PARTS = 3
_SORTS = {"bool": BOOL, "string": STRING}
# Ids of a closed type, or none: an element of a set of these is told by trying each.
Domain = Callable[[str], Sequence[str] | None]


@dataclass(frozen=True, slots=True)
class One:
    """A value without parts, and its type."""

    type: Scalar | EntityOf
    term: Term


@dataclass(frozen=True, slots=True)
class Address:
    """An address or range: whether it is IPv4, its number, the length of its prefix, and the ends of the range."""

    v4: Term
    address: Term
    prefix: Term
    first: Term
    last: Term

    @property
    def telling(self) -> tuple[Term, ...]:
        """What tells it from any other."""
        return self.v4, self.address, self.prefix


@dataclass(frozen=True, slots=True)
class Fields:
    """A record: by name, whether the attribute is there, and its value."""

    items: Mapping[str, "tuple[Term, Worth]"]


@dataclass(frozen=True, slots=True)
class Written:
    """A set written out."""

    items: "tuple[Worth, ...]"


@dataclass(frozen=True, slots=True)
class Unknown:
    """A set that the request or an entity holds, and the type of its elements."""

    element: Type
    term: Term


@dataclass(frozen=True, slots=True)
class Either:
    """One of two sets."""

    condition: Term
    then: "Worth"
    otherwise: "Worth"


@dataclass(frozen=True, slots=True)
class Nothing:
    """Stands for the value of what always errors."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Stands for a value that no term is made of; whoever looks at it is refused for its `construct`."""

    construct: str


Worth: TypeAlias = One | Address | Fields | Written | Unknown | Either | Nothing | Refused
NOTHING = Nothing()
_SET_OF_SETS = "a set of sets that a request or an entity holds"
SETS = (Written, Unknown, Either)


def sort_of(kind: Type) -> Sort:
    """The sort of values of `kind` as elements of sets; raises `UnsupportedError` for sets."""
    if isinstance(kind, EntityOf):
        return entity_sort(kind.name)
    if isinstance(kind, Scalar):
        parts = [sort for _, sort in _ADDRESS_PARTS[:_TELLING_PARTS]]
        return ("Tuple", *parts) if kind.name == ADDRESS else _SORTS.get(kind.name, INT)
    if isinstance(kind, RecordOf):
        sorts: list[Sort] = []
        for _, attribute in kind.attributes:
            sorts += [] if attribute.required else [BOOL]
            sorts.append(sort_of(attribute.type))
        return _packed_sort(sorts)
    raise UnsupportedError(_SET_OF_SETS)


def _holds_sets(kind: Type) -> bool:
    """Whether values of `kind` are sets or hold any."""
    if isinstance(kind, RecordOf):
        return any(_holds_sets(attribute.type) for _, attribute in kind.attributes)
    return isinstance(kind, SetOf)


def _packed_sort(sorts: list[Sort]) -> Sort:
    return sorts[0] if len(sorts) == 1 else ("Tuple", *sorts)


def unknown(kind: Type, symbol: Symbol, args: tuple[Term, ...] = ()) -> Worth:
    """What `symbol` gives for `args`, of type `kind`."""
    if isinstance(kind, RecordOf):
        items = {}
        for name, attribute in kind.attributes:
            inside = symbol._replace(path=(*symbol.path, name))
            there = TRUE if attribute.required else apply(inside._replace(part="?"), BOOL, args)
            items[name] = there, unknown(attribute.type, inside, args)
        return Fields(items)
    if isinstance(kind, SetOf):
        if _holds_sets(kind.element):
            return Refused(_SET_OF_SETS)
        return Unknown(kind.element, apply(symbol, ("Set", sort_of(kind.element)), args))
    if isinstance(kind, Scalar) and kind.name == ADDRESS:
        return Address(*(apply(symbol._replace(part=part), sort, args) for part, sort in _ADDRESS_PARTS))
    return One(kind, apply(symbol, sort_of(kind), args))


def usable(*values: Worth) -> None:
    """Raise `UnsupportedError` where one of `values` is refused."""
    for value in values:
        if isinstance(value, Refused):
            raise UnsupportedError(value.construct)


def equal(left: Worth, right: Worth, domain: Domain) -> Term:
    """Cedar's `==`, which never errors."""
    if isinstance(left, One) and isinstance(right, One):
        return eq(left.term, right.term) if left.type == right.type else FALSE
    if isinstance(left, Fields) and isinstance(right, Fields):
        return _equal_fields(left, right, domain)
    if isinstance(left, Address) and isinstance(right, Address):
        return conj([eq(one, other) for one, other in zip(left.telling, right.telling, strict=True)])
    usable(left, right)
    if isinstance(left, SETS) and isinstance(right, SETS):
        return conj((holds_all(right, left, domain), holds_all(left, right, domain)))
    return FALSE


def _equal_fields(left: Fields, right: Fields, domain: Domain) -> Term:
    same = []
    for name in sorted({*left.items, *right.items}):
        (here, one), (there, other) = (side.items.get(name, (FALSE, NOTHING)) for side in (left, right))
        same += [eq(here, there), implies(conj((here, there)), equal(one, other, domain))]
    return conj(same)


def choose(condition: Term, then: Worth, otherwise: Worth) -> Worth:
    """`then` where `condition`, else `otherwise`; raises `UnsupportedError` for two types."""
    if condition.constant:
        return then if condition.data else otherwise
    usable(then, otherwise)
    if isinstance(then, Nothing) or isinstance(otherwise, Nothing):
        return otherwise if isinstance(then, Nothing) else then
    if isinstance(then, One) and isinstance(otherwise, One) and then.type == otherwise.type:
        return One(then.type, ite(condition, then.term, otherwise.term))
    if isinstance(then, Fields) and isinstance(otherwise, Fields):
        names = sorted({*then.items, *otherwise.items})
        pairs = {name: [side.items.get(name, (FALSE, NOTHING)) for side in (then, otherwise)] for name in names}
        chosen = {
            name: (ite(condition, first[0], second[0]), choose(condition, first[1], second[1]))
            for name, (first, second) in pairs.items()
        }
        return Fields(chosen)
    if isinstance(then, Address) and isinstance(otherwise, Address):
        pair = zip(_address_parts(then), _address_parts(otherwise), strict=True)
        return Address(*(ite(condition, one, other) for one, other in pair))
    if isinstance(then, SETS) and isinstance(otherwise, SETS):
        return Either(condition, then, otherwise)
    raise UnsupportedError("`if` with branches of different types")


def _address_parts(value: Address) -> tuple[Term, ...]:
    return value.v4, value.address, value.prefix, value.first, value.last


def holds(of: Worth, item: Worth, domain: Domain) -> Term:
    """`item` is an element of the set `of`."""
    if isinstance(of, Written):
        return disj([equal(one, item, domain) for one in of.items])
    if isinstance(of, Either):
        return ite(of.condition, holds(of.then, item, domain), holds(of.otherwise, item, domain))
    packed = packed_as(item, of.element) if isinstance(of, Unknown) else None
    return member(packed, of.term) if packed is not None and isinstance(of, Unknown) else FALSE


def holds_all(outer: Worth, inner: Worth, domain: Domain) -> Term:
    """Every element of the set `inner` is one of the set `outer`."""
    if isinstance(inner, Written):
        return conj([holds(outer, item, domain) for item in inner.items])
    if isinstance(inner, Either):
        return ite(inner.condition, holds_all(outer, inner.then, domain), holds_all(outer, inner.otherwise, domain))
    if not isinstance(inner, Unknown):
        return FALSE
    listed = finite(inner.element, domain)
    if listed is not None:
        return conj([implies(holds(inner, item, domain), holds(outer, item, domain)) for item in listed])
    if isinstance(outer, Either):
        return ite(outer.condition, holds_all(outer.then, inner, domain), holds_all(outer.otherwise, inner, domain))
    return subset(inner.term, _set_term(outer, inner.element))


def holds_any(left: Worth, right: Worth, domain: Domain) -> Term:
    """The sets `left` and `right` have an element in common."""
    for one, other in ((left, right), (right, left)):
        if isinstance(one, Written):
            return disj([holds(other, item, domain) for item in one.items])
        if isinstance(one, Either):
            return ite(one.condition, holds_any(one.then, other, domain), holds_any(one.otherwise, other, domain))
    if not isinstance(left, Unknown) or not isinstance(right, Unknown) or left.element != right.element:
        return FALSE
    listed = finite(left.element, domain)
    if listed is not None:
        return disj([conj((holds(left, item, domain), holds(right, item, domain))) for item in listed])
    return meets(left.term, right.term)


def empty(of: Worth, domain: Domain) -> Term:
    """The set `of` has no element."""
    return holds_all(Written(()), of, domain)


def finite(kind: Type, domain: Domain) -> list[Worth] | None:
    """Every value of `kind`, where there are few."""
    if isinstance(kind, EntityOf):
        ids = domain(kind.name)
        return None if ids is None else [One(kind, entity((kind.name, name))) for name in ids]
    return [One(kind, truth(value)) for value in (False, True)] if kind == Scalar("bool") else None


def _set_term(of: Worth, element: Type) -> Term:
    """The set `of` as a term, without what is no `element` anyway."""
    if isinstance(of, Unknown):
        return of.term if of.element == element else set_of(sort_of(element), ())
    items = [packed_as(item, element) for item in of.items] if isinstance(of, Written) else []
    return set_of(sort_of(element), [item for item in items if item is not None])


def packed_as(value: Worth, kind: Type) -> Term | None:
    """`value` as an element of a set of `kind`; none when it is of another type."""
    if isinstance(value, One):
        return value.term if value.type == kind else None
    if isinstance(value, Address):
        return pack(value.telling) if kind == Scalar(ADDRESS) else None
    usable(value)
    if not isinstance(value, Fields) or not isinstance(kind, RecordOf):
        return None
    names = [name for name, _ in kind.attributes]
    others = [there for name, (there, _) in value.items.items() if name not in names]
    if not _all_absent(others):
        return None
    parts: list[Term] = []
    for name, attribute in kind.attributes:
        there, inner = value.items.get(name, (FALSE, NOTHING))
        packed = default_of(attribute.type) if there == FALSE else packed_as(inner, attribute.type)
        if packed is None or (attribute.required and _all_absent([there])):
            return None
        if not attribute.required:
            parts.append(there)
            packed = _ite_packed(there, packed, default_of(attribute.type))
        parts.append(packed)
    return pack(tuple(parts))


def _all_absent(theres: list[Term]) -> bool:
    """Whether what `theres` speak of is never there; raises `UnsupportedError` where a request decides."""
    if any(not there.constant for there in theres):
        raise UnsupportedError("an element of a set with attributes that its type does not have alike")
    return TRUE not in theres


def _ite_packed(condition: Term, then: Term, otherwise: Term) -> Term:
    """`ite`, part by part, so that no solver sees a condition about a tuple."""
    if then.op == "tuple" and otherwise.op == "tuple":
        parts = [_ite_packed(condition, one, other) for one, other in zip(then.args, otherwise.args, strict=True)]
        return pack(tuple(parts))
    return ite(condition, then, otherwise)


def default_of(kind: Type) -> Term:
    """What stands in a packed record for an attribute that is not there; raises `UnsupportedError` for sets."""
    if isinstance(kind, EntityOf):
        return entity((kind.name, ""))
    if isinstance(kind, Scalar):
        if kind.name == ADDRESS:
            return pack((FALSE, integer(0), integer(0)))
        return FALSE if kind.name == "bool" else text("") if kind.name == "string" else integer(0)
    if isinstance(kind, RecordOf):
        parts: list[Term] = []
        for _, attribute in kind.attributes:
            parts += [] if attribute.required else [FALSE]
            parts.append(default_of(attribute.type))
        return pack(tuple(parts))
    raise UnsupportedError(_SET_OF_SETS)
