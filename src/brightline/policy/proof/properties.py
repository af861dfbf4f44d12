"""What is proved of an agreement: its claims, and the formulas whose unsatisfiability shows them.

For every red line and every kind of request: what crosses it is refused (or held for what it asks, by a hold that no
break-glass lifts unless the line names who may), and its condition never errors; and no prohibition of the law layer
ever errors. Beside the claims stand the formulas of the witnesses against vacuity: a request that is permitted near the
line, and one that crosses it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from brightline.domain.decision import Layer
from brightline.policy.holds import covers, in_words
from brightline.policy.layers import Rule
from brightline.policy.proof.encode import Chart, Encodings, Environment, Problem, environments
from brightline.policy.proof.judgement import Judgement, judgement
from brightline.policy.proof.neighbours import neighbours
from brightline.policy.proof.schema_model import SchemaModel
from brightline.policy.proof.subject import Subject
from brightline.policy.proof.terms import Term, conj, disj, neg

NEVER_PASSES, NEVER_ERRORS = "never-passes", "never-errors"
# Stands for all prohibitions of the law layer where a red line's id stands else.
LAW = "law"


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing to prove, for one kind of request; `red_line` is empty for the law layer."""

    id: str
    kind: str
    red_line: Rule | None
    words: str
    environment: Environment


def claims_of(subject: Subject, model: SchemaModel) -> tuple[Claim, ...]:
    """Every claim, in the order in which a certificate lists them."""
    found: list[Claim] = []
    for environment in environments(model):
        where = name_of(environment)
        for rule in subject.red_lines:
            line = rule.reason.policy_id
            found.append(Claim(f"{line}/{NEVER_PASSES}/{where}", NEVER_PASSES, rule, _never_passes(rule), environment))
            words = "its condition can be evaluated for every request"
            found.append(Claim(f"{line}/{NEVER_ERRORS}/{where}", NEVER_ERRORS, rule, words, environment))
        words = "every prohibition of the law layer can be evaluated for every request"
        found.append(Claim(f"{LAW}/{NEVER_ERRORS}/{where}", NEVER_ERRORS, None, words, environment))
    return tuple(found)


def name_of(environment: Environment) -> str:
    """A kind of request in words: `Unit generate Deployment`."""
    return f"{environment.principal_type} {environment.action[1]} {environment.resource_type}"


def _never_passes(rule: Rule) -> str:
    refused = "every request for which its condition is true or errors is refused"
    if rule.hold is None:
        return f"{refused}, and neither a sign-off nor breaking the glass lifts that"
    asked = f"{refused}, or held for at least {in_words(rule.hold)}"
    return asked if rule.hold.break_glass else f"{asked}, and breaking the glass does not lift that hold"


class Candidate(NamedTuple):
    """A formula whose models are witnesses, and what they show."""

    words: str
    formula: Term


class Formulas:
    """The formulas about one kind of request under one chart."""

    def __init__(
        self,
        subject: Subject,
        model: SchemaModel,
        environment: Environment,
        *,
        chart: Chart,
        encodings: Encodings | None = None,
    ) -> None:
        self.problem = Problem(model, environment, chart=chart, encodings=encodings)
        self._rules: Sequence[Rule] = subject.rules

    @cached_property
    def judged(self) -> Judgement:
        """The decision about a request, as terms."""
        return judgement(self.problem, self._rules)

    def against(self, claim: Claim) -> Term:
        """What must be unsatisfiable for `claim` to hold."""
        if claim.red_line is None:
            return disj([self._errors(rule) for rule in self._rules if rule.layer is Layer.LAW and rule.forbids])
        if claim.kind == NEVER_ERRORS:
            return self._errors(claim.red_line)
        return conj([self.crosses(claim.red_line), neg(self._suffices(claim.red_line))])

    def crosses(self, red_line: Rule) -> Term:
        """The red line's condition is true or errors."""
        return disj([self._meets(red_line), self._errors(red_line)])

    def passes(self) -> Term:
        """The request is permitted, now or with a sign-off."""
        return disj([self.judged.permit, self.judged.hold])

    def permitted_near(self, red_line: Rule) -> Iterator[Candidate]:
        """Formulas of requests that are permitted near the line, the nearest first."""
        if red_line.hold is not None:
            held = conj([self._meets(red_line), self.judged.hold, self._held_for(red_line)])
            yield Candidate("crosses the line and is permitted once the sign-off exists", held)
        apart = neg(self.crosses(red_line))
        for near in neighbours(red_line.policy):
            formula = conj([self.problem.satisfied(near), apart, self.judged.permit])
            yield Candidate("is permitted, and lacks one part of what would cross the line", formula)
        yield Candidate("is permitted, and does not cross the line", conj([apart, self.judged.permit]))

    def crossing(self, red_line: Rule) -> Iterator[Candidate]:
        """Formulas of requests that cross the line, first of such as only a prohibition keeps from passing."""
        meets = self._meets(red_line)
        granted = [self._granted(layer) for layer in (Layer.VENDOR, Layer.OPERATOR)]
        yield Candidate("crosses the line, is refused, and vendor and operator both permit it", conj([meets, *granted]))
        yield Candidate("crosses the line and is refused", meets)

    def _granted(self, layer: Layer) -> Term:
        return disj([self._meets(rule) for rule in self._rules if rule.layer is layer and not rule.forbids])

    def _suffices(self, red_line: Rule) -> Term:
        """The decision is what the red line asks for."""
        if red_line.hold is None:
            return self.judged.forbid
        return disj([self.judged.forbid, conj([self.judged.hold, self._held_for(red_line)])])

    def _held_for(self, red_line: Rule) -> Term:
        """A hold that asks for at least what the red line asks for is satisfied."""
        asked = red_line.hold
        enough = [
            self.judged.held_by[rule.reason.policy_id]
            for rule in self._rules
            if asked and rule.hold and covers(rule.hold, asked)
        ]
        return disj(enough)

    def _meets(self, rule: Rule) -> Term:
        return self.problem.satisfied(rule.policy)

    def _errors(self, rule: Rule) -> Term:
        return self.problem.errored(rule.policy)
