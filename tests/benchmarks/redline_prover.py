"""The prover as the mutation bench asks it, and two provers that are broken on purpose."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from enum import Enum
from types import TracebackType
from typing import cast

from brightline.policy.expressions import Json
from brightline.policy.layers import Rule
from brightline.policy.proof.certificate import SIGNED_CHART
from brightline.policy.proof.encode import Encodings, Environment, Problem
from brightline.policy.proof.judgement import judgement
from brightline.policy.proof.neighbours import joined, parts
from brightline.policy.proof.properties import NEVER_PASSES, Claim
from brightline.policy.proof.questions import Proved, Questions, Refuted, Undecided
from brightline.policy.proof.replay import replay
from brightline.policy.proof.solver import Limits, SolverPool
from brightline.policy.proof.subject import Subject
from brightline.policy.proof.terms import FALSE, Term
from brightline.policy.proof.witness import ProofRequest
from brightline.policy.proof.witnesses import crossed, suffices

# Reads each forbid as one that forbids more than it does: it must miss holes.
CUT_FORBIDS = "forbids read without their last part"
# Plain Cedar: a forbid that errors is skipped. It must see holes where there are none.
SKIPPED_ERRORS = "errored forbids skipped"


class Found(Enum):
    """What a prover says of a red line."""

    HOLDS = "proved"
    HOLE = "a hole"
    UNKNOWN = "unknown"


class Provers:
    """Provers over one pair of warm solvers."""

    def __init__(self, seconds: float = 20.0) -> None:
        self._limits = Limits(seconds)
        self._pool = SolverPool()
        self._encodings = Encodings()

    def __enter__(self) -> "Provers":
        self._pool.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.__exit__(kind, value, trace)

    def judge(self, subject: Subject, red_line: Rule, rules: Sequence[Rule]) -> Found:
        """Whether `red_line` holds under `rules`; a hole counts only when both engines decide that it is one."""
        real = subject._replace(rules=tuple(rules))
        said = Found.HOLDS
        for answer in self._answers(real, red_line):
            if isinstance(answer, Refuted):
                if not _is_hole(answer.request, red_line, real):
                    raise RuntimeError(f"a hole that is none: {answer.request.as_json()}")
                return Found.HOLE
            if isinstance(answer, Undecided):
                said = Found.UNKNOWN
        return said

    def cut(self, subject: Subject, red_line: Rule, rules: Sequence[Rule]) -> bool:
        """Whether the prover that cuts forbids finds a real hole."""
        real = subject._replace(rules=tuple(rules))
        answers = self._answers(real._replace(rules=tuple(_cut(rule) for rule in rules)), red_line)
        return any(isinstance(answer, Refuted) and _is_hole(answer.request, red_line, real) for answer in answers)

    def false_alarm(self, subject: Subject, red_line: Rule) -> bool:
        """Whether the prover that skips errored forbids calls a request a hole that both engines refuse."""
        questions = Questions(subject, self._limits, self._pool, encodings=self._encodings)
        for environment in questions.environments:
            formulas = questions.formulas(environment, SIGNED_CHART)
            skipping = cast("Problem", _Skipping(formulas.problem))
            # In place of what is computed once from the real problem.
            formulas.__dict__["judged"] = judgement(skipping, subject.rules)
            found = questions.request(environment, formulas.against(_claim(red_line, environment)))
            if isinstance(found, ProofRequest) and not _is_hole(found, red_line, subject):
                return True
        return False

    def _answers(self, subject: Subject, red_line: Rule) -> Iterator[Proved | Refuted | Undecided]:
        questions = Questions(subject, self._limits, self._pool, encodings=self._encodings)
        for environment in questions.environments:
            yield questions.settle_for(_claim(red_line, environment), SIGNED_CHART)


class _Skipping:
    """A problem in which nothing ever errors."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem

    def satisfied(self, policy: Mapping[str, Json]) -> Term:
        return self._problem.satisfied(policy)

    def errored(self, _policy: Mapping[str, Json]) -> Term:
        return FALSE


def _claim(red_line: Rule, environment: Environment) -> Claim:
    return Claim("line/never-passes/here", NEVER_PASSES, red_line, "", environment)


def _is_hole(request: ProofRequest, red_line: Rule, subject: Subject) -> bool:
    decision = replay(request, subject.rules, schema=subject.schema)
    return crossed(red_line, request, subject.schema) and not suffices(decision, red_line)


def _cut(rule: Rule) -> Rule:
    """A forbid without the last part of its last `when`, so that it seems to forbid more than it does."""
    conditions = rule.policy["conditions"]
    if not rule.forbids or not isinstance(conditions, list) or not conditions:
        return rule
    last = conditions[-1]
    if not isinstance(last, dict) or last["kind"] != "when":
        return rule
    kept: list[Json] = parts(last["body"], "&&")[:-1]
    changed = [{**last, "body": joined(kept, "&&")}] if kept else []
    return replace(rule, policy={**rule.policy, "conditions": [*conditions[:-1], *changed]})
