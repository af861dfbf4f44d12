"""What rooms hand to the ledger for one entry, and what they get back.

Named tuples where a use makes several of a kind: a frozen dataclass costs three times as much.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple


class Group(IntEnum):
    """A disclosure group of a sealed record, opened one by one; `METER` stands in records of its own."""

    CONTENT = 1
    WHO = 2
    MISSION = 3
    DECISION = 4
    MODEL = 5
    METER = 6


class SealedRecord(NamedTuple):
    """A record sealed for the store: `blob` is stored, the two digests go into the leaf."""

    blob: bytes
    commitment: bytes
    ciphertext_hash: bytes

    def __repr__(self) -> str:
        return f"SealedRecord({len(self.blob)} bytes, commitment={self.commitment.hex()})"


@dataclass(frozen=True, slots=True)
class IdempotencyClaim:
    """A caller's idempotency key: digests of (principal, key) and of the body, 32 bytes each."""

    scope: bytes
    body: bytes


class Entry(NamedTuple):
    """One entry to append: an encoded leaf whose time the sequencer stamps, and its sealed record if any.

    `meter` is the meter entry of the same use that goes with it: it gets the next index, and refers to it.
    """

    leaf: bytes
    blob: bytes | None = None
    idempotency: IdempotencyClaim | None = None
    meter: "Entry | None" = None

    def __repr__(self) -> str:
        return f"Entry(leaf={self.leaf.hex()}, {len(self.blob or b'')} bytes sealed)"


@dataclass(frozen=True, slots=True)
class Appended:
    """An entry that is durable: its index in the log, its RFC 6962 leaf hash, its stamped time."""

    index: int
    leaf_hash: bytes
    time_ms: int
