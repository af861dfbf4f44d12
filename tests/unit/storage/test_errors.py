"""Errors of the store."""

from brightline.storage import StorageError, StoreFaultError, StoreLockedError, StoreRefusedError


def test_every_error_is_of_this_room() -> None:
    for kind in (StoreFaultError, StoreRefusedError, StoreLockedError):
        assert issubclass(kind, StorageError)
