"""What a new version of an agreement decides otherwise than the old one: shown by examples, and proved to be all.

Over every kind of request the solver is asked for one that the two versions answer differently. Each one found is
decided by both engines under both versions, its cause is worked out, and the plainest request of its group is
looked for. Then the group is put aside and the search goes on, until both solvers say that there is no other request.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from brightline.domain.decision import Decision
from brightline.policy.draft import Draft, joint_schema
from brightline.policy.errors import PolicyError
from brightline.policy.expressions import UnsupportedError
from brightline.policy.proof.differences import Change, Diff, Group, Verdict
from brightline.policy.proof.encode import Chart, Encodings, Environment, Problem, environments
from brightline.policy.proof.formulas import Formulas, chosen_terms, coherent_term
from brightline.policy.proof.minimal import Answer, minimal
from brightline.policy.proof.pair import Kind, Pair, pair_of
from brightline.policy.proof.registers import register_differences
from brightline.policy.proof.replay import Replayer
from brightline.policy.proof.schema_model import SchemaModel, read_schema
from brightline.policy.proof.settle import settled
from brightline.policy.proof.solver import Limits, Sat, SolverPool, Unknown, Unsat, solve
from brightline.policy.proof.terms import Term, conj, neg
from brightline.policy.proof.witness import ProofRequest
from brightline.policy.reduce import Holds
from brightline.policy.typical import Typical
from brightline.policy.written import WrittenRequest

# More than a person reads; the report says when there are more.
MAX_GROUPS = 64
_BEST_KNOWN = "generate"

Progress = Callable[[str], None]


def _silent(words: str) -> None:
    """Nobody wants to know how far the search is."""


def diff(
    old: Draft,
    new: Draft,
    *,
    limits: Limits,
    progress: Progress = _silent,
    names: tuple[str, str] | None = None,
    most_groups: int = MAX_GROUPS,
) -> Diff:
    """What `new` decides otherwise than `old`; `names` is what to call them, by their versions without it.

    Raises `PolicyError`: `policy/no-solver`, or what the engines contradict the solver in (`policy/replay-differs`,
    `policy/diff-contradicted`).
    """
    called = names or names_of(old, new)
    pair = pair_of(old, new)
    found, registers = _Found(most_groups), register_differences(old, new, called)
    if pair.altered:
        with SolverPool() as pool:
            schema = joint_schema(old, new)
            replayers = Replayer(old.rules, schema=schema), Replayer(new.rules, schema=schema)
            _Search(pair, old, new, replayers, limits, pool, progress, found).every_environment()
    return Diff(
        old=called[0],
        new=called[1],
        registers=tuple(difference.sentence for difference in registers),
        registers_may_widen=any(difference.may_widen for difference in registers),
        groups=tuple(sorted(found.groups, key=_order)),
        verdict=found.verdict,
        why=found.why,
        solvers=tuple(sorted(found.solvers)),
        entities=pair.entities,
    )


def names_of(old: Draft, new: Draft) -> tuple[str, str]:
    """What to call two versions."""
    before, after = old.manifest, new.manifest
    if before.id == after.id and before.version != after.version:
        return f"version {before.version}", f"version {after.version}"
    return "the old version", "the new version"


def _order(group: Group) -> tuple[int, list[str]]:
    return list(Change).index(group.change), [cause.policy_id for cause in group.causes]


@dataclass(slots=True)
class _Found:
    """What the search has so far."""

    most: int
    groups: list[Group] = field(default_factory=list)
    kinds: list[Kind] = field(default_factory=list)
    solvers: set[str] = field(default_factory=set)
    why: str = ""
    cut: bool = False

    @property
    def verdict(self) -> Verdict:
        if self.why:
            return Verdict.NOT_PROVED
        if self.cut:
            return Verdict.CUT
        return Verdict.DIFFERENT if self.groups else Verdict.EQUIVALENT


@dataclass(frozen=True, slots=True)
class _Search:
    """The search over all kinds of requests."""

    pair: Pair
    old: Draft
    new: Draft
    replayers: tuple[Replayer, Replayer]
    limits: Limits
    pool: SolverPool
    progress: Progress
    found: _Found

    def every_environment(self) -> None:
        """Look in every kind of request for groups that are not found yet."""
        model, encodings = read_schema(joint_schema(self.old, self.new)), Encodings()
        # What people know best first, so that the examples are of it; what else changes alike is said beside them.
        ordered = sorted(environments(model), key=lambda one: one.action[1] != _BEST_KNOWN)
        for environment in ordered:
            if self.found.cut:
                return
            self.progress(f"comparing every `{environment.action[1]}`")
            try:
                self._environment(model, environment, encodings)
            except UnsupportedError as error:
                self.found.why = f"a policy uses {error.construct}, which the solvers are not given"

    def _environment(self, model: SchemaModel, environment: Environment, encodings: Encodings) -> None:
        problem = Problem(model, environment, chart=Chart(self.pair.entities), encodings=encodings)
        formulas, action = Formulas(problem, self.pair), environment.action[1]
        typical = self.pair.typical[action]
        coherent, everything = coherent_term(problem, typical), conj([])
        inside = _Inside(self, problem, formulas, typical, tuple(chosen_terms(problem, typical)))
        # First what a gateway could make; what is left then would show only on requests that none makes.
        for limit, coherently in ((coherent, True), (everything, False)):
            while not self.found.cut and inside.another(limit, coherently=coherently):
                self.progress(f"{len(self.found.groups)} found")


@dataclass(frozen=True, slots=True)
class _Inside:
    """The search within one kind of request."""

    search: _Search
    problem: Problem
    formulas: Formulas
    typical: Typical
    chosen: tuple[Term, ...]

    def another(self, limit: Term, *, coherently: bool) -> bool:
        """Find one more group among the requests of `limit`; false when there is none, or nobody can say."""
        found, pair = self.search.found, self.search.pair
        aside = [neg(self.formulas.of(kind)) for kind in found.kinds]
        answer = self._ask(conj([self.formulas.any_change(), limit, *aside]), confirm=not coherently)
        if not isinstance(answer, Sat):
            if isinstance(answer, Unknown):
                found.why = found.why or f"a solver gave no answer ({answer.why})"
            elif not coherently:
                found.solvers |= set(answer.solvers)
            return False
        asked = written(answer.request)
        kind = pair.kind_of(asked)
        if kind is None or kind in found.kinds:
            raise PolicyError("policy/diff-contradicted")
        if len(found.groups) >= found.most:
            found.cut = True
            return False
        found.kinds.append(kind)
        found.groups.append(self._group(asked, kind, limit, coherently=coherently))
        return True

    def _group(self, asked: WrittenRequest, kind: Kind, limit: Term, *, coherently: bool) -> Group:
        pair, typical = self.search.pair, self.typical

        def holds(other: WrittenRequest) -> bool:
            return pair.kind_of(other) == kind and not (coherently and typical.contradictions(other))

        best = minimal(
            asked,
            typical,
            holds,
            group=conj([self.formulas.of(kind), limit]),
            chosen=self.chosen,
            find=self._find,
        )
        request = settled(best.reduced.request, typical, holds, self.search.new.effects)
        before, after = self._replayed(request)
        return Group(
            change=kind.change,
            before=before,
            after=after,
            causes=tuple(one.cause() for one in pair.altered if one.policy_id in kind.causes),
            request=request,
            chosen=typical.deviations(best.reduced.request),
            fewest=best.fewest,
            contradictions=typical.contradictions(best.reduced.request),
            also=tuple(self._also(request, holds)),
        )

    def _replayed(self, request: WrittenRequest) -> tuple[Decision, Decision]:
        """What both versions decide, by both engines; raises `PolicyError` where the engines differ."""
        search = self.search
        whole = ProofRequest(*request, entities=search.pair.entities)
        before, after = search.replayers
        return before.decision(whole), after.decision(whole)

    def _also(self, request: WrittenRequest, holds: Holds) -> list[str]:
        """The other actions under which the same request belongs to the same group."""
        others = [name for name in self.search.pair.typical if name != request.action[1]]
        return [name for name in others if holds(request._replace(action=(request.action[0], name)))]

    def _find(self, assertion: Term) -> Answer:
        answer = self._ask(assertion, confirm=False)
        if isinstance(answer, Sat):
            return Answer(written(answer.request), shown=True)
        return Answer(None, shown=not isinstance(answer, Unknown))

    def _ask(self, assertion: Term, *, confirm: bool) -> Unsat | Sat | Unknown:
        search = self.search
        return solve(self.problem, assertion, limits=search.limits, pool=search.pool, confirm=confirm)


def written(found: ProofRequest) -> WrittenRequest:
    """The request that a solver found, without the entities that it was found among."""
    return WrittenRequest(found.principal, found.action, found.resource, found.context)
