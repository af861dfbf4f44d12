"""Errors of the store.

StorageError
├── StoreFaultError     the disk or the file failed under us; whoever wrote must stop
├── StoreRefusedError   a store that this Brightline does not open
└── StoreLockedError    another process owns the data directory
"""

from brightline.domain.errors import BrightlineError


class StorageError(BrightlineError):
    """Anything the store cannot do."""


class StoreFaultError(StorageError):
    """The disk or the file failed; nothing may be taken as written, and the write is not tried again."""


class StoreRefusedError(StorageError):
    """A file that is no store of ours, is newer than we know, or must not be replaced."""


class StoreLockedError(StorageError):
    """Another process owns the data directory."""
