"""Takes a policy apart into cases: alternatives, each a bound on every fact that it looks at.

It is exact for what conditions are usually made of (comparisons of a fact with constants, sets, scope, and their
combinations) over the agreement's own registers and chart; anything else stays closed, equal only to itself.
INVARIANT: a request that satisfies the policy lies in a case, and one that lies in a case satisfies the policy or makes
it err; each fact is taken alone, so a case may be one that no request reaches.
"""

import json
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from brightline.policy.attributes import Attribute
from brightline.policy.entities import store_of
from brightline.policy.expressions import Json
from brightline.policy.lint_bounds import Among, Between, Bound, Members, meet
from brightline.policy.lint_tree import Path, conditions, constant_of, constants_of, only, operands, part, path_of
from brightline.policy.lint_words import Register, pattern_of
from brightline.policy.operators import like
from brightline.policy.values import LONG_MAX, LONG_MIN, Uid

# Alternatives multiply; a policy with more of them is not judged.
MAX_CASES = 64
# Pairs of alternatives that are put together for one policy, and for all of an agreement.
MAX_PAIRS, MAX_PAIRS_OF_ALL = 8_000, 400_000

Case = Mapping[Path, Bound]
_SCOPE = ("principal", "action", "resource")
_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}


class TooManyCasesError(Exception):
    """A policy with more alternatives than are looked at."""


@dataclass(frozen=True, slots=True)
class Domains:
    """What facts can be: `finite` the values of each that has few, `sets` and `numbers` those that are such."""

    finite: Mapping[Path, frozenset[Hashable]]
    numbers: frozenset[Path]
    sets: frozenset[Path]
    optional: frozenset[Path]
    single: frozenset[Path]
    ancestors: Mapping[Uid, frozenset[Uid]]


def domains_of(
    attributes: Iterable[Attribute],
    registers: Mapping[Path, Register],
    entities: Sequence[Mapping[str, Json]],
    actions: Iterable[str],
) -> Domains:
    """The domains of an agreement with these registers and `entities` (Cedar's JSON form)."""
    handles = store_of(entities).handles
    by_type: dict[str, set[Hashable]] = {}
    for uid in handles:
        by_type.setdefault(uid[0], set()).add(uid)
    finite: dict[Path, frozenset[Hashable]] = {
        ("principal",): frozenset(by_type.get("Unit", ())),
        ("resource",): frozenset(by_type.get("Deployment", ())),
        ("action",): frozenset(("Action", name) for name in actions),
    }
    finite |= {path: frozenset(register.words) for path, register in registers.items() if register.closed}
    listed = {("context", *attribute.path): attribute for attribute in attributes}
    for path, attribute in listed.items():
        if attribute.kind == "Boolean":
            finite[path] = frozenset({True, False})
        elif attribute.kind == "Entity" and attribute.members:
            finite[path] = frozenset((attribute.entity, member) for member in attribute.members)
    return Domains(
        finite,
        frozenset(path for path, attribute in listed.items() if attribute.kind == "Long"),
        frozenset(path for path, attribute in listed.items() if attribute.kind == "Set"),
        frozenset(path for path, attribute in listed.items() if not attribute.required),
        frozenset([*finite, *(path for path, attribute in listed.items() if attribute.kind in ("String", "Entity"))]),
        {uid: entity.within for uid, entity in handles.items()},
    )


def both(one: Case, other: Case, conflicts: list[Path] | None = None) -> Case | None:
    """The case in which both hold; None where there is none, and then the fact at fault goes to `conflicts`."""
    merged = dict(one)
    for path, bound in other.items():
        present = merged.get(path)
        left = bound if present is None else meet(present, bound)
        if left is None:
            if conflicts is not None:
                conflicts.append(path)
            return None
        merged[path] = left
    return merged


@dataclass(slots=True)
class Cases:
    """Makes the cases of policies of one agreement; `conflicts` are the facts that left an alternative impossible."""

    domains: Domains
    conflicts: list[Path] = field(default_factory=list)
    _pairs: int = 0
    _pairs_of_all: int = 0

    def of(self, policy: Mapping[str, Json]) -> list[Case]:
        """The cases of `policy`; none when nothing satisfies it. Raises `TooManyCasesError`."""
        self.conflicts.clear()
        self._pairs = 0
        found: list[Case] = [{}]
        for variable in _SCOPE:
            found = self._product(found, self._scope(variable, policy.get(variable)))
        for body, positive in conditions(policy):
            found = self._product(found, self._cases(body, positive=positive))
        return found

    def _product(self, one: list[Case], other: list[Case]) -> list[Case]:
        pairs = len(one) * len(other)
        self._pairs += pairs
        self._pairs_of_all += pairs
        if self._pairs > MAX_PAIRS or self._pairs_of_all > MAX_PAIRS_OF_ALL:
            raise TooManyCasesError
        made = [both(first, second, self.conflicts) for first in one for second in other]
        return self._bounded([case for case in made if case is not None])

    @staticmethod
    def _bounded(found: list[Case]) -> list[Case]:
        if len(found) > MAX_CASES:
            raise TooManyCasesError
        return found

    def _scope(self, variable: str, node: Json) -> list[Case]:
        operator, entity, entities, kind, inside = part(node, "op", "entity", "entities", "entity_type", "in")
        path = (variable,)
        if operator == "==":
            return self._one(path, {_uid(entity)}, positive=True)
        if operator == "in":
            groups = entities if isinstance(entities, list) else [entity]
            return self._under(path, {_uid(group) for group in groups}, positive=True)
        if operator == "is":
            typed = self._of_type(path, str(kind), positive=True)
            if inside is None:
                return typed
            return self._product(typed, self._under(path, {_uid(part(inside, "entity")[0])}, positive=True))
        return [{}]

    def _cases(self, node: Json, *, positive: bool) -> list[Case]:
        name, body = only(node)
        if name == "!":
            return self._cases(part(body, "arg")[0], positive=not positive)
        if name in ("&&", "||"):
            parts = [self._cases(each, positive=positive) for each in operands(name, body)]
            return (
                self._all(parts) if (name == "&&") is positive else self._bounded([c for cases in parts for c in cases])
            )
        if name == "if-then-else":
            test, then, otherwise = part(body, "if", "then", "else")
            first = self._product(self._cases(test, positive=True), self._cases(then, positive=positive))
            second = self._product(self._cases(test, positive=False), self._cases(otherwise, positive=positive))
            return self._bounded([*first, *second])
        if name == "Value" and isinstance(body, bool):
            return [{}] if body is positive else []
        made = self._atom(node, name, body, positive=positive)
        return _closed(node, positive=positive) if made is None else made

    def _all(self, parts: Iterable[list[Case]]) -> list[Case]:
        found: list[Case] = [{}]
        for cases in parts:
            found = self._product(found, cases)
        return found

    def _atom(self, node: Json, name: str, body: Json, *, positive: bool) -> list[Case] | None:
        """The cases of a comparison with constants; None for anything else."""
        path = _path(node)
        if path in self.domains.finite and self.domains.finite[path] == {True, False}:
            return self._one(path, {True}, positive=positive)
        readers: Mapping[str, Callable[..., list[Case] | None]] = {
            "==": self._equal,
            "!=": lambda body, *, positive: self._equal(body, positive=not positive),
            "contains": self._contains,
            "containsAny": lambda body, *, positive: self._contains_of(body, positive=positive, every=False),
            "containsAll": lambda body, *, positive: self._contains_of(body, positive=positive, every=True),
            "isEmpty": self._empty,
            "has": self._has,
            "in": self._in,
            "is": self._is,
            "like": self._like,
        }
        if name in readers:
            return readers[name](body, positive=positive)
        return self._ordered(name, body, positive=positive) if name in _FLIPPED else None

    def _equal(self, body: Json, *, positive: bool) -> list[Case] | None:
        left, right = part(body, "left", "right")
        for one, other in ((left, right), (right, left)):
            path, value, listed = _path(one), constant_of(other), constants_of(other)
            if path in self.domains.numbers and type(value) is int:
                return self._number("==" if positive else "!=", path, value)
            if path in self.domains.single and value is not None:
                return self._one(path, {value}, positive=positive)
            if path in self.domains.sets and listed is not None and positive:
                members = frozenset[Hashable](listed)
                return self._found(path, Members(members, frozenset(frozenset({item}) for item in members)))
        return None

    def _ordered(self, name: str, body: Json, *, positive: bool) -> list[Case] | None:
        left, right = part(body, "left", "right")
        for one, other, operator in ((left, right, name), (right, left, _FLIPPED[name])):
            path, value = _path(one), constant_of(other)
            if path in self.domains.numbers and type(value) is int:
                return self._number(operator if positive else _OPPOSITE[operator], path, value)
        return None

    def _number(self, operator: str, path: Path, value: int) -> list[Case]:
        spans = {
            "==": [(value, value)],
            "!=": [(LONG_MIN, value - 1), (value + 1, LONG_MAX)],
            "<": [(LONG_MIN, value - 1)],
            "<=": [(LONG_MIN, value)],
            ">": [(value + 1, LONG_MAX)],
            ">=": [(value, LONG_MAX)],
        }[operator]
        return [case for low, high in spans if low <= high for case in self._found(path, Between(low, high))]

    def _contains(self, body: Json, *, positive: bool) -> list[Case] | None:
        left, right = part(body, "left", "right")
        path, value = _path(left), constant_of(right)
        if path in self.domains.sets and value is not None:
            return self._members(path, [{value}], positive=positive)
        path, listed = _path(right), constants_of(left)
        if path in self.domains.single and listed is not None:
            return self._one(path, set(listed), positive=positive)
        return None

    def _contains_of(self, body: Json, *, positive: bool, every: bool) -> list[Case] | None:
        left, right = part(body, "left", "right")
        path, listed = _path(left), constants_of(right)
        if path in self.domains.sets and listed is not None:
            return self._members(path, [{item} for item in listed] if every else [set(listed)], positive=positive)
        path, listed = _path(right), constants_of(left)
        if path in self.domains.sets and listed is not None:
            if not every:
                return self._members(path, [set(listed)], positive=positive)
            return self._found(path, Members(frozenset[Hashable](listed))) if positive else None
        return None

    def _members(self, path: Path, hits: list[set[Hashable]], *, positive: bool) -> list[Case]:
        """One member at least of each of `hits`; or, not `positive`, none of one of them."""
        if positive:
            if not all(hits):
                return []
            return self._found(path, Members(hits=frozenset(frozenset(hit) for hit in hits)))
        return self._bounded([case for hit in hits for case in self._found(path, Members(without=frozenset(hit)))])

    def _empty(self, body: Json, *, positive: bool) -> list[Case] | None:
        path = _path(part(body, "arg")[0])
        if path not in self.domains.sets or not positive:
            return None
        return self._found(path, Members(frozenset()))

    def _has(self, body: Json, *, positive: bool) -> list[Case] | None:
        base, attribute = part(body, "left", "attr")
        path = _path(base)
        whole = (*path, str(attribute))
        if whole in self.domains.optional:
            return [{(*whole, "?"): Among(frozenset({positive}))}]
        return None

    def _in(self, body: Json, *, positive: bool) -> list[Case] | None:
        left, right = part(body, "left", "right")
        path, listed, single = _path(left), constants_of(right), constant_of(right)
        groups = {item for item in [*(listed or ()), single] if isinstance(item, tuple)}
        if path not in self.domains.finite or (listed is None and single is None):
            return None
        return self._under(path, groups, positive=positive)

    def _is(self, body: Json, *, positive: bool) -> list[Case] | None:
        left, kind, inside = part(body, "left", "entity_type", "in")
        path = _path(left)
        if path not in self.domains.finite or (inside is not None and not positive):
            return None
        typed = self._of_type(path, str(kind), positive=positive)
        if inside is None:
            return typed
        within = self._in({"left": left, "right": inside}, positive=True)
        return None if within is None else self._product(typed, within)

    def _like(self, body: Json, *, positive: bool) -> list[Case] | None:
        left, pattern = part(body, "left", "pattern")
        path = _path(left)
        if path not in self.domains.finite:
            return None
        words = self.domains.finite[path]
        return self._one(
            path,
            {word for word in words if isinstance(word, str) and like(word, pattern_of(pattern))},
            positive=positive,
        )

    def _of_type(self, path: Path, kind: str, *, positive: bool) -> list[Case]:
        known = self.domains.finite[path]
        return self._one(path, {uid for uid in known if isinstance(uid, tuple) and uid[0] == kind}, positive=positive)

    def _under(self, path: Path, groups: set[Uid], *, positive: bool) -> list[Case]:
        """The entities at `path` that are one of `groups`, or in one."""
        known = self.domains.finite[path]
        ancestors = self.domains.ancestors
        below = {uid for uid in known if isinstance(uid, tuple) and groups & (ancestors.get(uid, frozenset()) | {uid})}
        return self._one(path, below, positive=positive)

    def _one(self, path: Path, values: Iterable[Hashable], *, positive: bool) -> list[Case]:
        """The value at `path` is one of `values`; or, not `positive`, none of them."""
        named = frozenset(values)
        known = self.domains.finite.get(path)
        if known is not None:
            left = known & named if positive else known - named
            if not left:
                self.conflicts.append(path)
                return []
            # What leaves every value open bounds nothing, so that `action in Action::"call"` is no bound at all.
            return self._found(path, Among(left) if left != known else None)
        return self._found(path, Among(named) if positive else Among(None, named)) if named or not positive else []

    def _found(self, path: Path, bound: Bound | None) -> list[Case]:
        """The case of `bound` alone; what is looked at is there."""
        case: dict[Path, Bound] = {} if bound is None else {path: bound}
        if path in self.domains.optional:
            case[*path, "?"] = Among(frozenset({True}))
        return [case]


def _path(node: Json) -> Path:
    """The path that `node` reads; empty, which no fact is at, when it reads none."""
    return path_of(node) or ()


def _uid(node: Json) -> Uid:
    kind, name = part(node, "type", "id")
    return str(kind), str(name)


def _closed(node: Json, *, positive: bool) -> list[Case]:
    """What is not taken apart: true or false as a whole."""
    return [{("~", json.dumps(node, sort_keys=True)): Among(frozenset({positive}))}]
