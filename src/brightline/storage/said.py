"""What the leaves themselves say of holds, and whether the rows beside them say it too.

A row can be taken away by whoever may write the file; the leaf is in the tree. SQLite keeps an index over such leaves,
so that finding what was said of one hold costs the same however long the log is.
LIMIT: whoever takes the leaf away as well is found by `ledger verify` on what was published, and not here.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from brightline.domain.leaf import Kind, Leaf, decode
from brightline.storage.connection import Database
from brightline.storage.entries import INDEX_BITS
from brightline.storage.shards import Shard

_INDEX_MASK = (1 << INDEX_BITS) - 1
# The condition of the index, word for word: SQLite uses the index for nothing else.
_SAID = (
    "((leaf >= X'0109' AND leaf < X'010C') OR (leaf >= X'0112' AND leaf < X'0115') "
    "OR (leaf >= X'0103' AND leaf < X'0104'))"
)
OF_HOLDS = (Kind.SIGN_OFF, Kind.EXECUTION, Kind.BREAK_GLASS, Kind.REVIEW, Kind.DECOY)


@dataclass(frozen=True, slots=True)
class Said:
    """A leaf about a hold or about people: its shard's id, its index there, and its bytes."""

    shard: int
    index: int
    leaf: bytes = field(repr=False)

    @property
    def read(self) -> Leaf:
        """The leaf; raises `LeafError`."""
        return decode(self.leaf)


class SaidStore:
    """The leaves about holds of one scope; `shard` is the one in use."""

    def __init__(self, database: Database, shard: Shard) -> None:
        self._database = database
        self._scope = shard.scope
        self._first = shard.id << INDEX_BITS

    def of_hold(self, index: int) -> list[Said]:
        """What the shard in use says of the hold whose entry has `index`, in order."""
        found = self._find("substr(leaf, 31, 8) = ? AND position >= ? AND position <= ?", OF_HOLDS, self._within(index))
        return sorted(found, key=lambda said: said.index)

    def of_kinds(self, *kinds: Kind) -> list[Said]:
        """Every leaf of these kinds in every shard of the scope, the oldest first; for kinds of which there are few."""
        return sorted(self._find("TRUE", kinds, ()), key=lambda said: (said.shard, said.index))

    def holds(self, *, start: int, limit: int) -> list[Said]:
        """The leaves of holds of the shard in use below index `start`, the newest first."""
        return self._find(
            "position >= ? AND position < ? ORDER BY position DESC LIMIT ?",
            (Kind.HOLD,),
            (self._first, self._first + start, limit),
        )

    def entry(self, shard: int, index: int) -> tuple[bytes, bytes | None] | None:
        """An entry of the shard with the id `shard`, or none: its leaf, and its sealed record if it has one."""
        found = self._database.row(
            "SELECT leaf, blob FROM leaves LEFT JOIN sealed USING (position) WHERE position = ? AND leaves.scope = ?",
            (shard << INDEX_BITS | index, self._scope),
        )
        if found is None:
            return None
        leaf, blob = found
        assert isinstance(leaf, bytes)  # the tables are STRICT
        return leaf, blob if isinstance(blob, bytes) else None

    def _within(self, reference: int) -> Sequence[int | bytes]:
        return reference.to_bytes(8, "big"), self._first, self._first | _INDEX_MASK

    def _find(self, condition: str, kinds: Collection[Kind], values: Sequence[int | bytes]) -> list[Said]:
        marks = ", ".join("?" * len(kinds))
        rows = self._database.rows(
            f"SELECT position, leaf FROM leaves WHERE {_SAID} AND scope = ? "  # noqa: S608 - constants
            f"AND substr(leaf, 2, 1) IN ({marks}) AND {condition}",
            (self._scope, *(bytes([kind]) for kind in kinds), *values),
        )
        found = []
        for at, leaf in rows:
            assert isinstance(at, int)  # the tables are STRICT
            assert isinstance(leaf, bytes)
            found.append(Said(at >> INDEX_BITS, at & _INDEX_MASK, leaf))
        return found

    # Beside the rows

    def differs(self, index: int) -> bool:
        """Whether the shard in use says something of the hold at `index` that no row says.

        Rows that say more are no matter: whoever reads one holds it against its leaf.
        """
        # With nobody writing in between, or what was just taken would seem to be missing.
        with self._database.lock:
            said = self.of_hold(index)
            rows = self._rows(index) if said else frozenset()
        return any(self._row_of(each) not in rows for each in said if each.leaf[1] != Kind.REVIEW)

    def _rows(self, index: int) -> frozenset[tuple[str, int, bytes]]:
        """What the rows say of the hold: which table, the entry's index, and the digest where the table has it."""
        rows = self._database.rows(
            "SELECT 'statement', position, X'' FROM statements WHERE hold = ?1 UNION ALL "
            "SELECT 'receipt', position, digest FROM receipts WHERE hold = ?1 UNION ALL "
            "SELECT 'decoy', opened, X'' FROM decoys WHERE hold = ?1",
            (self._first + index,),
        )
        return frozenset(
            (str(table), int(at or 0) & _INDEX_MASK, digest if isinstance(digest, bytes) else b"")
            for table, at, digest in rows
        )

    def _row_of(self, said: Said) -> tuple[str, int, bytes]:
        """What a row says where it says what the leaf does."""
        leaf = said.read
        if leaf.kind is Kind.EXECUTION:
            return "receipt", said.index, leaf.commitment
        return "decoy" if leaf.kind is Kind.DECOY else "statement", said.index, b""
