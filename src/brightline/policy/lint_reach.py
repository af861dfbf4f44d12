"""Finds policies without effect: those that can never apply, and those whose place others take.

Without a solver, so it says only what is certain; `lint_cases` tells what that is. What remains open, a solver can say
(`brightline agreement check --solver`).
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from brightline.domain.decision import Layer
from brightline.policy.expressions import Json
from brightline.policy.faults import Fault, fault, warning
from brightline.policy.holds import demands_as_much
from brightline.policy.layers import Rule
from brightline.policy.lint_bounds import Among, within
from brightline.policy.lint_cases import Case, Cases, Domains, TooManyCasesError, both
from brightline.policy.lint_tree import Path, walk, written
from brightline.policy.operators import EXTENSIONS

_MAY_FAIL = frozenset({"+", "-", "*", "neg", "getTag", *EXTENSIONS})
_MUST_PERMIT = (Layer.VENDOR, Layer.OPERATOR)
# Cases that are held against each other in one agreement; what is not compared is not told.
MAX_COMPARED = 400_000


class Judged(NamedTuple):
    """A rule and its cases, of which it has one at least."""

    rule: Rule
    cases: Sequence[Case]


def lint_reach(rules: Sequence[Rule], red_lines: Sequence[Rule], domains: Domains) -> Iterator[Fault]:
    """Every rule and red line that can never apply, and every prohibition that can never matter."""
    if not domains.finite["principal",] or not domains.finite["resource",]:
        return  # Nobody is listed yet: nothing applies to anybody, and no rule is at fault.
    cases = Cases(domains)
    for red_line in red_lines:
        yield from _applies(red_line, cases, [])
    judged: list[Judged] = []
    for rule in rules:
        yield from _applies(rule, cases, judged)
    forbids = [each for each in judged if each.rule.forbids]
    yield from _covered(forbids)
    yield from _unreached(forbids, [each for each in judged if not each.rule.forbids])


def _applies(rule: Rule, cases: Cases, judged: list[Judged]) -> Iterator[Fault]:
    """The fault of `rule` if it can never apply; else its cases go to `judged`."""
    try:
        found = cases.of(rule.policy)
    except TooManyCasesError:
        # It may permit anything, and takes the place of nothing.
        if not rule.forbids:
            judged.append(Judged(rule, [{}]))
        return
    if found:
        judged.append(Judged(rule, found))
        return
    places = [path[:-1] if path[-1] == "?" else path for path in cases.conflicts if path[0] != "~"]
    name = written(places[-1]) if places else ""
    why = f"no request satisfies what it asks of `{name}`" if name else "its condition is never true"
    at = rule.text.find(name, last=True) if name else None
    words = {"policy": rule.reason.policy_id, "why": why}
    yield fault("policy/never-applies", rule.text.file, at or rule.text.at, **words)


class _Patience:
    """How many more comparisons there are."""

    def __init__(self) -> None:
        self._left = MAX_COMPARED

    def ends(self) -> bool:
        """Whether there is none left; counts one."""
        self._left -= 1
        return self._left < 0


def _covered(forbids: Sequence[Judged]) -> Iterator[Fault]:
    """Every prohibition whose requests other prohibitions refuse anyway.

    In one file that is a mistake of its author. Across files it may be meant: each party keeps its own, and what is
    taken over from two laws is wanted whole.
    """
    index = _Index(forbids)
    gone: set[str] = set()
    for judged in reversed(forbids):
        rule = judged.rule
        # One that may err refuses when it does, which no other can do in its place.
        if rule.obligations or _may_fail(rule.policy):
            continue
        takers = _takers(judged, index, gone)
        if takers:
            gone.add(rule.reason.policy_id)
            others = sorted({taker.reason.policy_id for taker in takers})
            names = " and ".join(f"`{name}`" for name in others)
            alone = all(taker.text.file == rule.text.file for taker in takers)
            words = {"policy": rule.reason.policy_id, "why": f"whatever it refuses, {names} refuses as well"}
            yield (fault if alone else warning)("policy/never-matters", rule.text.file, rule.text.at, **words)


def _takers(judged: Judged, index: "_Index", gone: set[str]) -> list[Rule]:
    """The rules which together refuse every request that `judged` refuses, none of them in `gone`; else empty."""
    takers: list[Rule] = []
    for case in judged.cases:
        candidates = (each for each in index.near(case) if each.reason.policy_id not in gone)
        found = next((each for each in candidates if _stronger(each, judged.rule)), None)
        if found is None:
            return []
        takers.append(found)
    return takers


def _stronger(taker: Rule, rule: Rule) -> bool:
    """Whether `taker` refuses for as long as `rule` does."""
    if taker is rule:
        return False
    if taker.hold is None:
        return True
    return rule.hold is not None and demands_as_much(taker.hold, rule.hold)


def _may_fail(policy: Mapping[str, Json]) -> bool:
    return any(_MAY_FAIL & node.keys() for node in walk(policy.get("conditions", [])))


class _Index:
    """The cases of prohibitions, found again by the facts that they bound and the values that they name."""

    def __init__(self, forbids: Iterable[Judged]) -> None:
        self._patience = _Patience()
        self._by_shape: dict[frozenset[Path], dict[frozenset[Path], dict[Hashable, list[tuple[Case, Rule]]]]] = {}
        for judged in forbids:
            for case in judged.cases:
                named = _named(case)
                by_names = self._by_shape.setdefault(frozenset(case), {}).setdefault(frozenset(named), {})
                by_names.setdefault(frozenset(named.items()), []).append((case, judged.rule))

    def near(self, case: Case) -> Iterator[Rule]:
        """The rules with a case in which every request of `case` lies."""
        own, named = frozenset(case), _named(case)
        for shape, by_names in self._by_shape.items():
            if not shape <= own:
                continue
            for paths, by_values in by_names.items():
                if not paths <= named.keys():
                    continue
                for other, rule in by_values.get(frozenset((path, named[path]) for path in paths), ()):
                    if self._patience.ends():
                        return
                    if all(within(case[path], bound) for path, bound in other.items()):
                        yield rule


def _named(case: Case) -> dict[Path, frozenset[Hashable]]:
    """The facts that can have but one value in `case`."""
    found = {}
    for path, bound in case.items():
        if isinstance(bound, Among) and bound.allowed is not None and len(bound.allowed) == 1:
            found[path] = bound.allowed
    return found


def _unreached(forbids: Iterable[Judged], permits: Sequence[Judged]) -> Iterator[Fault]:
    """Every prohibition of what one of the parties permits to nobody anyway."""
    by_layer = {layer: [each for each in permits if each.rule.layer is layer] for layer in _MUST_PERMIT}
    patience = _Patience()
    for judged in forbids:
        idle = [layer for layer, listed in by_layer.items() if listed and not _meets(judged, listed, patience)]
        if idle:
            rule = judged.rule
            words = {"policy": rule.reason.policy_id, "why": f"the {idle[0].value} permits nothing that it refuses"}
            yield warning("policy/never-matters", rule.text.file, rule.text.at, **words)


def _meets(judged: Judged, others: Iterable[Judged], patience: _Patience) -> bool:
    """Whether some request may lie both in `judged` and in one of `others`; it may when nobody looked."""
    pairs = ((case, found) for other in others for found in other.cases for case in judged.cases)
    return any(patience.ends() or both(case, found) is not None for case, found in pairs)
