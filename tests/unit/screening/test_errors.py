from brightline.domain.errors import BrightlineError
from brightline.screening import GateError, ReportedFailureError, ScreeningError


def test_the_tree_is_as_drawn():
    assert issubclass(ScreeningError, GateError)
    assert issubclass(ReportedFailureError, GateError)
    assert not issubclass(ReportedFailureError, ScreeningError)
    assert issubclass(GateError, BrightlineError)
    assert ReportedFailureError().code == "screening/provider-failed"
