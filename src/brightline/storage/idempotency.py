"""Idempotency claims: which entries a caller's key stands for.

A claim is kept as long as the store.
LIMIT: claims lie in the order of a hash, so a log with very many of them pays a little more for each: only callers
that send the header pay.
"""

from dataclasses import dataclass

from brightline.domain.record import IdempotencyClaim
from brightline.storage.connection import Database
from brightline.storage.entries import INDEX_BITS
from brightline.storage.shards import Shard

_INDEX_MASK = 2**INDEX_BITS - 1


@dataclass(frozen=True, slots=True)
class Claimed:
    """What a claim stands for: the digest of its body, its intent in a shard, its outcome once there is one."""

    body: bytes
    shard: int
    intent: int
    outcome: int | None


class IdempotencyStore:
    """Claims of one scope; the digest of (principal, key) is unique beyond it."""

    def __init__(self, database: Database, shard: Shard) -> None:
        self._database = database
        self._shard = shard
        self._first = shard.id << INDEX_BITS

    def find(self, claim: bytes) -> Claimed | None:
        """What is kept under this digest of (principal, key), or none."""
        row = self._database.row("SELECT body, intent, outcome FROM idempotency WHERE claim = ?", (claim,))
        if row is None:
            return None
        body, intent, outcome = row
        assert isinstance(body, bytes)  # the tables are STRICT
        position = int(intent or 0)
        ended = None if outcome is None else int(outcome) & _INDEX_MASK
        return Claimed(body, position >> INDEX_BITS, position & _INDEX_MASK, ended)

    def add(self, claim: IdempotencyClaim, intent: int) -> None:
        """Keep a claim with its intent's index; within a transaction."""
        self._database.write(
            "INSERT INTO idempotency VALUES (?, ?, ?, ?, NULL)",
            (claim.scope, self._shard.scope, claim.body, self._first + intent),
        )

    def end(self, claim: bytes, outcome: int) -> None:
        """Keep the index of the outcome of a claim; within a transaction."""
        self._database.write("UPDATE idempotency SET outcome = ? WHERE claim = ?", (self._first + outcome, claim))
