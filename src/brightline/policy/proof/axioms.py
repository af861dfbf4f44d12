"""What must hold besides an assertion, for everything that it mentions: the meaning of sets, orders, bounds, addresses.

Sets and orders are spelt out for the elements and entities that occur, which is complete: a difference between two sets
has a witness of its own, and an order can only be broken among entities of which something is asked.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from brightline.policy.expressions import UnsupportedError
from brightline.policy.proof.schema_model import SchemaModel
from brightline.policy.proof.terms import (
    INT,
    Sort,
    Symbol,
    Term,
    above,
    apply,
    arithmetic,
    at_most,
    conj,
    disj,
    eq,
    implies,
    integer,
    ite,
    member,
    neg,
    pack,
    reachable,
)
from brightline.policy.values import LONG_MAX, LONG_MIN

# Instances of one law; beyond this a text is too large to be read by anybody, and no agreement needs it.
MOST_INSTANCES = 200_000
_SET_ATOMS = ("subset", "meets", "reaches")


def set_axioms(terms: Iterable[Term]) -> list[Term]:
    """What comparisons of sets among `terms` mean; raises `UnsupportedError` when there are too many."""
    listed = list(terms)
    atoms = [term for term in listed if term.op in _SET_ATOMS]
    if not atoms:
        return []
    witnesses = {atom.key: witness(atom) for atom in atoms}
    elements: dict[Sort, dict[bytes, Term]] = {}
    for item in _elements(listed, witnesses.values()):
        elements.setdefault(item.sort, {})[item.key] = item
    if sum(len(elements[witnesses[atom.key].sort]) for atom in atoms) > MOST_INSTANCES:
        raise UnsupportedError("too many comparisons of sets")
    return [
        axiom
        for atom in atoms
        for axiom in _meaning(atom, witnesses[atom.key], elements[witnesses[atom.key].sort].values())
    ]


def witness(atom: Term) -> Term:
    """An unknown element for one comparison of sets: what shows that it is false, or true."""
    sets = atom.args[1] if atom.op == "reaches" else atom.args[0]
    element = sets.sort[1]
    sorts = element[1:] if element[0] == "Tuple" else (element,)
    # What a tuple is made of may be parts of an address, which have more than 64 bits: its parts are not bounded.
    of_tuple = ("part",) if element[0] == "Tuple" else ()
    symbols = [Symbol("witness", atom.key.hex(), (*of_tuple, str(index))) for index in range(len(sorts))]
    return pack(tuple([apply(symbol, _sort(sort)) for symbol, sort in zip(symbols, sorts, strict=True)]))


def _sort(sort: "str | Sort") -> Sort:
    return sort if isinstance(sort, tuple) else (sort,)


def _elements(terms: Sequence[Term], witnesses: Iterable[Term]) -> Iterator[Term]:
    for term in terms:
        if term.op == "member":
            yield term.args[0]
        elif term.op == "setlit":
            yield from term.args
    yield from witnesses


def _meaning(atom: Term, found: Term, elements: Iterable[Term]) -> Iterator[Term]:
    left, right = atom.args
    if atom.op == "subset":
        # False: one element is inside and not outside. True: none of those that occur is.
        yield disj((atom, conj((member(found, left), neg(member(found, right))))))
        for item in elements:
            yield disj((neg(atom), neg(member(item, left)), member(item, right)))
        return
    if atom.op == "meets":
        yield implies(atom, conj((member(found, left), member(found, right))))
        for item in elements:
            yield disj((atom, neg(member(item, left)), neg(member(item, right))))
        return
    yield implies(atom, conj((member(found, right), _within(left, found))))
    for item in elements:
        yield disj((atom, neg(member(item, right)), neg(_within(left, item))))


def _within(lower: Term, upper: Term) -> Term:
    same = (eq(lower, upper),) if lower.sort == upper.sort else ()
    return disj((*same, above(lower, upper)))


def order_axioms(terms: Iterable[Term], schema: SchemaModel) -> list[Term]:
    """That `above` is an order without circles, spelt out; raises `UnsupportedError` when that takes too much.

    An entity that is on the left of no atom can be at the top: only those that are on the left of one need to be
    between two others.
    """
    atoms = [term for term in terms if term.op == "above"]
    lowers = list({atom.args[0].key: atom.args[0] for atom in atoms}.values())
    uppers = list({term.key: term for atom in atoms for term in (*atom.args,)}.values())
    axioms = [implies(atom, neg(eq(*atom.args))) for atom in atoms if atom.args[0].sort == atom.args[1].sort]
    instances = 0
    for low in lowers:
        for middle in lowers:
            if not _may(schema, low, middle) or low.key == middle.key:
                continue
            for high in uppers:
                if _may(schema, middle, high) and middle.key != high.key:
                    instances += 1
                    if instances > MOST_INSTANCES:
                        raise UnsupportedError("an order of too many entities")
                    axioms.append(disj((neg(above(low, middle)), neg(above(middle, high)), above(low, high))))
    return axioms


def _may(schema: SchemaModel, lower: Term, upper: Term) -> bool:
    return upper.sort[1] in schema.above.get(str(lower.sort[1]), ())


def bounds(terms: Iterable[Term]) -> list[Term]:
    """That numbers have 64 bits, and what the parts of addresses have to do with each other."""
    axioms: list[Term] = []
    ranges: dict[bytes, Mapping[str, Term]] = {}
    for term in terms:
        if term.op != "app" or term.sort != INT or not isinstance(term.data, Symbol):
            continue
        if term.data.part:
            parts = _siblings(term, term.data)
            ranges[parts["address"].key] = parts
        elif term.data.root != "witness" or len(term.data.path) == 1:
            axioms.append(_between(integer(LONG_MIN), term, integer(LONG_MAX)))
    return [*axioms, *(axiom for parts in ranges.values() for axiom in _address(parts))]


def _siblings(term: Term, symbol: Symbol) -> dict[str, Term]:
    named = {part: symbol._replace(part=part) for part in ("v4", "address", "prefix", "first", "last")}
    return {part: apply(other, ("Bool",) if part == "v4" else INT, term.args) for part, other in named.items()}


def _between(low: Term, term: Term, high: Term) -> Term:
    return conj((at_most(low, term), at_most(term, high)))


def _address(parts: Mapping[str, Term]) -> Iterator[Term]:
    v4, address, prefix = parts["v4"], parts["address"], parts["prefix"]
    yield _between(integer(0), address, ite(v4, integer(2**32 - 1), integer(2**128 - 1)))
    yield _between(integer(0), prefix, ite(v4, integer(32), integer(128)))
    for family, bits in ((v4, 32), (neg(v4), 128)):
        for length in range(bits + 1):
            span = integer(1 << (bits - length))
            first = arithmetic("-", address, arithmetic("mod", address, span))
            last = arithmetic("+", first, integer((1 << (bits - length)) - 1))
            here = conj((family, eq(prefix, integer(length))))
            yield implies(here, conj((eq(parts["first"], first), eq(parts["last"], last))))


def with_axioms(assertion: Term, schema: SchemaModel, *, order: bool) -> tuple[list[Term], list[Term]]:
    """What must hold besides `assertion`, and every term that both are made of; the order's laws only with `order`."""
    axioms = set_axioms(reachable(assertion).values())
    if order:
        axioms += order_axioms(reachable(assertion, *axioms).values(), schema)
    axioms += bounds(reachable(assertion, *axioms).values())
    axioms = [axiom for axiom in axioms if not axiom.constant]
    return axioms, list(reachable(assertion, *axioms).values())
