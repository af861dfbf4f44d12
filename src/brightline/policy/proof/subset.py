"""Shows that a changed agreement only tightens: nothing passes that did not, and no hold asks for less.

Forbid is less than hold, hold less than permit, and a hold that asks for less is more; for every request, the new
answer must be at most the old one. That the versions differ in nothing but prohibitions and limits is not asked here.
"""

from collections.abc import Sequence

from brightline.domain.decision import Decision, Effect
from brightline.policy.draft import Draft
from brightline.policy.errors import PolicyError
from brightline.policy.expressions import UnsupportedError
from brightline.policy.holds import demands_as_much, in_words
from brightline.policy.layers import Rule
from brightline.policy.proof.encode import Chart, Encodings, Problem, environments
from brightline.policy.proof.judgement import Judgement, judgement
from brightline.policy.proof.replay import replay
from brightline.policy.proof.schema_model import read_schema
from brightline.policy.proof.solver import Limits, Sat, SolverPool, Unsat, solve
from brightline.policy.proof.subject import Subject, subject_of
from brightline.policy.proof.terms import Term, conj, disj, neg
from brightline.policy.proof.witness import ProofRequest


def check_subset(old: Draft, new: Draft, *, limits: Limits) -> None:
    """Returns when both solvers show that `new` answers no request with more than `old`; never believes less.

    Raises `PolicyError`: `policy/tightening-widens` where a request decided by both engines gets more,
    `policy/tightening-not-shown` for anything else, `policy/no-solver`.
    """
    before, after = subject_of(old), subject_of(new)
    if before.schema != after.schema or before.entities != after.entities:
        raise PolicyError("policy/tightening-not-shown", why="the versions differ in schema or in listed entities")
    model = read_schema(before.schema)
    encodings = Encodings()
    with SolverPool() as pool:
        for environment in environments(model):
            # The chart as signed is the one that this gateway decides by.
            problem = Problem(model, environment, chart=Chart(before.entities), encodings=encodings)
            try:
                assertion = _more(problem, before.rules, after.rules)
                answer = solve(problem, assertion, limits=limits, pool=pool)
            except UnsupportedError as error:
                why = f"a policy uses {error.construct}, which no formula can say"
                raise PolicyError("policy/tightening-not-shown", why=why) from error
            if isinstance(answer, Sat):
                raise _widens(before, after, answer.request)
            if not isinstance(answer, Unsat):
                raise PolicyError("policy/tightening-not-shown", why=answer.why)


def _more(problem: Problem, before: Sequence[Rule], after: Sequence[Rule]) -> Term:
    """The new answer is more than the old one."""
    old, new = judgement(problem, before), judgement(problem, after)
    kept = [_asked_for_still(old, new, rule, after) for rule in before if rule.hold is not None]
    return disj(
        [
            conj([new.permit, neg(old.permit)]),
            conj([new.hold, old.forbid]),
            conj([new.hold, old.hold, neg(conj(kept))]),
        ]
    )


def _asked_for_still(old: Judgement, new: Judgement, rule: Rule, after: Sequence[Rule]) -> Term:
    """Where the old hold of `rule` is asked for, a new one asks for at least as much."""
    asked = rule.hold
    enough = [
        new.held_by[other.reason.policy_id]
        for other in after
        if asked and other.hold and demands_as_much(other.hold, asked)
    ]
    return disj([neg(old.held_by[rule.reason.policy_id]), *enough])


def _widens(before: Subject, after: Subject, request: ProofRequest) -> PolicyError:
    was, now = (replay(request, subject.rules, schema=subject.schema) for subject in (before, after))
    return PolicyError("policy/tightening-widens", before=_words(was), after=_words(now))


def _words(decision: Decision) -> str:
    if decision.effect is Effect.HOLD:
        return "held for " + "; ".join(in_words(hold) for hold in decision.holds)
    return "permitted" if decision.permitted else "forbidden"
