from brightline.domain.decision import BreakGlass, Effect, Hold, Layer, Reason
from brightline.policy.cedar_text import split
from brightline.policy.layers import Rule
from brightline.policy.trial import Contribution, Standing, contribution, standing

VENDOR = Contribution(Effect.PERMIT, Layer.VENDOR)
OPERATOR = Contribution(Effect.PERMIT, Layer.OPERATOR)
FORBID = Contribution(Effect.FORBID, Layer.LAW)
HOLD = Contribution(Effect.HOLD, Layer.LAW, Hold("", "duty-officer", 2))


def test_the_order_is_that_of_a_decision() -> None:
    assert standing([]) == Standing(Effect.FORBID)
    assert standing([VENDOR]) == Standing(Effect.FORBID)
    assert standing([VENDOR, OPERATOR, FORBID, HOLD]) == Standing(Effect.FORBID)
    assert standing([VENDOR, HOLD]) == Standing(Effect.FORBID)
    assert standing([VENDOR, OPERATOR, HOLD]) == Standing(Effect.HOLD, frozenset({Hold("", "duty-officer", 2)}))
    assert standing([VENDOR, OPERATOR]) == Standing(Effect.PERMIT)


def test_what_a_hold_covers() -> None:
    held = Standing(Effect.HOLD, frozenset({Hold("", "duty-officer", 2)}))
    assert held.covers(Hold("", "duty-officer", 1))
    assert not held.covers(Hold("", "duty-officer", 3))
    assert not held.covers(Hold("", "adviser", 1))


def test_a_hold_that_the_glass_lifts_covers_less() -> None:
    glass = Hold("", "duty-officer", 2, break_glass=BreakGlass("chief", 1))
    held = Standing(Effect.HOLD, frozenset({glass}))
    assert held.covers(glass)
    assert not held.covers(Hold("", "duty-officer", 1))


def test_who_asks_and_how_long_a_call_waits_are_no_part_of_what_is_asked() -> None:
    text = split("law/a.cedar", "x")[0]
    hold = Hold("a", "officer", 1, risk="top", wait_seconds=9, term_seconds=600)
    said = contribution(Rule(text, Layer.LAW, True, {}, Reason("a", Layer.LAW), hold))
    assert said.demand == Hold("", "officer", 1, risk="top", term_seconds=600)
