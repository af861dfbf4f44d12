"""The smallest change of a request that would be permitted, shown by the solver to be the smallest."""

from dataclasses import replace

from brightline.domain.decision import Effect
from brightline.policy.explain import Explainer, Explanation
from brightline.policy.expressions import UnsupportedError
from brightline.policy.proof.diff import written
from brightline.policy.proof.encode import Chart, Problem, environments
from brightline.policy.proof.formulas import chosen_terms, coherent_term
from brightline.policy.proof.judgement import judgement
from brightline.policy.proof.minimal import Answer, minimal
from brightline.policy.proof.schema_model import read_schema
from brightline.policy.proof.solver import Limits, Sat, SolverPool, Unknown, solve
from brightline.policy.proof.terms import Term, conj
from brightline.policy.written import WrittenRequest


def with_nearest(explainer: Explainer, asked: WrittenRequest, found: Explanation, *, limits: Limits) -> Explanation:
    """`found` with the smallest change that would be permitted, where there is one and the solver finds it.

    Raises `PolicyError` (`policy/no-solver`).
    """
    if found.decision.effect is Effect.PERMIT or explainer.refused(asked) is not None:
        return found
    try:
        with SolverPool() as pool:
            return _nearest(explainer, asked, found, limits, pool)
    except UnsupportedError:
        return found


def _nearest(
    explainer: Explainer, asked: WrittenRequest, found: Explanation, limits: Limits, pool: SolverPool
) -> Explanation:
    model, typical = read_schema(explainer.draft.schema), explainer.typical(asked)
    kinds = (asked.principal[0], asked.action, asked.resource[0])
    environment = next(one for one in environments(model) if tuple(one) == kinds)
    problem = Problem(model, environment, chart=Chart(explainer.entities))
    permitted = conj([judgement(problem, explainer.trial.rules).permit, coherent_term(problem, typical)])

    def find(assertion: Term) -> Answer:
        answer = solve(problem, assertion, limits=limits, pool=pool, confirm=False)
        if isinstance(answer, Sat):
            return Answer(written(answer.request), shown=True)
        return Answer(None, shown=not isinstance(answer, Unknown))

    def holds(other: WrittenRequest) -> bool:
        return explainer.decide(other).effect is Effect.PERMIT and not typical.contradictions(other)

    start = found.ways[0].request if found.ways else find(permitted).found
    if start is None or not holds(start):
        return found
    best = minimal(start, typical, holds, group=permitted, chosen=chosen_terms(problem, typical), find=find)
    way = explainer.way(best.reduced.request, typical)
    same = [one for one in found.ways if len(one.changes) == len(way.changes)]
    ways = same if way.changes in [one.changes for one in same] else [way, *same]
    return replace(found, ways=tuple(ways), fewest=best.fewest)
