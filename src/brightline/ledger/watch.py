"""Watches that the files and directories in use are still the ones their paths name.

A file that was moved away or deleted takes writes as before, and nobody would ever find them.
"""

import os
from collections.abc import Iterable
from pathlib import Path

from brightline.ledger.errors import LogFaultError


class PathWatch:
    """Paths with the file or directory each named when the watch began.

    INVARIANT: what is watched is held open, by this watch or by the store, so its inode number cannot be given to
    another while the watch lasts.
    """

    def __init__(self, files: Iterable[Path], directories: Iterable[Path]) -> None:
        """Raises `LogFaultError` when one is not there."""
        self._seen: list[tuple[Path, int, int]] = []
        self._held: list[int] = []
        try:
            for path in files:
                self._add(path, path.stat())
            for path in directories:
                descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
                self._held.append(descriptor)
                self._add(path, os.fstat(descriptor))
        except OSError as error:
            self.close()
            raise LogFaultError("ledger/moved", path=str(path)) from error

    def _add(self, path: Path, found: os.stat_result) -> None:
        self._seen.append((path, found.st_dev, found.st_ino))

    def look(self) -> None:
        """Raises `LogFaultError` when a path names nothing, or something else, now."""
        for path, device, inode in self._seen:
            try:
                found = path.stat()
            except OSError as error:
                raise LogFaultError("ledger/moved", path=str(path)) from error
            if found.st_ino != inode or found.st_dev != device:
                raise LogFaultError("ledger/moved", path=str(path))

    def close(self) -> None:
        """Hold nothing any more."""
        while self._held:
            os.close(self._held.pop())
