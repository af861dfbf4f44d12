"""The prover as the mutation bench asks it, and two provers that are broken on purpose."""

from collections.abc import Sequence
from dataclasses import replace
from enum import Enum
from types import TracebackType

from brightline.policy.expressions import Json
from brightline.policy.layers import Rule
from brightline.policy.proof.certificate import SIGNED_CHART
from brightline.policy.proof.encode import Encodings
from brightline.policy.proof.neighbours import joined, parts
from brightline.policy.proof.properties import NEVER_PASSES, Claim
from brightline.policy.proof.questions import Questions, Refuted, Undecided
from brightline.policy.proof.replay import replay
from brightline.policy.proof.solver import Limits, SolverPool
from brightline.policy.proof.subject import Subject
from brightline.policy.proof.terms import conj, neg
from brightline.policy.proof.witness import ProofRequest
from brightline.policy.proof.witnesses import crossed, suffices

NO_ERRORS = "errors not counted as crossing"
CUT_FORBIDS = "forbids read without their last part"
CONTROLS = (NO_ERRORS, CUT_FORBIDS)


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

    def judge(self, subject: Subject, red_line: Rule, rules: Sequence[Rule], control: str = "") -> Found:
        """Whether `red_line` holds under `rules`; a hole counts only when both engines decide that it is one."""
        real = subject._replace(rules=tuple(rules))
        asked = real._replace(rules=tuple(_cut(rule) for rule in rules)) if control == CUT_FORBIDS else real
        questions = Questions(asked, self._limits, self._pool, encodings=self._encodings)
        said = Found.HOLDS
        for environment in questions.environments:
            claim = Claim("line/never-passes/here", NEVER_PASSES, red_line, "", environment)
            if control == NO_ERRORS:
                formulas = questions.formulas(environment, SIGNED_CHART)
                meets = formulas.problem.satisfied(red_line.policy)
                errs = formulas.problem.errored(red_line.policy)
                answer: object = questions.request(environment, conj([formulas.against(claim), meets, neg(errs)]))
            else:
                found = questions.settle_for(claim, SIGNED_CHART)
                answer = found.request if isinstance(found, Refuted) else found
            if isinstance(answer, ProofRequest):
                if _is_hole(answer, red_line, real):
                    return Found.HOLE
                if not control:
                    raise RuntimeError(f"a hole that is none: {answer.as_json()}")
            elif isinstance(answer, Undecided):
                said = Found.UNKNOWN
        return said


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
