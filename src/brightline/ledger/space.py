"""Free space: below the watermark no new use is taken, so that the outcomes of running ones still find room.

LIMIT: an outcome holds the answer, which may be large; the watermark keeps room for many answers, not for the largest
possible ones of all running uses at once.
"""

import os
from collections.abc import Sequence
from pathlib import Path

from brightline.ledger.errors import LogFaultError
from brightline.ledger.ports import Room, Space

# Room for the answers of about a thousand running uses of 256 KiB each.
WATERMARK_BYTES = 256 * 1024 * 1024


class SystemSpace:
    """What the operating system says about its disks."""

    def read(self, path: Path) -> Room:
        """The room on the disk that `path` lies on."""
        found = os.statvfs(path)
        return Room(found.f_bavail * found.f_frsize, not found.f_flag & os.ST_RDONLY)


class SpaceGuard:
    """Watches the disks that the ledger writes to."""

    def __init__(self, space: Space, paths: Sequence[Path], watermark_bytes: int) -> None:
        self._space = space
        self._paths = paths
        self._watermark_bytes = watermark_bytes
        self.free_bytes = 0

    @property
    def low(self) -> bool:
        """Whether less than the watermark was free when last looked."""
        return self.free_bytes < self._watermark_bytes

    def look(self) -> None:
        """Read every disk; raises `LogFaultError` when one is gone or read-only."""
        least = 2**63
        for path in self._paths:
            try:
                room = self._space.read(path)
            except OSError as error:
                raise LogFaultError("ledger/moved", path=str(path)) from error
            if not room.writable:
                raise LogFaultError("ledger/read-only", path=str(path))
            least = min(least, room.free_bytes)
        self.free_bytes = least
