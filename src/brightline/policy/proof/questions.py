"""Puts the claims about one agreement to the solvers, and decides by the engines what their answers show.

A claim is tried for every possible organisation chart first, and then for the chart as signed. Every request that a
solver finds is decided by the evaluator and by the reference engine before it counts.
"""

from collections.abc import Iterable
from typing import NamedTuple

from brightline.domain.decision import Decision
from brightline.policy.expressions import UnsupportedError
from brightline.policy.proof.certificate import EVERY_CHART, SIGNED_CHART
from brightline.policy.proof.encode import Chart, Encodings, Environment, environments
from brightline.policy.proof.properties import Candidate, Claim, Formulas
from brightline.policy.proof.replay import replay
from brightline.policy.proof.schema_model import read_schema
from brightline.policy.proof.smtlib import Strings, smtlib
from brightline.policy.proof.solver import Limits, Sat, SolverPool, Unsat, solve
from brightline.policy.proof.subject import Subject
from brightline.policy.proof.terms import Term
from brightline.policy.proof.witness import ProofRequest


class Proved(NamedTuple):
    """The claim holds for `chart`; both solvers said so of formulas of the form `strings`."""

    chart: str
    strings: Strings


class Refuted(NamedTuple):
    """The claim does not hold: `decision` is what both engines decide about `request`."""

    request: ProofRequest
    decision: Decision


class Undecided(NamedTuple):
    """Nobody knows, and so it is not proved."""

    why: str


class Shown(NamedTuple):
    """A request that a candidate's formula describes; `rank` counts the candidates before it."""

    rank: int
    words: str
    request: ProofRequest


class Questions:
    """What can be asked about one agreement; formulas are built once for each kind of request and chart."""

    def __init__(
        self, subject: Subject, limits: Limits, pool: SolverPool, *, encodings: Encodings | None = None
    ) -> None:
        self.subject = subject
        self.model = read_schema(subject.schema)
        self._limits = limits
        self._pool = pool
        self._encodings = encodings or Encodings()
        self._charts = {EVERY_CHART: Chart.OPEN, SIGNED_CHART: Chart(subject.entities)}
        self._formulas: dict[tuple[Environment, str], Formulas] = {}

    @property
    def environments(self) -> tuple[Environment, ...]:
        """The kinds of request, in a fixed order."""
        return environments(self.model)

    def formulas(self, environment: Environment, chart: str) -> Formulas:
        """The formulas about requests of `environment` under `chart`."""
        key = environment, chart
        if key not in self._formulas:
            made = Formulas(self.subject, self.model, environment, chart=self._charts[chart], encodings=self._encodings)
            self._formulas[key] = made
        return self._formulas[key]

    def settle(self, claim: Claim) -> Proved | Refuted | Undecided:
        """Whether `claim` holds, for the most charts for which it does."""
        answer = self.settle_for(claim, EVERY_CHART)
        return answer if isinstance(answer, Proved) else self.settle_for(claim, SIGNED_CHART)

    def settle_for(self, claim: Claim, chart: str) -> Proved | Refuted | Undecided:
        """Whether `claim` holds for `chart`."""
        try:
            formulas = self.formulas(claim.environment, chart)
            assertion = formulas.against(claim)
            answer = solve(formulas.problem, assertion, limits=self._limits, pool=self._pool)
            if isinstance(answer, Unsat):
                return Proved(chart, answer.strings)
        except UnsupportedError as error:
            return Undecided(f"it uses {error.construct}, which no formula can say")
        if isinstance(answer, Sat):
            return Refuted(answer.request, self.decide(answer.request))
        return Undecided(answer.why)

    def texts(self, claim: Claim, chart: str, strings: Strings) -> dict[str, str]:
        """The formula of `claim` for each solver."""
        formulas = self.formulas(claim.environment, chart)
        assertion = formulas.against(claim)
        return {
            "cvc5": smtlib(formulas.problem, assertion, dialect="cvc5", strings=strings),
            "z3": smtlib(formulas.problem, assertion, dialect="z3", strings=strings),
        }

    def request(self, environment: Environment, formula: Term) -> ProofRequest | Undecided | None:
        """A request under the chart as signed that satisfies `formula`, which is one of `formulas` there."""
        problem = self.formulas(environment, SIGNED_CHART).problem
        answer = solve(problem, formula, limits=self._limits, pool=self._pool, confirm=False)
        if isinstance(answer, Sat):
            return answer.request
        return None if isinstance(answer, Unsat) else Undecided(answer.why)

    def first(self, by_environment: Iterable[tuple[Environment, Iterable[Candidate]]]) -> Shown | Undecided | None:
        """The first candidate that some request satisfies, the best ranks of all environments before the next ones."""
        unknown: Undecided | None = None
        lists = [(environment, list(candidates)) for environment, candidates in by_environment]
        ranks = max((len(candidates) for _, candidates in lists), default=0)
        for rank in range(ranks):
            for environment, candidates in lists:
                found = self.request(environment, candidates[rank].formula)
                if isinstance(found, ProofRequest):
                    return Shown(rank, candidates[rank].words, found)
                unknown = found or unknown
        return unknown

    def decide(self, request: ProofRequest) -> Decision:
        """What both engines decide about `request`; raises `PolicyError` where they differ."""
        return replay(request, self.subject.rules, schema=self.subject.schema)

    def versions(self) -> dict[str, str]:
        """The solvers' versions by name; raises `PolicyError` (`policy/no-solver`)."""
        return self._pool.versions()
