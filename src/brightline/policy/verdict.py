"""Reads the decision off one evaluation of all layers together.

Any satisfied forbid refuses, unless it waits for a sign-off; a forbid that errored refuses, whatever it waits for; then
vendor and operator must each have a satisfied permit. What is left is held while a satisfied forbid waits for a
sign-off that does not exist: so a hold is refused now, and permitted as soon as the sign-offs that it names exist, or
the glass was broken where its policy has one. A forbid without a hold has neither way.
An errored permit counts as not satisfied, and is named.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType

from brightline.domain.decision import Decision, Effect, Hold, Layer, Obligation, Reason
from brightline.policy.closed_sets import RETENTIONS
from brightline.policy.engine import Evaluation
from brightline.policy.layers import Rule

_REMEMBERED_DECISIONS = 1024
_MUST_PERMIT = (Layer.OPERATOR, Layer.VENDOR)
_KINDS = ("retention", "notify", "buffer", "narrow")
# How many distinct persons of each role have signed: nobody.
NO_SIGN_OFFS: Mapping[str, int] = MappingProxyType({})


def refusal(
    code: str, reasons: Sequence[Reason] = (), errored: Sequence[str] = (), obligations: Sequence[Obligation] = ()
) -> Decision:
    """A forbid for `code`."""
    return Decision(Effect.FORBID, code, tuple(reasons), tuple(errored), obligations=tuple(obligations))


class Verdicts:
    """Knows the layer, effect, words, holds and obligations of each rule, by its position."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = tuple(rules)
        # Most uses satisfy the same policies as one before; decisions are frozen values, so they may be shared.
        self._remembered = lru_cache(maxsize=_REMEMBERED_DECISIONS)(self._read_off)

    def decision(
        self,
        evaluation: Evaluation,
        sign_offs: Mapping[str, int] = NO_SIGN_OFFS,
        break_glass: Mapping[str, int] = NO_SIGN_OFFS,
    ) -> Decision:
        """The decision that `evaluation` amounts to, when `sign_offs` distinct persons of each role have signed.

        `break_glass` says how many of each role have broken the glass. The positions of `evaluation` are in order of
        id, and so are the reasons.
        """
        if sign_offs or break_glass:
            return self._read_off(evaluation, sign_offs, break_glass)
        return self._remembered(evaluation)

    def _read_off(
        self,
        evaluation: Evaluation,
        sign_offs: Mapping[str, int] = NO_SIGN_OFFS,
        break_glass: Mapping[str, int] = NO_SIGN_OFFS,
    ) -> Decision:
        rules = self._rules
        satisfied = [rules[index] for index in evaluation.satisfied]
        broken = [rules[index] for index in evaluation.errored]
        errored = tuple([rule.reason.policy_id for rule in broken])
        against = [rule for rule in satisfied if rule.forbids and rule.hold is None]
        if against:
            return refusal("policy/forbidden", _reasons(against), errored, _obligations(against))
        unclear = [rule for rule in broken if rule.forbids]
        if unclear:
            return refusal("policy/errored-forbid", _reasons(unclear), errored, _obligations(unclear))
        permits = [rule for rule in satisfied if not rule.forbids]
        missing = [layer for layer in _MUST_PERMIT if not any(rule.layer is layer for rule in permits)]
        if missing:
            return refusal("policy/not-permitted", [_missing(layer) for layer in missing], errored)
        # A lifted hold determines the permit too: what it obliges to goes along with it.
        obligations = _obligations(satisfied)
        waiting = [
            (rule, rule.hold) for rule in satisfied if rule.hold and not _lifted(rule.hold, sign_offs, break_glass)
        ]
        if waiting:
            reasons = tuple([rule.reason for rule, _ in waiting])
            holds = tuple([hold for _, hold in waiting])
            return Decision(Effect.HOLD, "policy/held", reasons, errored, holds, obligations)
        return Decision(Effect.PERMIT, "", _reasons(permits), errored, (), obligations)


def _lifted(hold: Hold, sign_offs: Mapping[str, int], break_glass: Mapping[str, int]) -> bool:
    """Whether enough persons have signed, or enough of those who may break the glass of this very hold have done so."""
    if sign_offs.get(hold.role, 0) >= hold.quorum:
        return True
    other = hold.break_glass
    return other is not None and break_glass.get(other.role, 0) >= other.quorum


def _reasons(rules: Iterable[Rule]) -> tuple[Reason, ...]:
    return tuple([rule.reason for rule in rules])


def _obligations(rules: Iterable[Rule]) -> tuple[Obligation, ...]:
    """What `rules` oblige to, each kind and value once, and of retention the strictest alone; in a fixed order."""
    union: dict[tuple[str, str], Obligation] = {}
    for rule in rules:
        for obligation in rule.obligations:
            union.setdefault((obligation.kind, obligation.value), obligation)
    kept = [obligation for obligation in union.values() if obligation.kind == "retention"]
    strictest = sorted(kept, key=lambda obligation: RETENTIONS.index(obligation.value))[-1:]
    others = [obligation for obligation in union.values() if obligation.kind != "retention"]
    return (*strictest, *sorted(others, key=lambda one: (_KINDS.index(one.kind), one.value)))


def _missing(layer: Layer) -> Reason:
    """Stands for the rule that is not there, so it has no id."""
    return Reason("", layer, f"no rule of the {layer.value} permits this use")
