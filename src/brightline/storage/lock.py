"""The lock of a data directory: one process owns it, and the file says which.

LIMIT: `flock` binds processes of one machine; a data directory on a network disk is not supported.
"""

import contextlib
import fcntl
import os
from pathlib import Path

from brightline.storage.errors import StoreLockedError

LOCK_NAME = "lock"


class DirectoryLock:
    """Held from `acquire` until `release`, or until the process ends however it ends."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor

    @classmethod
    def acquire(cls, data_dir: Path) -> "DirectoryLock":
        """Own `data_dir`; raises `StoreLockedError` naming the process that does, or that it cannot be locked."""
        path = data_dir / LOCK_NAME
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        except OSError as error:
            raise StoreLockedError("storage/cannot-lock", path=str(path), why=error.strerror or "") from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            owner = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip() or "unknown"
            os.close(descriptor)
            raise StoreLockedError("storage/locked", path=str(data_dir), pid=owner) from error
        # On a full disk the process id cannot be written; it is only words for a person, and the lock holds.
        with contextlib.suppress(OSError):
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        return cls(descriptor)

    def release(self) -> None:
        """Let others own the directory; releasing twice does nothing."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
