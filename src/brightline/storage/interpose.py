"""The seam where a test puts its own disk beneath the store, so that faults run through the real code.

A `Disk` sees every write, sync, truncation and removal before it happens, and may refuse it.
"""

from typing import Protocol

import apsw

_REFUSALS = {
    "full": apsw.SQLITE_FULL,
    "read-only": apsw.SQLITE_READONLY,
    "write": apsw.SQLITE_IOERR_WRITE,
    "sync": apsw.SQLITE_IOERR_FSYNC,
    "truncate": apsw.SQLITE_IOERR_TRUNCATE,
}


class DiskRefusal(Exception):  # noqa: N818 - not an error of the product: a disk's answer in a test
    """The disk's answer to an operation: `full`, `read-only`, `write`, `sync` or `truncate`."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.result = _REFUSALS[kind]


class Disk(Protocol):
    """What a test's disk is told; each may raise `DiskRefusal`, and then nothing happens to the file."""

    def opened(self, path: str) -> None:
        """A file was opened, made if it was not there."""
        ...

    def write(self, path: str, offset: int, data: bytes) -> None:
        """Bytes are about to be written."""
        ...

    def sync(self, path: str) -> None:
        """A file is about to be synced."""
        ...

    def truncate(self, path: str, size: int) -> None:
        """A file is about to be cut."""
        ...

    def remove(self, path: str) -> None:
        """A file is about to be removed."""
        ...


class Interposed(apsw.VFS):
    """A file layer named `name` above the system's, which tells `disk` of everything; `unregister` ends it."""

    def __init__(self, name: str, disk: Disk) -> None:
        self._disk = disk
        self.name = name
        super().__init__(name, "")

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> "InterposedFile":  # noqa: N802
        """Open a file through the layer."""
        return InterposedFile(self._disk, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802 - SQLite's own face
        """Remove a file through the layer."""
        with _refused():
            self._disk.remove(filename)
        super().xDelete(filename, syncdir)


class InterposedFile(apsw.VFSFile):
    """One open file of the layer."""

    def __init__(self, disk: Disk, name: str | apsw.URIFilename | None, flags: list[int]) -> None:
        self._disk = disk
        self._path = name.filename() if isinstance(name, apsw.URIFilename) else (name or "")
        super().__init__("", name, flags)
        disk.opened(self._path)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        """Write through the layer."""
        with _refused():
            self._disk.write(self._path, offset, bytes(data))
        super().xWrite(data, offset)

    def xSync(self, flags: int) -> None:  # noqa: N802
        """Sync through the layer."""
        with _refused():
            self._disk.sync(self._path)
        super().xSync(flags)

    def xTruncate(self, newsize: int) -> None:  # noqa: N802
        """Cut through the layer."""
        with _refused():
            self._disk.truncate(self._path, newsize)
        super().xTruncate(newsize)


class _refused:  # noqa: N801 - reads as a word in `with`
    """Turns a disk's refusal into SQLite's own error."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, refusal: BaseException | None, trace: object) -> None:
        if isinstance(refusal, DiskRefusal):
            raise apsw.exception_for(refusal.result) from refusal
