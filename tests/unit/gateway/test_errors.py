"""A forbidding carries its decision."""

from brightline.gateway.errors import ForbiddenError, GatewayError, UseError
from brightline.testing.rooms import FORBID


def test_a_forbidding_is_a_refused_use_with_the_decisions_code() -> None:
    error = ForbiddenError(FORBID)
    assert isinstance(error, UseError)
    assert isinstance(error, GatewayError)
    assert (error.code, error.status, error.decision) == ("policy/forbidden", 403, FORBID)
