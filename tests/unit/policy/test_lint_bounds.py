"""Bounds on one fact, held against every value of a small world."""

from itertools import combinations, product

import pytest

from brightline.policy.lint_bounds import Among, Between, Members, meet, within

WORLD = "abc"
SUBSETS = [frozenset(chosen) for size in range(4) for chosen in combinations(WORLD, size)]
AMONG = [Among(chosen) for chosen in SUBSETS[1:]] + [Among(None, chosen) for chosen in SUBSETS[:4]]
BETWEEN = [Between(low, high) for low in range(4) for high in range(low, 4)] + [Between()]
HITS = [
    frozenset(),
    frozenset({frozenset("a")}),
    frozenset({frozenset("ab")}),
    frozenset({frozenset("a"), frozenset("bc")}),
]
MEMBERS = [
    made
    for only, hits, without in product([None, frozenset("ab"), frozenset("a"), frozenset()], HITS, SUBSETS[:5])
    if (made := Members().meet(Members(only, hits, without))) is not None
]


def holds(bound, value):
    if isinstance(bound, Among):
        return (bound.allowed is None or value in bound.allowed) and value not in bound.excluded
    if isinstance(bound, Between):
        return bound.low <= value <= bound.high
    inside = bound.only is None or value <= bound.only
    return inside and all(value & hit for hit in bound.hits) and not value & bound.without


# For an open world one more value than any bound names.
@pytest.mark.parametrize(
    ("bounds", "values"),
    [(AMONG, "abcz"), (BETWEEN, range(-1, 6)), (MEMBERS, [frozenset(s | {"z"}) for s in SUBSETS] + SUBSETS)],
)
def test_what_is_left_is_exactly_what_both_leave(bounds, values):
    for one, other in product(bounds, bounds):
        left = meet(one, other)
        for value in values:
            both = holds(one, value) and holds(other, value)
            assert both == (left is not None and holds(left, value)), (one, other, value)


@pytest.mark.parametrize(
    ("bounds", "values"),
    [(AMONG, "abcz"), (BETWEEN, range(-1, 6)), (MEMBERS, [frozenset(s | {"z"}) for s in SUBSETS] + SUBSETS)],
)
def test_one_bound_makes_another_sure_only_when_it_does(bounds, values):
    sure = 0
    for one, other in product(bounds, bounds):
        if within(one, other):
            sure += 1
            assert all(holds(other, value) for value in values if holds(one, value)), (one, other)
    assert sure > len(bounds)
    assert all(within(bound, bound) for bound in bounds)


def test_bounds_of_different_kinds():
    with pytest.raises(TypeError):
        meet(Among(None), Between())
    assert not within(Among(None), Between())
    assert not within(Between(), Among(None))
