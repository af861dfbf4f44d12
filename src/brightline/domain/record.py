"""What rooms hand to the ledger for one entry, and what they get back."""

from dataclasses import dataclass, field
from enum import IntEnum


class Group(IntEnum):
    """A disclosure group of a sealed record, opened one by one (the five of the design)."""

    CONTENT = 1
    WHO = 2
    MISSION = 3
    DECISION = 4
    MODEL = 5


@dataclass(frozen=True, slots=True)
class SealedRecord:
    """A record sealed for the store: `blob` is stored, the two digests go into the leaf."""

    blob: bytes = field(repr=False)
    commitment: bytes
    ciphertext_hash: bytes


@dataclass(frozen=True, slots=True)
class IdempotencyClaim:
    """A caller's idempotency key: digests of (principal, key) and of the body, 32 bytes each."""

    scope: bytes
    body: bytes


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry to append: an encoded leaf whose time the sequencer stamps, and its sealed record if any."""

    leaf: bytes
    blob: bytes | None = field(default=None, repr=False)
    idempotency: IdempotencyClaim | None = None


@dataclass(frozen=True, slots=True)
class Appended:
    """An entry that is durable: its index in the log, its RFC 6962 leaf hash, its stamped time."""

    index: int
    leaf_hash: bytes
    time_ms: int
