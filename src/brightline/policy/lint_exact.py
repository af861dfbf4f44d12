"""Asks a solver which policies have no effect, where `lint_reach` cannot tell: exact, and slower.

A policy that no request satisfies, or a prohibition without which every request is decided as it is with it, under the
chart as signed. What the solver does not decide in time, or cannot be given, is not told.
"""

from collections.abc import Callable, Iterator, Sequence

from brightline.policy.draft import Draft
from brightline.policy.expressions import UnsupportedError
from brightline.policy.faults import Fault, fault, warning
from brightline.policy.holds import demands_as_much
from brightline.policy.layers import Rule
from brightline.policy.proof.certificate import SIGNED_CHART
from brightline.policy.proof.encode import Problem
from brightline.policy.proof.judgement import judgement
from brightline.policy.proof.questions import Questions
from brightline.policy.proof.solver import Limits, SolverPool, Unsat, solve
from brightline.policy.proof.subject import subject_of
from brightline.policy.proof.terms import Term, conj, disj, iff, neg

# One question of this kind takes milliseconds; what takes longer is left to people.
SECONDS = 5.0

Never = Callable[[Problem, Term], bool]  # whether no request satisfies the term


def lint_exact(draft: Draft, pool: SolverPool) -> tuple[Fault, ...]:
    """Every policy of `draft` without effect; raises `PolicyError` (`policy/no-solver`)."""
    limits = Limits(SECONDS)
    questions = Questions(subject_of(draft), limits, pool)
    problems = [questions.formulas(environment, SIGNED_CHART).problem for environment in questions.environments]

    def never(problem: Problem, term: Term) -> bool:
        return isinstance(solve(problem, term, limits=limits, pool=pool, confirm=False), Unsat)

    return tuple(_findings(draft, problems, never))


def _findings(draft: Draft, problems: Sequence[Problem], never: Never) -> Iterator[Fault]:
    for rule in (*draft.rules, *draft.red_lines):
        words = {"policy": rule.reason.policy_id}
        if _in_none(problems, never, _applies(rule)):
            yield fault("policy/never-applies", rule.text.file, rule.text.at, why="no request satisfies it", **words)
    for rule in draft.rules:
        words = {"policy": rule.reason.policy_id, "why": "without it, every request is decided as it is with it"}
        if not rule.forbids or rule.obligations:
            continue
        if _in_none(problems, never, _matters(draft.rules, rule)):
            yield warning("policy/never-matters", rule.text.file, rule.text.at, **words)


def _in_none(problems: Sequence[Problem], never: Never, term_of: Callable[[Problem], Term]) -> bool:
    """Whether no request of any of `problems` satisfies what `term_of` gives for it."""
    try:
        return all(never(problem, term_of(problem)) for problem in problems)
    except UnsupportedError:
        return False


def _applies(rule: Rule) -> Callable[[Problem], Term]:
    return lambda problem: problem.satisfied(rule.policy)


def _matters(rules: Sequence[Rule], rule: Rule) -> Callable[[Problem], Term]:
    return lambda problem: _differs(problem, rules, rule)


def _differs(problem: Problem, rules: Sequence[Rule], rule: Rule) -> Term:
    """True for requests that are decided otherwise without `rule`, or held for less."""
    others = [other for other in rules if other is not rule]
    now, then = judgement(problem, rules), judgement(problem, others)
    differs = [neg(iff(now.permit, then.permit)), neg(iff(now.hold, then.hold))]
    if rule.hold is not None:
        alike = [other for other in others if other.hold is not None and demands_as_much(other.hold, rule.hold)]
        enough = disj([then.held_by[other.reason.policy_id] for other in alike])
        differs.append(conj([now.hold, now.held_by[rule.reason.policy_id], neg(enough)]))
    return disj(differs)
