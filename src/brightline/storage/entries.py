"""The rows of one shard: leaves, sealed records, complete hash tiles, signed checkpoints, and marks for recovery.

Marks bound what recovery reads: each tells which intents were open at a size, so only later leaves are looked at.
INVARIANT: rows are only ever added at the end, so the cost of an entry does not depend on how many there are.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from brightline.storage.connection import Database
from brightline.storage.shards import Shard

INDEX_BITS = 40
_INDEX_MASK = (1 << INDEX_BITS) - 1
_USE_AT, _USE_BYTES = 15, 16  # SQLite counts bytes from 1; the use id stands at offset 14 of a leaf
# Rows that one read of a scan holds the store for.
_SCAN_ROWS = 20_000


def position_of(shard: int, index: int) -> int:
    """The position in the store of the entry at `index` in the shard of id `shard`; positions rise over all shards."""
    return shard << INDEX_BITS | index


def index_of(position: int) -> int:
    """The index, within its shard, of the entry at `position`."""
    return position & _INDEX_MASK


@dataclass(frozen=True, slots=True)
class TileRow:
    """A complete tile of 256 hashes: `root` is the hash it has one tile level up."""

    level: int
    number: int
    root: bytes
    hashes: bytes


@dataclass(frozen=True, slots=True)
class Mark:
    """`intents`: the intents without outcome at `size`, as index (8 bytes, big-endian) and use id (16 bytes) each."""

    size: int
    intents: bytes


@dataclass(frozen=True, slots=True)
class SignedRow:
    """A checkpoint that was signed at `size`, when publishing had wholly ended for size `settled`."""

    size: int
    settled: int
    note: bytes


class EntryStore:
    """The rows of one shard."""

    def __init__(self, database: Database, shard: Shard) -> None:
        self._database = database
        self.shard = shard
        self.first = shard.id << INDEX_BITS
        self._scope = shard.scope

    def size(self) -> int:
        """How many entries the shard has; they are numbered without a gap."""
        last = self._database.value(
            "SELECT max(position) FROM leaves WHERE position BETWEEN ? AND ?", (self.first, self.first | _INDEX_MASK)
        )
        return 0 if last is None else (int(last) & _INDEX_MASK) + 1

    def add_leaves(self, first_index: int, leaves: Sequence[bytes]) -> None:
        """Add leaves from `first_index` on; within a transaction."""
        at, scope = self.first + first_index, self._scope
        self._database.write_many(
            "INSERT INTO leaves VALUES (?, ?, ?)", [(at + i, scope, leaf) for i, leaf in enumerate(leaves)]
        )

    def add_sealed(self, blobs: Iterable[tuple[int, bytes]]) -> None:
        """Add sealed records by entry index; within a transaction."""
        first, scope = self.first, self._scope
        self._database.write_many(
            "INSERT INTO sealed VALUES (?, ?, ?)", [(first + index, scope, blob) for index, blob in blobs]
        )

    def leaves(self, start: int, end: int) -> list[bytes]:
        """The leaves of entries `[start, end)`, as many as there are in this shard."""
        end = min(end, 1 << INDEX_BITS)
        rows = self._database.rows(
            "SELECT leaf FROM leaves WHERE position >= ? AND position < ? ORDER BY position",
            (self.first + start, self.first + end),
        )
        return [_bytes(row[0]) for row in rows]

    def blob(self, index: int) -> bytes | None:
        """The sealed record of an entry, or none."""
        found = self._database.value("SELECT blob FROM sealed WHERE position = ?", (self.first + index,))
        return None if found is None else _bytes(found)

    def find_use(self, use_id: bytes) -> Iterator[int]:
        """The indexes of all entries of a use, in order; reads every leaf, some at a time, so others can write."""
        start, size = self.first, self.first + self.size()
        while start < size:
            rows = self._database.rows(
                f"SELECT position FROM leaves WHERE position >= ? AND position < ? "  # noqa: S608 - constants
                f"AND substr(leaf, {_USE_AT}, {_USE_BYTES}) = ? ORDER BY position",
                (start, min(start + _SCAN_ROWS, size), use_id),
            )
            yield from (int(row[0] or 0) & _INDEX_MASK for row in rows)
            start += _SCAN_ROWS

    def add_tiles(self, tiles: Iterable[TileRow]) -> None:
        """Add complete tiles; within a transaction."""
        self._database.write_many(
            "INSERT INTO tiles VALUES (?, ?, ?, ?)",
            [(self._tile_id(tile.level, tile.number), self._scope, tile.root, tile.hashes) for tile in tiles],
        )

    def tile(self, level: int, number: int) -> bytes | None:
        """The 256 hashes of a complete tile, or none."""
        found = self._database.value("SELECT hashes FROM tiles WHERE tile = ?", (self._tile_id(level, number),))
        return None if found is None else _bytes(found)

    def tile_roots(self, level: int, start: int, end: int) -> list[bytes]:
        """The roots of the complete tiles `[start, end)` of one level."""
        rows = self._database.rows(
            "SELECT root FROM tiles WHERE tile >= ? AND tile < ? ORDER BY tile",
            (self._tile_id(level, start), self._tile_id(level, end)),
        )
        return [_bytes(row[0]) for row in rows]

    def _tile_id(self, level: int, number: int) -> int:
        return (self.shard.id << 48) | (level << 40) | number

    def set_mark(self, mark: Mark) -> None:
        """Replace the shard's mark; within a transaction."""
        self._database.write(
            "INSERT OR REPLACE INTO marks VALUES (?, ?, ?, ?)", (self.shard.id, self._scope, mark.size, mark.intents)
        )

    def mark(self) -> Mark:
        """The shard's last mark; before the first, that nothing was open at size 0."""
        row = self._database.row("SELECT size, intents FROM marks WHERE shard = ?", (self.shard.id,))
        return Mark(0, b"") if row is None else Mark(int(row[0] or 0), _bytes(row[1]))

    def add_checkpoint(self, row: SignedRow) -> None:
        """Keep a signed checkpoint; within a transaction. A second one of the same size is a fault."""
        self._database.write(
            "INSERT INTO checkpoints VALUES (?, ?, ?, ?)", (self.first + row.size, self._scope, row.settled, row.note)
        )

    def checkpoints(self, start: int = 0) -> list[SignedRow]:
        """The signed checkpoints of size `start` and above, the smallest first."""
        rows = self._database.rows(
            "SELECT position, settled, note FROM checkpoints WHERE position >= ? AND position <= ? ORDER BY position",
            (self.first + start, self.first | _INDEX_MASK),
        )
        return [SignedRow(int(row[0] or 0) & _INDEX_MASK, int(row[1] or 0), _bytes(row[2])) for row in rows]

    def last_checkpoint(self) -> SignedRow | None:
        """The largest signed checkpoint, or none."""
        row = self._database.row(
            "SELECT position, settled, note FROM checkpoints WHERE position >= ? AND position <= ? "
            "ORDER BY position DESC LIMIT 1",
            (self.first, self.first | _INDEX_MASK),
        )
        return None if row is None else SignedRow(int(row[0] or 0) & _INDEX_MASK, int(row[1] or 0), _bytes(row[2]))


def _bytes(value: object) -> bytes:
    assert isinstance(value, bytes)  # the tables are STRICT
    return value
