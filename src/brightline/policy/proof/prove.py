"""Proves an agreement: every claim by two solvers, every witness by two engines; a certificate, or all that is wrong.

A claim is tried for every possible organisation chart first; where that does not hold, for the chart as signed, and the
certificate says which. What one solver calls proved and the other does not confirm is not proved.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from brightline import __version__
from brightline.domain.decision import Layer
from brightline.policy.draft import Draft
from brightline.policy.errors import PolicyError
from brightline.policy.layers import Rule
from brightline.policy.proof.certificate import (
    EVERY_CHART,
    PERMITTED,
    REFUSED,
    SIGNED_CHART,
    Certificate,
    ProvedClaim,
    Witness,
    digest_of_text,
    kept_texts,
)
from brightline.policy.proof.failures import Failure, ProofFailedError
from brightline.policy.proof.properties import NEVER_PASSES, Candidate, Claim, claims_of
from brightline.policy.proof.questions import Proved, Questions, Refuted, Shown, Undecided
from brightline.policy.proof.solver import Limits, SolverPool
from brightline.policy.proof.subject import subject_digest, subject_of
from brightline.policy.proof.triggers import misspelt, registered_words
from brightline.policy.proof.witnesses import judged, to_json

_OUTCOMES = {
    EVERY_CHART: "proved for every possible organisation chart",
    SIGNED_CHART: "proved for the chart as signed",
}


class Step(NamedTuple):
    """One step of a proof as it ends: what was asked, and what came of it."""

    name: str
    outcome: str


Progress = Callable[[Step], None]


def prove(draft: Draft, *, limits: Limits, progress: Progress) -> Certificate:
    """The certificate of `draft`.

    Raises `ProofFailedError` with all failures, and `PolicyError`: `policy/no-red-lines`, `policy/no-solver`.
    """
    if not draft.red_lines:
        raise PolicyError("policy/no-red-lines")
    with SolverPool() as pool:
        proof = _Proof(draft, Questions(subject_of(draft), limits, pool), progress)
        proof.run()
    if proof.failures:
        raise ProofFailedError(tuple(proof.failures))
    return proof.certificate()


@dataclass(slots=True)
class _Proof:
    draft: Draft
    questions: Questions
    progress: Progress
    failures: list[Failure] = field(default_factory=list)
    claims: list[ProvedClaim] = field(default_factory=list)
    witnesses: list[Witness] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    versions: dict[str, str] = field(default_factory=dict)

    def run(self) -> None:
        """Ask everything; an agreement that permits nothing is not asked any further."""
        self.versions = self.questions.versions()
        if not self._permits_something():
            return
        for claim in claims_of(self.questions.subject, self.questions.model):
            self._claim(claim)
        for red_line in self.draft.red_lines:
            self._line(red_line)

    def certificate(self) -> Certificate:
        """What was proved."""
        return Certificate(
            subject=subject_digest(self.draft),
            made_by=f"brightline {__version__}",
            solvers=self.versions,
            claims=tuple(self.claims),
            witnesses=tuple(self.witnesses),
            texts=kept_texts(self.texts),
        )

    def _permits_something(self) -> bool:
        """Whether anything at all is permitted, or held; a failure where it is not."""
        questions = self.questions
        asked = [
            (environment, [Candidate("", questions.formulas(environment, SIGNED_CHART).passes())])
            for environment in questions.environments
        ]
        found = questions.first(asked)
        self.progress(Step("something is permitted", "shown" if isinstance(found, Shown) else "not shown"))
        if found is None:
            self.failures.append(Failure("policy/empty-agreement", {}))
        elif isinstance(found, Undecided):
            self._not_proved("something is permitted", found.why)
        return not self.failures

    def _claim(self, claim: Claim) -> None:
        answer = self.questions.settle(claim)
        if isinstance(answer, Proved):
            texts = self.questions.texts(claim, answer.chart, answer.strings)
            self.claims.append(_proved(claim, answer, texts))
            self.texts += [texts[solver] for solver in sorted(texts)]
            self.progress(Step(claim.id, _OUTCOMES[answer.chart]))
        elif isinstance(answer, Undecided):
            self._not_proved(claim.id, answer.why)
            self.progress(Step(claim.id, f"not proved: {answer.why}"))
        else:
            self.failures.append(_refuted(claim, answer, self.draft))
            self.progress(Step(claim.id, "does not hold"))

    def _line(self, red_line: Rule) -> None:
        """The two witnesses of `red_line`, and what its words say."""
        questions, name = self.questions, red_line.reason.policy_id
        formulas = [(each, questions.formulas(each, SIGNED_CHART)) for each in questions.environments]
        crossing = questions.first((each, found.crossing(red_line)) for each, found in formulas)
        if crossing is None:
            self.failures.append(Failure("policy/vacuous-red-line", {"red_line": name}))
        self._witness(red_line, REFUSED, crossing)
        near = questions.first((each, found.permitted_near(red_line)) for each, found in formulas)
        self._witness(red_line, PERMITTED, near)
        tested = isinstance(crossing, Shown) and crossing.rank == 0
        for word, like in misspelt(red_line, registered_words(self.draft), self.draft.rules, tested=tested):
            hint = f"; did you mean `{like}`" if like else ""
            words = {"red_line": name, "word": word, "near": hint}
            self.failures.append(Failure("policy/misspelt-trigger", words))

    def _witness(self, red_line: Rule, kind: str, found: Shown | Undecided | None) -> None:
        name = red_line.reason.policy_id
        step = f"{name}/witness/{kind}"
        if isinstance(found, Shown):
            shows = judged(kind, red_line, found.request, self.questions.subject)
            if not shows.lacks:
                self.witnesses.append(Witness(name, kind, found.words, shows.decision, to_json(found.request)))
                self.progress(Step(step, found.words))
            elif not self.failures:
                self._not_proved(step, shows.lacks)
        elif isinstance(found, Undecided):
            self._not_proved(step, found.why)

    def _not_proved(self, claim: str, why: str) -> None:
        self.failures.append(Failure("policy/not-proved", {"claim": claim, "why": why}))


def _proved(claim: Claim, answer: Proved, texts: Mapping[str, str]) -> ProvedClaim:
    return ProvedClaim(
        claim=claim.id,
        red_line=claim.red_line.reason.policy_id if claim.red_line else "",
        words=claim.words,
        chart=answer.chart,
        strings=answer.strings,
        formulas={solver: digest_of_text(text) for solver, text in texts.items()},
        verdicts=dict.fromkeys(texts, "unsat"),
    )


def _refuted(claim: Claim, answer: Refuted, draft: Draft) -> Failure:
    """The failure that `answer` shows, with the request and what decided it."""
    decision, request = answer.decision, answer.request.as_json()
    reasons = tuple(reason.policy_id for reason in decision.reasons)
    if claim.kind == NEVER_PASSES and claim.red_line is not None:
        less = "held for less than it asks, or may be released by breaking the glass"
        effect = "permitted" if decision.permitted else less
        words = {"red_line": claim.red_line.reason.policy_id, "effect": effect, "policies": ", ".join(reasons)}
        return Failure("policy/red-line-crossed", words, request, reasons)
    law = {rule.reason.policy_id for rule in draft.rules if rule.layer is Layer.LAW}
    failing = (
        [claim.red_line.reason.policy_id] if claim.red_line else [name for name in decision.errored if name in law]
    )
    return Failure("policy/red-line-errors", {"policy": ", ".join(failing)}, request, tuple(failing))
