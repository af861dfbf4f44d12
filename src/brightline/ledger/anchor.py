"""The anchor: the last signed checkpoint, kept once more in a directory on another disk.

A store that is restored from a backup does not know what was signed after it; the anchor does.
"""

from pathlib import Path

from brightline.ledger.errors import LogFaultError
from brightline.ledger.origin import anchor_name
from brightline.ledger.ports import Files


class Anchor:
    """One directory of checkpoints, one file a log."""

    def __init__(self, directory: Path | None, files: Files) -> None:
        self._directory = directory
        self._files = files

    def read(self, origin: str) -> bytes | None:
        """The checkpoint last anchored for `origin`, or none; raises `LogFaultError` when it cannot be known."""
        if self._directory is None:
            return None
        path = self._directory / anchor_name(origin)
        try:
            if not self._directory.is_dir():
                raise LogFaultError("ledger/anchor-unreadable", path=str(self._directory))
            return self._files.read(path)
        except OSError as error:
            raise LogFaultError("ledger/anchor-unreadable", path=str(path)) from error

    def names(self) -> list[str]:
        """The names of all files in the directory; raises `OSError`."""
        return [] if self._directory is None else self._files.names(self._directory)

    def write(self, origin: str, note: bytes) -> None:
        """Anchor `note`, durably; raises `OSError`."""
        if self._directory is None:
            return
        path = self._directory / anchor_name(origin)
        draft = path.with_name(f"{path.name}.new")
        self._files.write(draft, note)
        self._files.replace(draft, path)
        self._files.sync_directory(self._directory)
