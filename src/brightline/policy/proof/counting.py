"""Counts how many of several formulas are true, as a formula."""

from collections.abc import Sequence

from brightline.policy.proof.terms import Term, conj, disj, neg


def fewer_than(count: int, terms: Sequence[Term]) -> Term:
    """True when fewer than `count` (at least 1) of `terms` are true."""
    # reached[j]: at least j + 1 of the terms so far. Shared parts keep this as large as terms times count.
    reached = [disj([])] * count
    for term in terms:
        before = [conj([]), *reached]
        reached = [disj([held, conj([before[index], term])]) for index, held in enumerate(reached)]
    return neg(reached[-1])
