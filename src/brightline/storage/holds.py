"""Rows of holds: where each stands in the log, in which queues it waits, and which entries people's statements are in.

What is held and what was signed lies sealed in the log's own records; here is only what finds it again.
INVARIANT: a row is written in the transaction of its entry. What a row says is a hint: whoever lets something pass
builds the approval anew from what people signed.
INVARIANT: a page of a queue, and the holds of one principal, are read by index: the cost does not grow with the rest.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import IntEnum
from heapq import merge
from itertools import islice

from brightline.storage.connection import Database, Row
from brightline.storage.entries import INDEX_BITS
from brightline.storage.shards import Shard

_INDEX_MASK = (1 << INDEX_BITS) - 1
_COLUMNS = "position, hold, binding, use, principal, state, opened_ms, expires_ms, begun, outcome, summary"


class RowState(IntEnum):
    """Where a row says that its hold stands."""

    OPEN = 1
    APPROVED = 2
    DENIED = 3
    REVOKED = 4
    STARTED = 5
    ENDED = 6
    EXPIRED = 7


_STATES = frozenset(map(int, RowState))


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldRow:
    """A hold's row: indexes are of its shard, `principal` is a tag, `summary` a sealed record for lists."""

    index: int
    hold: bytes
    binding: bytes
    use: bytes
    principal: bytes
    state: RowState
    opened_ms: int
    expires_ms: int
    begun: int | None
    outcome: int | None
    summary: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class NewHold:
    """A hold to add; `roles` are the tags of the queues in which it waits, `content` a sealed record."""

    hold: bytes
    binding: bytes
    use: bytes
    principal: bytes
    opened_ms: int
    expires_ms: int
    roles: Collection[bytes]
    summary: bytes
    content: bytes


@dataclass(frozen=True, slots=True)
class StatementRow:
    """Where a statement stands, of which hold it is, and when it was taken (UTC milliseconds)."""

    index: int
    hold: int
    taken_ms: int


@dataclass(frozen=True, slots=True)
class EarlierHold:
    """Where a hold of an earlier shard has its entry: the shard's id, and the index there."""

    shard: int
    index: int


@dataclass(frozen=True, slots=True)
class OpenHolds:
    """How many holds are open, and since when the oldest is (UTC milliseconds, none without one)."""

    count: int
    oldest_ms: int | None


class HoldStore:
    """The holds of one shard; indexes are of its entries. What writes does so within a transaction of the caller's."""

    def __init__(self, database: Database, shard: Shard) -> None:
        self._database = database
        self._scope = shard.scope
        self._first = shard.id << INDEX_BITS

    def transaction(self) -> AbstractContextManager[None]:
        """What is written within is durable, all of it, when this ends without an error."""
        return self._database.transaction()

    # Holds

    def add(self, index: int, new: NewHold) -> None:
        """Keep a hold whose entry has `index`."""
        at = self._first + index
        self._database.write(
            "INSERT INTO holds VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL, ?)",
            (
                at,
                self._scope,
                new.hold,
                new.binding,
                new.use,
                new.principal,
                int(RowState.OPEN),
                new.opened_ms,
                new.expires_ms,
                new.summary,
            ),
        )
        self._database.write("INSERT INTO hold_contents VALUES (?, ?, ?)", (at, self._scope, new.content))
        self._database.write_many(
            "INSERT INTO hold_queues VALUES (?, ?, ?, ?)",
            [(self._scope, role, new.expires_ms, at) for role in sorted(set(new.roles))],
        )

    def find(self, hold: bytes) -> HoldRow | None:
        """The hold with this id (16 bytes)."""
        return self._one("hold = ?", hold)

    def find_earlier(self, hold: bytes) -> EarlierHold | None:
        """Where the hold with this id, or of the binding with this digest, stands in an earlier shard of the scope."""
        found = self._database.value(
            "SELECT position FROM holds WHERE (hold = ?1 OR binding = ?1) AND scope = ?2 AND position < ?3",
            (hold, self._scope, self._first),
        )
        return EarlierHold(int(found) >> INDEX_BITS, self._index(found)) if isinstance(found, int) else None

    def at(self, index: int) -> HoldRow | None:
        """The hold whose entry has `index`."""
        return self._one("position = ?", self._first + index)

    def of_binding(self, digest: bytes) -> HoldRow | None:
        """The hold of the binding with this digest (32 bytes)."""
        return self._one("binding = ?", digest)

    def of_use(self, use: bytes) -> list[HoldRow]:
        """The holds of a use, in the order in which they were placed."""
        return self._many("use = ? ORDER BY position", (use,))

    def content(self, index: int) -> bytes | None:
        """The sealed record beside the hold."""
        found = self._database.value("SELECT blob FROM hold_contents WHERE position = ?", (self._first + index,))
        return None if found is None else _bytes(found)

    def turn(self, index: int, before: Collection[RowState], after: RowState) -> bool:
        """Bring the hold to `after`, if it is in one of `before`; false, and nothing is changed, if it is not."""
        row = self.at(index)
        if row is None or row.state not in before:
            return False
        at = self._first + index
        self._database.write("UPDATE holds SET state = ? WHERE position = ?", (int(after), at))
        if row.state is RowState.OPEN:
            self._leave_queues(at)
        return True

    def begin(self, index: int, begun: int) -> bool:
        """As `turn` to `STARTED`, and keep the index of the entry that started it."""
        if not self.turn(index, (RowState.OPEN, RowState.APPROVED), RowState.STARTED):
            return False
        self._database.write("UPDATE holds SET begun = ? WHERE position = ?", (begun, self._first + index))
        return True

    def finish(self, index: int, outcome: int) -> None:
        """Keep the index of the outcome of a started hold."""
        if self.turn(index, (RowState.STARTED,), RowState.ENDED):
            self._database.write("UPDATE holds SET outcome = ? WHERE position = ?", (outcome, self._first + index))

    def _leave_queues(self, at: int) -> None:
        self._database.write("DELETE FROM hold_queues WHERE position = ?", (at,))

    # Lists

    def page(self, roles: Collection[bytes], *, now_ms: int, skip: int, limit: int) -> list[HoldRow]:
        """Open holds in the queues of `roles`, the soonest to expire first: `limit` of them after the first `skip`."""
        queues = [
            self._database.rows(
                "SELECT expires_ms, position FROM hold_queues WHERE scope = ? AND role = ? AND expires_ms > ? "
                "ORDER BY expires_ms, position LIMIT ?",
                (self._scope, role, now_ms, skip + limit),
            )
            for role in sorted(set(roles))
        ]
        # A hold waits in each of its queues, and is listed once.
        ordered = dict.fromkeys(int(row[1] or 0) for row in merge(*queues))
        found = [self._one("position = ?", at) for at in islice(ordered, skip, skip + limit)]
        return [row for row in found if row is not None]

    def latest(self, *, start: int, limit: int) -> list[HoldRow]:
        """Holds of any state below index `start`, the newest first."""
        return self._many(
            "position >= ? AND position < ? ORDER BY position DESC LIMIT ?",
            (self._first, self._first + start, limit),
        )

    def overdue(self, *, now_ms: int, limit: int) -> list[HoldRow]:
        """Holds whose row says that they are open, though their time is over."""
        return self._many(
            "scope = ? AND state = ? AND expires_ms <= ? ORDER BY expires_ms LIMIT ?",
            (self._scope, int(RowState.OPEN), now_ms, limit),
        )

    def open_of(self, principal: bytes, *, now_ms: int, most: int) -> int:
        """How many open holds a principal has, counted up to `most`."""
        return self._count(
            "SELECT 1 FROM holds WHERE scope = ? AND principal = ? AND state = ? AND expires_ms > ?",
            (self._scope, principal, int(RowState.OPEN), now_ms),
            most,
        )

    def queued(self, role: bytes, *, now_ms: int, most: int) -> int:
        """How many open holds wait for a role, counted up to `most`."""
        return self._count(
            "SELECT 1 FROM hold_queues WHERE scope = ? AND role = ? AND expires_ms > ?",
            (self._scope, role, now_ms),
            most,
        )

    def open_holds(self, *, now_ms: int) -> OpenHolds:
        """What is open now; reads the index of all open holds, so it is for a scrape and not for a page."""
        row = self._database.row(
            "SELECT count(*), min(opened_ms) FROM holds WHERE scope = ? AND state = ? AND expires_ms > ?",
            (self._scope, int(RowState.OPEN), now_ms),
        )
        count, oldest = row or (0, None)
        return OpenHolds(int(count or 0), None if oldest is None else int(oldest))

    def states(self) -> dict[RowState, int]:
        """How many holds the rows put in each state."""
        rows = self._database.rows("SELECT state, count(*) FROM holds WHERE scope = ? GROUP BY state", (self._scope,))
        found = Counter[RowState]()
        for state, count in rows:
            found[_state(state)] += int(count or 0)
        return dict(found)

    # Statements

    def add_statement(self, index: int, *, hold: int, person: bytes, taken_ms: int, vote: bool) -> None:
        """Keep that the entry at `index` holds a statement of `person` (a tag) on a hold."""
        self._database.write(
            "INSERT INTO statements VALUES (?, ?, ?, ?, ?, ?)",
            (self._first + index, self._scope, self._first + hold, person, taken_ms, int(vote)),
        )

    def statements(self, hold: int) -> list[int]:
        """The indexes of the statements on a hold, in the order in which they were taken."""
        rows = self._database.rows(
            "SELECT position FROM statements WHERE hold = ? ORDER BY position", (self._first + hold,)
        )
        return [self._index(row[0]) for row in rows]

    def has_voted(self, hold: int, person: bytes) -> bool:
        """Whether there is a vote of `person` on a hold."""
        found = self._database.value(
            "SELECT 1 FROM statements WHERE hold = ? AND person = ? AND vote = 1", (self._first + hold, person)
        )
        return found is not None

    def taken_of(self, person: bytes, *, since_ms: int, most: int) -> int:
        """How many statements of `person` were taken since then, counted up to `most`."""
        return self._count(
            "SELECT 1 FROM statements WHERE scope = ? AND person = ? AND taken_ms > ?",
            (self._scope, person, since_ms),
            most,
        )

    def all_statements(self, *, since: int = 0) -> list[StatementRow]:
        """Every statement from index `since` on."""
        rows = self._database.rows(
            "SELECT position, hold, taken_ms FROM statements WHERE position >= ? AND position <= ? ORDER BY position",
            (self._first + since, self._first | _INDEX_MASK),
        )
        return [StatementRow(self._index(at), self._index(hold), int(taken or 0)) for at, hold, taken in rows]

    # Evidence

    def open_evidence(self, hold: int, person: bytes, sha256: bytes, *, now_ms: int) -> None:
        """Keep that `person` opened an item; a transaction of its own, or the caller's."""
        with self._database.transaction():
            self._database.write(
                "INSERT OR IGNORE INTO evidence_opened VALUES (?, ?, ?, ?, ?)",
                (self._first + hold, person, sha256, self._scope, now_ms),
            )

    def evidence_opened(self, hold: int, person: bytes) -> frozenset[bytes]:
        """The digests of the items that `person` opened."""
        rows = self._database.rows(
            "SELECT sha256 FROM evidence_opened WHERE hold = ? AND person = ?", (self._first + hold, person)
        )
        return frozenset(_bytes(row[0]) for row in rows)

    # Receipts

    def add_receipt(self, index: int, *, hold: int, digest: bytes) -> None:
        """Keep that the entry at `index` holds a receipt of a hold, by its digest."""
        self._database.write(
            "INSERT INTO receipts VALUES (?, ?, ?, ?)", (self._first + index, self._scope, self._first + hold, digest)
        )

    def receipts(self, hold: int) -> dict[bytes, int]:
        """The receipts of a hold: the index of the entry by the digest."""
        rows = self._database.rows(
            "SELECT digest, position FROM receipts WHERE hold = ? ORDER BY position", (self._first + hold,)
        )
        return {_bytes(digest): self._index(at) for digest, at in rows}

    # Decoys

    def open_decoy(self, hold: int, *, opened: int) -> None:
        """Keep that the entry at index `opened` says that a hold was a decoy; the first of a hold counts."""
        self._database.write(
            "INSERT OR IGNORE INTO decoys VALUES (?, ?, ?)", (self._first + hold, self._scope, self._first + opened)
        )

    def is_opened(self, hold: int) -> bool:
        """Whether an entry says that the hold was a decoy."""
        return self._database.value("SELECT 1 FROM decoys WHERE hold = ?", (self._first + hold,)) is not None

    def decoys(self) -> dict[int, int]:
        """The decoys that were opened: the index of the opening by that of the hold."""
        rows = self._database.rows(
            "SELECT hold, opened FROM decoys WHERE hold >= ? AND hold <= ?", (self._first, self._first | _INDEX_MASK)
        )
        return {self._index(hold): self._index(opened) for hold, opened in rows}

    def _index(self, position: object) -> int:
        assert isinstance(position, int)  # the tables are STRICT
        return position & _INDEX_MASK

    def _count(self, sql: str, values: Sequence[int | bytes], most: int) -> int:
        found = self._database.value(f"SELECT count(*) FROM ({sql} LIMIT ?)", (*values, most))  # noqa: S608 - constants
        return found if isinstance(found, int) else 0

    def _one(self, condition: str, value: int | bytes) -> HoldRow | None:
        found = self._many(condition, (value,))
        return found[0] if found else None

    def _many(self, condition: str, values: Sequence[int | bytes]) -> list[HoldRow]:
        rows = self._database.rows(f"SELECT {_COLUMNS} FROM holds WHERE {condition}", values)  # noqa: S608 - constants
        # A hold of an earlier shard has an entry that this log does not hold: it is none of ours.
        return [self._row(row) for row in rows if int(row[0] or 0) & ~_INDEX_MASK == self._first]

    def _row(self, row: Row) -> HoldRow:
        at, hold, binding, use, principal, state, opened, expires, begun, outcome, summary = row
        return HoldRow(
            index=self._index(at),
            hold=_bytes(hold),
            binding=_bytes(binding),
            use=_bytes(use),
            principal=_bytes(principal),
            state=_state(state),
            opened_ms=int(opened or 0),
            expires_ms=int(expires or 0),
            begun=None if begun is None else int(begun),
            outcome=None if outcome is None else int(outcome),
            summary=_bytes(summary),
        )


def _state(value: object) -> RowState:
    """The state; one that there is not was written by hand, and lets nothing pass."""
    return RowState(value) if value in _STATES else RowState.REVOKED


def _bytes(value: object) -> bytes:
    assert isinstance(value, bytes)  # the tables are STRICT
    return value
