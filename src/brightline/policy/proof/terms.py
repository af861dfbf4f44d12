"""Formulas as values of our own: printed for solvers, and evaluated here without one.

A term is known by the digest of its structure, so equal terms are equal wherever they were built, and nothing needs a
table that everybody shares. Constructors simplify only what is true in every case.
"""

from collections.abc import Iterable
from hashlib import blake2b
from typing import NamedTuple, TypeAlias

from brightline.policy.values import Uid

# ("Bool",), ("Int",), ("String",), ("Entity", type), ("Tuple", sort, …), ("Set", sort of its elements)
Sort: TypeAlias = tuple["str | Sort", ...]
BOOL: Sort = ("Bool",)
INT: Sort = ("Int",)
STRING: Sort = ("String",)

# What a literal of `like` is made of: text, and None for each wildcard; neighbours are never both text.
Pattern = tuple[str | None, ...]


class Symbol(NamedTuple):
    """What a request or an entity is asked for: the name of an unknown function.

    `root` is principal, resource, context (no argument), attr, tag (of entity type `of`), exists, has-tag, or witness;
    `path` leads into records; `part` is empty for the value itself, `?` for whether it is there, or a part of an
    address (`v4`, `address`, `prefix`, `first`, `last`).
    """

    root: str
    of: str = ""
    path: tuple[str, ...] = ()
    part: str = ""


Data: TypeAlias = bool | int | str | Uid | Pattern | Symbol | None


class Term:
    """One node: an operation on other terms. Immutable; equal when the structure is equal.

    Operations: `const` (a Bool, Int, String or Entity in `data`), `app` (the symbol in `data` of its arguments), `not`,
    `and`, `or`, `ite`, `=`, `<=`, `<`, `+`, `-`, `*`, `div`, `mod`, `like` (the pattern in `data`), `tuple`, `setlit`,
    `member` (of an element, a set), `subset`, `meets` (of two sets), `above` (of an entity and a proper ancestor),
    `reaches` (of an entity and a set that holds it or an ancestor).
    """

    __slots__ = ("args", "data", "key", "op", "sort")

    def __init__(self, op: str, sort: Sort, args: "tuple[Term, ...]" = (), data: Data = None) -> None:
        self.op = op
        self.sort = sort
        self.args = args
        self.data = data
        # 160 bits: policies come from another organisation, and two terms must never be taken for one.
        # The count in front tells where the name ends and the keys begin.
        named = f"{len(args)} {op}{sort}{data!r}".encode("utf-8", "surrogatepass")
        self.key: bytes = blake2b(named + b"".join([arg.key for arg in args]), digest_size=20).digest()

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Term) and self.key == other.key)

    def __hash__(self) -> int:
        return hash(self.key)

    def __repr__(self) -> str:
        inner = " ".join(repr(arg) for arg in self.args)
        shown = "" if self.data is None else f" {self.data!r}"
        return f"({self.op}{shown}{' ' if inner else ''}{inner})" if self.op != "const" else repr(self.data)

    @property
    def constant(self) -> bool:
        """Whether this is a literal."""
        return self.op == "const"


TRUE = Term("const", BOOL, data=True)
FALSE = Term("const", BOOL, data=False)


def truth(value: bool) -> Term:
    """The constant `value`."""
    return TRUE if value else FALSE


def integer(value: int) -> Term:
    """The integer `value`."""
    return Term("const", INT, data=value)


def text(value: str) -> Term:
    """The string `value`."""
    return Term("const", STRING, data=value)


def entity_sort(kind: str) -> Sort:
    """The sort of entities of type `kind`."""
    return ("Entity", kind)


def entity(uid: Uid) -> Term:
    """The entity `uid`."""
    return Term("const", ("Entity", uid[0]), data=uid)


def apply(symbol: Symbol, sort: Sort, args: tuple[Term, ...] = ()) -> Term:
    """What the unknown function `symbol` gives for `args`."""
    return Term("app", sort, args, symbol)


def neg(term: Term) -> Term:
    """Not `term`."""
    if term.op == "const":
        return FALSE if term.data else TRUE
    return term.args[0] if term.op == "not" else Term("not", BOOL, (term,))


def _joined(op: str, terms: Iterable[Term], neutral: Term, absorbing: Term) -> Term:
    found: dict[bytes, Term] = {}
    for term in terms:
        if term.op == "const":
            if term.data is absorbing.data:
                return absorbing
        elif term.op == op:
            for part in term.args:
                found.setdefault(part.key, part)
        else:
            found.setdefault(term.key, term)
    if not found:
        return neutral
    for term in found.values():
        if term.op == "not" and term.args[0].key in found:
            return absorbing
    if len(found) == 1:
        return next(iter(found.values()))
    return Term(op, BOOL, tuple(found.values()))


def conj(terms: Iterable[Term]) -> Term:
    """All of `terms`; true for none."""
    return _joined("and", terms, TRUE, FALSE)


def disj(terms: Iterable[Term]) -> Term:
    """Any of `terms`; false for none."""
    return _joined("or", terms, FALSE, TRUE)


def implies(premise: Term, conclusion: Term) -> Term:
    """`conclusion` wherever `premise`."""
    known = {part.key for part in (premise.args if premise.op == "and" else (premise,))}
    parts = conclusion.args if conclusion.op == "and" else (conclusion,)
    # A guard that was tested before needs no second look: most of what could error is guarded.
    return disj((neg(premise), conj([part for part in parts if part.key not in known])))


def iff(left: Term, right: Term) -> Term:
    """Both or neither."""
    return eq(left, right)


def ite(condition: Term, then: Term, otherwise: Term) -> Term:
    """`then` where `condition`, else `otherwise`; both of one sort."""
    if condition.op == "const":
        return then if condition.data else otherwise
    if then.key == otherwise.key:
        return then
    if then.sort == BOOL:
        if then.op == "const":
            return disj((condition, otherwise)) if then.data else conj((neg(condition), otherwise))
        if otherwise.op == "const":
            return disj((neg(condition), then)) if otherwise.data else conj((condition, then))
    return Term("ite", then.sort, (condition, then, otherwise))


def eq(left: Term, right: Term) -> Term:
    """`left` and `right` are one value; both of one sort, which is no set."""
    if left.key == right.key:
        return TRUE
    if left.op == "tuple" and right.op == "tuple":
        return conj([eq(one, other) for one, other in zip(left.args, right.args, strict=True)])
    if left.op == "const" and right.op == "const":
        return FALSE
    if left.sort == BOOL:
        for one, other in ((left, right), (right, left)):
            if one.op == "const":
                return other if one.data else neg(other)
    # One order for both, so that `a = b` and `b = a` are one term.
    return Term("=", BOOL, (left, right) if left.key < right.key else (right, left))


def at_most(left: Term, right: Term) -> Term:
    """`left <= right`."""
    if left.op == "const" and right.op == "const":
        return truth(_number(left) <= _number(right))
    return TRUE if left.key == right.key else Term("<=", BOOL, (left, right))


def below(left: Term, right: Term) -> Term:
    """`left < right`."""
    if left.op == "const" and right.op == "const":
        return truth(_number(left) < _number(right))
    return FALSE if left.key == right.key else Term("<", BOOL, (left, right))


def _number(term: Term) -> int:
    return term.data if isinstance(term.data, int) else 0


def arithmetic(op: str, left: Term, right: Term) -> Term:
    """`left op right` over the integers, without bounds; `op` is +, -, *, div or mod (both by a positive constant)."""
    if left.op == "const" and right.op == "const":
        one, other = _number(left), _number(right)
        if op in ("div", "mod"):
            return integer(one // other if op == "div" else one % other)
        return integer(one + other if op == "+" else one - other if op == "-" else one * other)
    return Term(op, INT, (left, right))


def like(term: Term, pattern: Pattern) -> Term:
    """The string `term` reads as `pattern`."""
    if None not in pattern:
        return eq(term, text("".join(part or "" for part in pattern)))
    if pattern == (None,):
        return TRUE
    if term.op == "const" and isinstance(term.data, str):
        return truth(matches(term.data, pattern))
    return Term("like", BOOL, (term,), pattern)


def matches(value: str, pattern: Pattern) -> bool:
    """Whether `value` reads as `pattern`; in linear time for any pattern."""
    at, anchored = 0, True
    for index, part in enumerate(pattern):
        if part is None:
            anchored = False
        elif index == len(pattern) - 1:
            found = len(value) - len(part)
            return found >= at and value.endswith(part) and (not anchored or found == at)
        else:
            found = value.find(part, at)
            if found < 0 or (anchored and found != at):
                return False
            at, anchored = found + len(part), True
    return not anchored or at == len(value)


def pack(parts: tuple[Term, ...]) -> Term:
    """`parts` as one element of a set."""
    return parts[0] if len(parts) == 1 else Term("tuple", ("Tuple", *(part.sort for part in parts)), parts)


def set_of(element: Sort, items: Iterable[Term]) -> Term:
    """The set of `items`, each of sort `element`."""
    unique = {item.key: item for item in items}
    return Term("setlit", ("Set", element), tuple(unique.values()))


def member(item: Term, of: Term) -> Term:
    """`item` is an element of the set `of`."""
    if of.op == "setlit":
        return disj([eq(item, one) for one in of.args])
    return Term("member", BOOL, (item, of))


def subset(inner: Term, outer: Term) -> Term:
    """Every element of `inner` is one of `outer`."""
    if inner.key == outer.key:
        return TRUE
    if inner.op == "setlit":
        return conj([member(item, outer) for item in inner.args])
    return Term("subset", BOOL, (inner, outer))


def meets(left: Term, right: Term) -> Term:
    """`left` and `right` have an element in common."""
    for one, other in ((left, right), (right, left)):
        if one.op == "setlit":
            return disj([member(item, other) for item in one.args])
    return Term("meets", BOOL, (left, right) if left.key < right.key else (right, left))


def above(lower: Term, upper: Term) -> Term:
    """`upper` is a proper ancestor of `lower`."""
    return FALSE if lower.key == upper.key else Term("above", BOOL, (lower, upper))


def reaches(lower: Term, uppers: Term) -> Term:
    """`lower`, or a proper ancestor of it, is an element of the set `uppers`, which is no literal."""
    return Term("reaches", BOOL, (lower, uppers))


def reachable(*roots: Term) -> dict[bytes, Term]:
    """Every term that `roots` are made of, arguments before what they are arguments of."""
    found: dict[bytes, Term] = {}
    waiting: list[Term | None] = list(reversed(roots))
    path: list[Term] = []
    while waiting:
        term = waiting.pop()
        if term is None:
            done = path.pop()
            found[done.key] = done
        elif term.key not in found:
            path.append(term)
            waiting.append(None)
            waiting += [arg for arg in reversed(term.args) if arg.key not in found]
    return found
