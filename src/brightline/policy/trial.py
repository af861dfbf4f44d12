"""Decides written requests under one version of an agreement, and says what each policy contributed.

For looking at decisions, not for making them: several versions can be tried over one chart of entities, and a decision
can be taken apart into the contributions that made it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple

from brightline.domain.decision import Decision, Effect, Hold, Layer
from brightline.policy.compile import Program
from brightline.policy.engine import Engine, Evaluation
from brightline.policy.entities import Store, record_of
from brightline.policy.holds import demands_as_much
from brightline.policy.layers import Rule
from brightline.policy.verdict import Verdicts
from brightline.policy.written import WrittenRequest

_MUST_PERMIT = (Layer.OPERATOR, Layer.VENDOR)
Demand = Hold  # what a hold asks for, whichever policy asks


class Contribution(NamedTuple):
    """What one policy adds to a decision: a permit of its layer, a prohibition, or a demand for sign-off."""

    effect: Effect
    layer: Layer
    demand: Demand | None = None


class Standing(NamedTuple):
    """An answer without its reasons: the effect, and for a hold the sign-offs that it demands."""

    effect: Effect
    demands: frozenset[Demand] = frozenset()

    def covers(self, demand: Demand) -> bool:
        """Whether this hold demands at least that."""
        return any(demands_as_much(mine, demand) for mine in self.demands)


def standing(contributions: Iterable[Contribution]) -> Standing:
    """The answer that contributions amount to: the order of `verdict`."""
    given = list(contributions)
    if any(one.effect is Effect.FORBID for one in given):
        return Standing(Effect.FORBID)
    layers = {one.layer for one in given if one.effect is Effect.PERMIT}
    if not layers.issuperset(_MUST_PERMIT):
        return Standing(Effect.FORBID)
    demands = frozenset([one.demand for one in given if one.demand is not None])
    return Standing(Effect.HOLD, demands) if demands else Standing(Effect.PERMIT)


class Trial:
    """The rules of one version, bound to the entities of `store`."""

    def __init__(self, rules: tuple[Rule, ...], program: Program, store: Store) -> None:
        self.rules = rules
        self._store = store
        self._engine = Engine(program.bind(store.handle))
        self._verdicts = Verdicts(rules)
        self._when_satisfied = [contribution(rule) for rule in rules]

    def evaluate(self, asked: WrittenRequest) -> Evaluation:
        """Which policies are satisfied and which error; raises `EvaluationError` for a value that cannot be read."""
        handle = self._store.handle
        context = record_of(dict(asked.context), self._store)
        return self._engine.evaluate(handle(asked.principal), handle(asked.action), handle(asked.resource), context)

    def decide(self, asked: WrittenRequest) -> Decision:
        """The decision, with its reasons."""
        return self._verdicts.decision(self.evaluate(asked))

    def contributions(self, asked: WrittenRequest) -> Mapping[str, Contribution]:
        """What each policy that has a say contributes, by its id."""
        evaluation = self.evaluate(asked)
        said: dict[str, Contribution] = {}
        for index in evaluation.satisfied:
            said[self.rules[index].reason.policy_id] = self._when_satisfied[index]
        for index in evaluation.errored:
            rule = self.rules[index]
            if rule.forbids:
                said[rule.reason.policy_id] = Contribution(Effect.FORBID, rule.layer)
        return said

    def standing(self, asked: WrittenRequest) -> Standing:
        """The answer without its reasons."""
        return standing(self.contributions(asked).values())


def contribution(rule: Rule) -> Contribution:
    """What `rule` contributes when it is satisfied."""
    if not rule.forbids:
        return Contribution(Effect.PERMIT, rule.layer)
    if rule.hold is None:
        return Contribution(Effect.FORBID, rule.layer)
    # For how long a call waits for the sign-off is nothing that it asks for.
    demand = replace(rule.hold, policy_id="", wait_seconds=Hold("", "", 0).wait_seconds)
    return Contribution(Effect.HOLD, rule.layer, demand)
