from brightline.domain.decision import Effect, Layer
from brightline.policy.trial import Contribution, Standing, standing

VENDOR = Contribution(Effect.PERMIT, Layer.VENDOR)
OPERATOR = Contribution(Effect.PERMIT, Layer.OPERATOR)
FORBID = Contribution(Effect.FORBID, Layer.LAW)
HOLD = Contribution(Effect.HOLD, Layer.LAW, ("duty-officer", 2))


def test_the_order_is_that_of_a_decision() -> None:
    assert standing([]) == Standing(Effect.FORBID)
    assert standing([VENDOR]) == Standing(Effect.FORBID)
    assert standing([VENDOR, OPERATOR, FORBID, HOLD]) == Standing(Effect.FORBID)
    assert standing([VENDOR, HOLD]) == Standing(Effect.FORBID)
    assert standing([VENDOR, OPERATOR, HOLD]) == Standing(Effect.HOLD, frozenset({("duty-officer", 2)}))
    assert standing([VENDOR, OPERATOR]) == Standing(Effect.PERMIT)


def test_what_a_hold_covers() -> None:
    held = Standing(Effect.HOLD, frozenset({("duty-officer", 2)}))
    assert held.covers(("duty-officer", 1))
    assert not held.covers(("duty-officer", 3))
    assert not held.covers(("adviser", 1))
