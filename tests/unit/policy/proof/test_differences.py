from dataclasses import replace

import pytest

from brightline.domain.decision import Decision, Effect
from brightline.policy.proof.differences import Change, Diff, Group, Verdict
from brightline.policy.written import WrittenRequest

ASKED = WrittenRequest(("U", "u"), ("Action", "a"), ("D", "d"), {})
DECISIONS = {effect: Decision(effect, "", ()) for effect in Effect}


def group(change: Change, before: Effect, after: Effect) -> Group:
    return Group(change, DECISIONS[before], DECISIONS[after], (), ASKED, (), fewest=True)


@pytest.mark.parametrize(
    ("change", "before", "after", "widens"),
    [
        (Change.PERMITTED, Effect.FORBID, Effect.PERMIT, True),
        (Change.PERMITTED, Effect.HOLD, Effect.PERMIT, True),
        (Change.HELD, Effect.FORBID, Effect.HOLD, True),
        (Change.HELD, Effect.PERMIT, Effect.HOLD, False),
        (Change.FORBIDDEN, Effect.PERMIT, Effect.FORBID, False),
        (Change.LOOSENED, Effect.HOLD, Effect.HOLD, True),
        (Change.TIGHTENED, Effect.HOLD, Effect.HOLD, False),
    ],
)
def test_what_widens(change: Change, before: Effect, after: Effect, widens: bool) -> None:
    one = group(change, before, after)
    assert one.widens is widens
    found = Diff("a", "b", (), False, (one,), Verdict.DIFFERENT, "", (), ())
    assert found.widens is widens
    assert found.of(change) == (one,)
    assert not replace(found, groups=()).widens
