"""A decision is a value."""

import pytest

from brightline.domain.decision import Decision, Effect


@pytest.mark.parametrize(("effect", "permitted"), [(Effect.PERMIT, True), (Effect.FORBID, False), (Effect.HOLD, False)])
def test_only_a_permit_permits(effect: Effect, permitted: bool) -> None:
    assert Decision(effect, "", ()).permitted is permitted
