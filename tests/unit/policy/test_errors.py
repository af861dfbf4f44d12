"""The errors of the room."""

from brightline.domain.errors import BrightlineError
from brightline.policy.errors import AgreementFaultsError, PolicyError
from brightline.policy.faults import fault


def test_faults_travel_together():
    faults = (fault("policy/missing-file", "a", name="a"), fault("policy/missing-file", "b", name="b"))
    error = AgreementFaultsError(faults)
    assert isinstance(error, PolicyError)
    assert isinstance(error, BrightlineError)
    assert error.faults == faults
    assert "(2)" in error.message
    assert "agreement check" in error.hint
