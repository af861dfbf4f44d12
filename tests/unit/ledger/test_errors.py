"""Errors of the ledger."""

from brightline.ledger.errors import BehindAnchorError, LedgerError, LedgerUnavailableError


def test_being_behind_is_being_unavailable_and_says_why() -> None:
    error = BehindAnchorError("the store is empty")
    assert isinstance(error, LedgerUnavailableError)
    assert isinstance(error, LedgerError)
    assert error.status == 503
    assert "the store is empty" in error.message
