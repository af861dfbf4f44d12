"""Watches that the files and directories in use are still the ones their paths name.

A file that was moved away or deleted takes writes as before, and nobody would ever find them.
"""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from brightline.ledger.errors import LogFaultError

# Any other way of holding a file would, when it is let go, release the locks that SQLite has on it (fcntl(2)).
_HOLD: int | None = getattr(os, "O_PATH", None)


class PathWatch:
    """Paths with the file or directory each named when the watch began.

    INVARIANT: what is watched is held, so its inode number cannot be given to another while the watch lasts.
    LIMIT: where there is no `O_PATH` (macOS), files are held by the store only, until it drops them.
    """

    def __init__(self, files: Iterable[Path], directories: Iterable[Path]) -> None:
        """Raises `LogFaultError` when one is not there."""
        # As text, not `Path`: every commit looks twice, and would turn each into text again.
        self._seen: list[tuple[str, int, int]] = []
        self._held: list[int] = []
        try:
            for path in files:
                if _HOLD is not None:
                    self._held.append(os.open(path, _HOLD | os.O_CLOEXEC))
                self._add(path, path.stat())
            for path in directories:
                descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
                self._held.append(descriptor)
                self._add(path, os.fstat(descriptor))
        except OSError as error:
            self.close()
            raise LogFaultError("ledger/moved", path=str(path)) from error

    def _add(self, path: Path, found: os.stat_result) -> None:
        self._seen.append((str(path), found.st_dev, found.st_ino))

    def look(self) -> None:
        """Raises `LogFaultError` when a path names nothing, or something else, now."""
        for path, device, inode in self._seen:
            try:
                found = os.stat(path)  # noqa: PTH116 - see above
            except OSError as error:
                raise LogFaultError("ledger/moved", path=path) from error
            if found.st_ino != inode or found.st_dev != device:
                raise LogFaultError("ledger/moved", path=path)

    def look_together(self, paths: Sequence[Path]) -> None:
        """Raises `LogFaultError` when some of `paths` are still what they were and others are not.

        A store without its write-ahead log, or with another's, would be taken for a shorter one, and written to.
        """
        names = {str(path) for path in paths}
        moved = [path for path, device, inode in self._seen if path in names and not _names(path, device, inode)]
        if moved and len(moved) < len(names):
            raise LogFaultError("ledger/moved", path=moved[0])

    def close(self) -> None:
        """Hold nothing any more."""
        while self._held:
            os.close(self._held.pop())


def _names(path: str, device: int, inode: int) -> bool:
    try:
        found = Path(path).stat()
    except OSError:
        return False
    return found.st_ino == inode and found.st_dev == device
