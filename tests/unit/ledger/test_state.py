"""What the ledger says about itself."""

from brightline.ledger.errors import LedgerUnavailableError
from brightline.ledger.state import Condition, LedgerState


def test_only_ready_is_ready() -> None:
    for condition in Condition:
        assert LedgerState(condition).ready is (condition is Condition.READY)
    assert LedgerState(Condition.READY).code == ""
    assert LedgerState(Condition.CLOSED, LedgerUnavailableError("ledger/closed")).code == "ledger/closed"
