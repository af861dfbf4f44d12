"""One connection to one SQLite file, opened so that a commit that returns is on the disk.

Write-ahead log, `synchronous=FULL` (sqlite.org/pragma.html#pragma_synchronous), pages of 32 KiB (a 2 KB record then
costs 2,189 bytes and not 4,106), and an exclusive lock: the process that owns the data directory owns the file.
INVARIANT: every pragma is read back after it was set; one that did not take refuses the store.
INVARIANT: after a fault the connection is dropped without a checkpoint, so no failed sync is tried again.
"""

import contextlib
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType

import apsw

from brightline.storage.errors import StorageError, StoreFaultError, StoreRefusedError

SqlValue = None | int | float | str | bytes
Row = tuple[SqlValue, ...]

PAGE_BYTES = 32768
# Pages of the write-ahead log after which a commit copies them into the file: 32 MiB.
_CHECKPOINT_PAGES = 1000
# A step of a backup holds the lock for so many pages: about a millisecond.
_BACKUP_PAGES = 64
FULL, OFF = 2, 0
_FAULTS: Sequence[tuple[type[apsw.Error], str]] = (
    (apsw.FullError, "storage/full"),
    (apsw.ReadOnlyError, "storage/read-only"),
    (apsw.CorruptError, "storage/damaged"),
    (apsw.NotADBError, "storage/damaged"),
    (apsw.CantOpenError, "storage/cannot-open"),
    (apsw.BusyError, "storage/busy"),
)


class Database:
    """The open file; may be used from any thread, one at a time."""

    def __init__(
        self, path: Path, *, vfs: str | None = None, synchronous: int = FULL, page_bytes: int = PAGE_BYTES
    ) -> None:
        self.path = path
        self._page_bytes = page_bytes
        self.lock = threading.RLock()
        self._translated = _Translated(path)
        self._vfs = vfs
        self._synchronous = synchronous
        self._connection = apsw.Connection(":memory:")
        self._cursor = self._connection.cursor()

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        create: bool,
        vfs: str | None = None,
        synchronous: int = FULL,
        page_bytes: int = PAGE_BYTES,
    ) -> "Database":
        """The file at `path`; raises `StoreFaultError`, or `StoreRefusedError` when a pragma did not take.

        `vfs` names the SQLite file layer beneath (none: the system's); `synchronous` below `FULL` loses entries, and
        is for files that may lag behind, and for a test that shows that it would notice.
        """
        database = cls(path, vfs=vfs, synchronous=synchronous, page_bytes=page_bytes)
        database.connect(create=create)
        return database

    def connect(self, *, create: bool = False) -> None:
        """Put a fresh connection to the file that is there now in place of the one in use, which is dropped."""
        flags = apsw.SQLITE_OPEN_READWRITE | (apsw.SQLITE_OPEN_CREATE if create else 0)
        with self.lock:
            self.drop()
            with self._translated:
                self._connection = apsw.Connection(str(self.path), flags=flags, vfs=self._vfs)
            self._cursor = self._connection.cursor()
            try:
                self._prepare(self._synchronous)
            except StorageError:
                self.drop()
                raise

    def _prepare(self, synchronous: int) -> None:
        with self._translated:
            self._connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
            self._connection.set_busy_timeout(0)
            self._connection.wal_autocheckpoint(_CHECKPOINT_PAGES)
        wanted: Sequence[tuple[str, str | int]] = (
            ("locking_mode", "exclusive"),
            ("page_size", self._page_bytes),
            ("journal_mode", "wal"),
            ("synchronous", synchronous),
            ("foreign_keys", 1),
            ("trusted_schema", 0),
            # macOS: fsync alone leaves data in the drive's cache. Elsewhere these change nothing.
            ("fullfsync", 1),
            ("checkpoint_fullfsync", 1),
        )
        for name, value in wanted:
            self.value(f"PRAGMA {name}={value!s}")
        for name, value in wanted:
            found = self.value(f"PRAGMA {name}")
            if found != value:
                raise StoreRefusedError("storage/pragma", path=str(self.path), name=name, found=repr(found))

    def rows(self, sql: str, values: Sequence[SqlValue] = ()) -> list[Row]:
        """Every row that `sql` gives; raises `StoreFaultError`."""
        with self.lock, self._translated:
            return list(self._cursor.execute(sql, values))

    def row(self, sql: str, values: Sequence[SqlValue] = ()) -> Row | None:
        """The first row that `sql` gives, or none."""
        found = self.rows(sql, values)
        return found[0] if found else None

    def value(self, sql: str, values: Sequence[SqlValue] = ()) -> SqlValue:
        """The first column of the first row, or none."""
        found = self.row(sql, values)
        return found[0] if found else None

    def write(self, sql: str, values: Sequence[SqlValue] = ()) -> None:
        """Run one statement within a transaction of the caller's."""
        with self.lock, self._translated:
            self._cursor.execute(sql, values)

    def write_many(self, sql: str, rows: Iterable[Sequence[SqlValue]]) -> None:
        """Run one statement for each of `rows` within a transaction of the caller's."""
        with self.lock, self._translated:
            self._cursor.executemany(sql, rows)

    def transaction(self) -> "_Transaction":
        """What is written within is durable, all of it, when this ends without an error, or else nothing is promised.

        Raises `StoreFaultError`. Transactions within transactions join the outer one.
        """
        return _Transaction(self)

    def begin(self) -> bool:
        """Take the lock and begin a transaction; false when one runs already. For `transaction` only."""
        self.lock.acquire()
        try:
            with self._translated:
                joined = self._connection.in_transaction
                if not joined:
                    self._cursor.execute("BEGIN IMMEDIATE")
        except BaseException:
            self.lock.release()
            raise
        return not joined

    def commit(self) -> None:
        """Make what was written durable, or roll it back and raise. For `transaction` only."""
        try:
            with self._translated:
                self._cursor.execute("COMMIT")
        except BaseException:
            self.roll_back()
            raise

    def roll_back(self) -> None:
        """Undo what was written, as far as SQLite has not. For `transaction` only."""
        # After a disk error SQLite may have rolled back by itself, and a second error would hide the first.
        with contextlib.suppress(apsw.Error):
            if self._connection.in_transaction:
                self._cursor.execute("ROLLBACK")

    def rewrite(self) -> None:
        """Copy the write-ahead log into the file, sync it and empty the log; raises `StoreFaultError`."""
        with self.lock:
            found = self.row("PRAGMA wal_checkpoint(TRUNCATE)")
        if found is None or found[0] != 0:
            raise StoreFaultError("storage/busy", path=str(self.path))

    def backup(self, target: Path) -> None:
        """A whole copy of the store at `target`, made while others write; raises `StoreRefusedError` if it exists."""
        if target.exists():
            raise StoreRefusedError("storage/exists", path=str(target))
        with _Translated(target):
            copy = apsw.Connection(str(target))
            try:
                self._copy_into(copy)
            finally:
                copy.close()

    def _copy_into(self, copy: apsw.Connection) -> None:
        """Step by step, so that others write in between; SQLite carries their writes into the copy."""
        with self.lock:
            backup = copy.backup("main", self._connection, "main")
        try:
            while not backup.done:
                with self.lock:
                    backup.step(_BACKUP_PAGES)
        finally:
            with self.lock:
                backup.finish()

    def close(self) -> None:
        """Rewrite, then close; raises `StoreFaultError` when the rewrite failed (the log then still holds all)."""
        try:
            self.rewrite()
        finally:
            self.drop()

    def drop(self) -> None:
        """Close without writing or syncing anything."""
        with self.lock, contextlib.suppress(apsw.Error):
            self._connection.close(True)


class _Transaction:
    """A transaction as `with` sees it; a class, for a generator costs several times as much for every commit."""

    __slots__ = ("_database", "_outer")

    def __init__(self, database: Database) -> None:
        self._database = database
        self._outer = False

    def __enter__(self) -> None:
        self._outer = self._database.begin()

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        try:
            if self._outer and kind is None:
                self._database.commit()
            elif self._outer:
                self._database.roll_back()
        finally:
            self._database.lock.release()


class _Translated:
    """Turns SQLite's errors into ours, naming `path`; holds no state, so one serves every statement."""

    __slots__ = ("_path",)

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: TracebackType | None) -> None:
        if isinstance(error, apsw.Error):
            raise _fault(error, self._path) from error


def _fault(error: apsw.Error, path: Path) -> StoreFaultError:
    for kind, code in _FAULTS:
        if isinstance(error, kind):
            return StoreFaultError(code, path=str(path))
    name = apsw.mapping_extended_result_codes.get(getattr(error, "extendedresult", 0), "")
    return StoreFaultError("storage/io", path=str(path), why=name if isinstance(name, str) and name else str(error))
