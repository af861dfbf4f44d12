"""The decision of an agreement about a request, as formulas: what `verdict` does for one request, for all of them.

A satisfied forbid refuses unless it waits for a sign-off; a forbid that errors refuses whatever it waits for; vendor
and operator must each have a satisfied permit; what is left is held while a satisfied forbid waits for a sign-off.

Sign-offs and break-glass lift holds and nothing else: where `forbid` is true, no number of persons changes it.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from brightline.domain.decision import Layer
from brightline.policy.layers import Rule
from brightline.policy.proof.encode import Problem
from brightline.policy.proof.terms import Term, conj, disj, neg


class Judgement(NamedTuple):
    """Exactly one of `permit`, `hold` and `forbid` is true; `held_by` says which holding policies are satisfied."""

    permit: Term
    hold: Term
    forbid: Term
    held_by: Mapping[str, Term]


def judgement(problem: Problem, rules: Sequence[Rule]) -> Judgement:
    """What `rules` decide about a request of `problem` without any sign-off; raises `UnsupportedError`."""
    forbids = [rule for rule in rules if rule.forbids]
    against = disj([problem.satisfied(rule.policy) for rule in forbids if rule.hold is None])
    unclear = disj([problem.errored(rule.policy) for rule in forbids])
    granted = [_granted(problem, rules, layer) for layer in (Layer.VENDOR, Layer.OPERATOR)]
    held_by = {rule.reason.policy_id: problem.satisfied(rule.policy) for rule in forbids if rule.hold is not None}
    passes = conj([neg(against), neg(unclear), *granted])
    held = disj(held_by.values())
    return Judgement(conj([passes, neg(held)]), conj([passes, held]), neg(passes), held_by)


def _granted(problem: Problem, rules: Sequence[Rule], layer: Layer) -> Term:
    return disj([problem.satisfied(rule.policy) for rule in rules if rule.layer is layer and not rule.forbids])
