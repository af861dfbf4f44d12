"""What meters keep between uses: their windows in a file of their own, and the way to the ledger's meter entries.

The file may be lost, and may lag behind: whatever it lacks is counted again from the ledger. So it is synced at times
only, and a commit that returns need not be on the disk.
INVARIANT: a file that knows more than the ledger, or another ledger, is thrown away.
"""

import contextlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from brightline.storage.connection import Database, Row
from brightline.storage.entries import index_of
from brightline.storage.errors import StorageError

METERS_NAME = "meters.db"
# Of the write-ahead log only whole transactions count, so without a sync at each commit the file stays sound.
_NORMAL = 1
_PAGE_BYTES = 8192
_TABLES = (
    "CREATE TABLE IF NOT EXISTS windows (window BLOB PRIMARY KEY, state BLOB NOT NULL) STRICT",
    "CREATE TABLE IF NOT EXISTS mark (one INTEGER PRIMARY KEY CHECK (one = 1), upto INTEGER NOT NULL, "
    "leaf BLOB NOT NULL, rules BLOB NOT NULL) STRICT",
)


@dataclass(frozen=True, slots=True)
class MeterMark:
    """Up to which position of the ledger the windows are complete, the leaf before it, and for which meters."""

    upto: int = 0
    leaf: bytes = field(default=b"", repr=False)
    rules: bytes = b""


@dataclass(frozen=True, slots=True)
class MeterEntry:
    """A meter entry of the ledger: its position, its leaf and its sealed record."""

    position: int
    leaf: bytes = field(repr=False)
    blob: bytes | None = field(repr=False)

    @property
    def index(self) -> int:
        """Its index within the log of its shard."""
        return index_of(self.position)


class WindowFile:
    """The windows that are not in memory; make it with `WindowFile.open`."""

    def __init__(self, data_dir: Path, database: Database) -> None:
        self._data_dir = data_dir
        self._database = database

    @classmethod
    def open(cls, data_dir: Path) -> "WindowFile":
        """The file of `data_dir`; one that cannot be read is begun again. Raises `StorageError` when it cannot be."""
        try:
            return cls(data_dir, _opened(data_dir))
        except StorageError:
            remove_windows(data_dir)
            return cls(data_dir, _opened(data_dir))

    @property
    def mark(self) -> MeterMark:
        """Up to where the windows are complete."""
        row = self._database.row("SELECT upto, leaf, rules FROM mark")
        return MeterMark() if row is None else MeterMark(int(row[0] or 0), _bytes(row[1]), _bytes(row[2]))

    def load(self, window: bytes) -> bytes | None:
        """The state kept under `window`."""
        found = self._database.value("SELECT state FROM windows WHERE window = ?", (window,))
        return found if isinstance(found, bytes) else None

    def keep(self, windows: Iterable[tuple[bytes, bytes]], mark: MeterMark | None = None) -> None:
        """Keep each (window, state), and with `mark` up to where all are complete: all of it or nothing."""
        with self._database.transaction():
            self._database.write_many(
                "INSERT INTO windows VALUES (?, ?) ON CONFLICT DO UPDATE SET state = excluded.state", windows
            )
            if mark is not None:
                row = (1, mark.upto, mark.leaf, mark.rules)
                self._database.write("INSERT OR REPLACE INTO mark VALUES (?, ?, ?, ?)", row)

    def clear(self) -> None:
        """Forget everything, also what cannot be read; raises `StorageError` when no file can be made."""
        self._database.drop()
        remove_windows(self._data_dir)
        self._database = _opened(self._data_dir)

    def follow(self, ahead: "WindowFile") -> None:
        """Become what `ahead` holds, which lies on the same disk and is closed; raises `StorageError`."""
        ahead.close()
        self._database.drop()
        remove_windows(self._data_dir)
        with contextlib.suppress(OSError):  # without it an empty file is made, and all is counted again
            (ahead._data_dir / METERS_NAME).rename(self._data_dir / METERS_NAME)
        self._database = _opened(self._data_dir)

    def close(self) -> None:
        """Let others open the file; what a failing disk did not take is counted again from the ledger."""
        with contextlib.suppress(StorageError):
            self._database.rewrite()
        self._database.drop()


class MeterJournal:
    """The meter and authority entries of every log in the store: all of them are one operator's."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def read(self, start: int, limit: int) -> Sequence[MeterEntry]:
        """The meter and authority entries from position `start` on, in order, at most `limit` of them."""
        # The condition of the index, word for word: SQLite uses the index for nothing else.
        rows = self._database.rows(
            "SELECT position, leaf, blob FROM leaves LEFT JOIN sealed USING (position) "
            "WHERE leaf >= X'010C' AND leaf < X'010E' AND position >= ? ORDER BY position LIMIT ?",
            (start, limit),
        )
        return [_entry(row) for row in rows]

    def leaf(self, position: int) -> bytes:
        """The leaf at `position`; empty where there is none."""
        found = self._database.value("SELECT leaf FROM leaves WHERE position = ?", (position,))
        return found if isinstance(found, bytes) else b""

    def authorities(self) -> Sequence[MeterEntry]:
        """The entries that register or revoke an authority, in order: those of them that refer to no use."""
        rows = self._database.rows(
            "SELECT position, leaf, blob FROM leaves LEFT JOIN sealed USING (position) "
            "WHERE leaf >= X'010C' AND leaf < X'010E' AND leaf >= X'010D' "
            "AND substr(leaf, 31, 8) = X'FFFFFFFFFFFFFFFF' ORDER BY position"
        )
        return [_entry(row) for row in rows]

    @property
    def end(self) -> int:
        """The position after the last meter entry."""
        last = self._database.value("SELECT max(position) FROM leaves WHERE leaf >= X'010C' AND leaf < X'010E'")
        return 0 if last is None else int(str(last)) + 1


def _opened(data_dir: Path) -> Database:
    path = data_dir / METERS_NAME
    database = Database.open(path, create=True, synchronous=_NORMAL, page_bytes=_PAGE_BYTES)
    try:
        for table in _TABLES:
            with database.transaction():
                database.write(table)
        database.rows("SELECT count(*) FROM mark")
    except StorageError:
        database.drop()
        raise
    return database


def remove_windows(data_dir: Path) -> None:
    """Take the file away, so that all is counted from the ledger at the next start."""
    for suffix in ("", "-wal", "-shm"):
        (data_dir / f"{METERS_NAME}{suffix}").unlink(missing_ok=True)


def _bytes(value: object) -> bytes:
    assert isinstance(value, bytes)  # the tables are STRICT
    return value


def _entry(row: Row) -> MeterEntry:
    at, leaf, blob = row
    return MeterEntry(int(at or 0), _bytes(leaf), blob if isinstance(blob, bytes) else None)
