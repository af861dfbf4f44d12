"""Reads the decision off one evaluation of all layers together.

Any satisfied forbid refuses; a forbid that errored refuses; then vendor and operator must each have a satisfied permit.
An errored permit counts as not satisfied, and is named.
"""

from collections.abc import Sequence
from functools import lru_cache

from brightline.domain.decision import Decision, Effect, Layer, Reason
from brightline.policy.engine import Evaluation
from brightline.policy.layers import Rule

_REMEMBERED_DECISIONS = 1024
_MUST_PERMIT = (Layer.OPERATOR, Layer.VENDOR)


def refusal(code: str, reasons: Sequence[Reason] = (), errored: Sequence[str] = ()) -> Decision:
    """A forbid for `code`."""
    return Decision(Effect.FORBID, code, tuple(reasons), tuple(errored))


class Verdicts:
    """Knows the layer, effect and words of each rule, by its position."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._reasons = tuple(rule.reason for rule in rules)
        self._forbids = tuple(rule.forbids for rule in rules)
        # Most uses satisfy the same policies as one before; decisions are frozen values, so they may be shared.
        self._remembered = lru_cache(maxsize=_REMEMBERED_DECISIONS)(self._read_off)

    def decision(self, evaluation: Evaluation) -> Decision:
        """The decision that `evaluation` amounts to; its positions are in order of id, and so are the reasons."""
        return self._remembered(evaluation)

    def _read_off(self, evaluation: Evaluation) -> Decision:
        forbids, reasons = self._forbids, self._reasons
        errored = tuple([reasons[index].policy_id for index in evaluation.errored])
        against = [reasons[index] for index in evaluation.satisfied if forbids[index]]
        if against:
            return refusal("policy/forbidden", against, errored)
        broken = [reasons[index] for index in evaluation.errored if forbids[index]]
        if broken:
            return refusal("policy/errored-forbid", broken, errored)
        permits = tuple([reasons[index] for index in evaluation.satisfied])
        missing = [layer for layer in _MUST_PERMIT if not any(reason.layer is layer for reason in permits)]
        if missing:
            return refusal("policy/not-permitted", [_missing(layer) for layer in missing], errored)
        return Decision(Effect.PERMIT, "", permits, errored)


def _missing(layer: Layer) -> Reason:
    """Stands for the rule that is not there, so it has no id."""
    return Reason("", layer, f"no rule of the {layer.value} permits this use")
