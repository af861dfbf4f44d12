"""The leaf of the ledger: one fixed binary record per entry, frozen in ADR 0002 and `tests/vectors/leaf.json`.

Layout of version 1, big-endian, 230 bytes:

    offset size field
         0    1 version (1)
         1    1 kind
         2    4 flags (low 16 bits: entry; high 16 bits: red lines)
         6    8 time, UTC milliseconds since 1970
        14   16 use id
        30    8 reference index (all ones: none)
        38   32 commitment, SHA-256(32-byte salt || exact bytes); zeros: none
        70   32 ciphertext hash, SHA-256 of the sealed record; zeros: none
       102   32 agreement digest
       134    8 enclave id, first 8 bytes of SHA-256 of its name
       142    8 label dictionary, first 8 bytes of its SHA-256; zeros: none
       150    2 label
       152    1 decision
       153    1 outcome
       154    4 checks done, one bit each
       158    8 deployment id, first 8 bytes of SHA-256 of its name; zeros: none
       166   16 tag nonce
       182   48 three tags of 16 bytes

INVARIANT: an unknown version, kind, decision, outcome, flag or check refuses; encode(decode(b)) == b.
"""

import hashlib
import struct
from dataclasses import dataclass
from enum import IntEnum, IntFlag

VERSION = 1
NO_REFERENCE = 2**64 - 1
ZERO_8 = bytes(8)
ZERO_16 = bytes(16)
ZERO_32 = bytes(32)
_LAYOUT = struct.Struct(">BBIQ16sQ32s32s32s8s8sHBBI8s16s48s")
LEAF_BYTES = _LAYOUT.size
TIME_OFFSET = 6


class Kind(IntEnum):
    """What an entry records."""

    GENESIS = 1
    AGREEMENT = 2
    KEY = 3
    MISSION = 4
    INTENT = 5
    OUTCOME = 6
    REFUSAL = 7
    ABANDONED = 8
    HOLD = 9
    SIGN_OFF = 10
    EXECUTION = 11
    METER = 12
    AUTHORITY = 13
    OPENING = 14
    SHRED = 15
    EPOCH = 16
    PADDING = 17
    BREAK_GLASS = 18
    REVIEW = 19
    DECOY = 20


class Flag(IntFlag):
    """Facts about an entry, in the low 16 bits."""

    UNSIGNED_AGREEMENT = 1  # reserved: logs of the first release have it; nothing sets it now, and no log takes it
    STREAMED = 2
    WEAK_SECRET = 4
    CLAIMED_AUTHORITY = 8
    CLOCK_ACKNOWLEDGED = 16
    FORK = 32


class Verdict(IntEnum):
    """The decision a leaf records."""

    NONE = 0
    PERMIT = 1
    FORBID = 2
    HOLD = 3
    UNDECIDED = 4


class Outcome(IntEnum):
    """How a use ended."""

    NONE = 0
    COMPLETE = 1
    INCOMPLETE = 2
    SCREENED = 3
    PROVIDER_ERROR = 4
    CANCELLED = 5
    ABANDONED = 6


class Check(IntFlag):
    """Checks that were done; each check writes its own bit."""

    AUTHENTICATED = 1
    MISSION = 2
    RESOLVED = 4
    DESCRIBED = 8
    DECIDED = 16
    TOOLS_SCREENED = 32
    STREAM_COMPLETE = 64
    ACTS_DECIDED = 128


_FLAGS = sum(Flag)
_CHECKS = sum(Check)


def short_id(name: str) -> bytes:
    """The 8-byte id under which a leaf names an enclave or a deployment."""
    return hashlib.sha256(name.encode()).digest()[:8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One entry of the ledger, without contents."""

    kind: Kind
    time_ms: int = 0
    use_id: bytes = ZERO_16
    reference: int = NO_REFERENCE
    commitment: bytes = ZERO_32
    ciphertext_hash: bytes = ZERO_32
    agreement_digest: bytes = ZERO_32
    enclave_id: bytes = ZERO_8
    flags: int = 0
    label_dictionary: bytes = ZERO_8
    label: int = 0
    verdict: Verdict = Verdict.NONE
    outcome: Outcome = Outcome.NONE
    checks: int = 0
    deployment_id: bytes = ZERO_8
    tag_nonce: bytes = ZERO_16
    tags: bytes = bytes(48)

    def encode(self) -> bytes:
        """The leaf's exact bytes."""
        return _LAYOUT.pack(
            VERSION,
            self.kind,
            self.flags,
            self.time_ms,
            self.use_id,
            self.reference,
            self.commitment,
            self.ciphertext_hash,
            self.agreement_digest,
            self.enclave_id,
            self.label_dictionary,
            self.label,
            self.verdict,
            self.outcome,
            self.checks,
            self.deployment_id,
            self.tag_nonce,
            self.tags,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class UseLeaf:
    """What stays the same in the leaves of one use; `encode` adds what differs, without a `Leaf` in between.

    The live call encodes two leaves a use: this is the same layout at a fifth of the cost.
    """

    flags: int
    use_id: bytes
    agreement_digest: bytes
    enclave_id: bytes
    label_dictionary: bytes
    label: int
    deployment_id: bytes
    tag_nonce: bytes
    tags: bytes

    def encode(
        self,
        kind: Kind,
        verdict: Verdict,
        outcome: Outcome,
        *,
        reference: int,
        commitment: bytes,
        ciphertext_hash: bytes,
        checks: int,
    ) -> bytes:
        """The exact bytes of a leaf of this use, its time not yet stamped."""
        return _LAYOUT.pack(
            VERSION,
            kind,
            self.flags,
            0,
            self.use_id,
            reference,
            commitment,
            ciphertext_hash,
            self.agreement_digest,
            self.enclave_id,
            self.label_dictionary,
            self.label,
            verdict,
            outcome,
            checks,
            self.deployment_id,
            self.tag_nonce,
            self.tags,
        )


class LeafError(ValueError):
    """Bytes that are not a leaf of a known version; `what` says why."""


def decode(data: bytes) -> Leaf:
    """The leaf that `data` encodes; raises `LeafError` for any other length, version, kind or unknown bit."""
    if len(data) != LEAF_BYTES:
        raise LeafError(f"a leaf has {LEAF_BYTES} bytes, not {len(data)}")
    fields = _LAYOUT.unpack(data)
    if fields[0] != VERSION:
        raise LeafError(f"unknown leaf version {fields[0]}")
    if fields[2] & ~_FLAGS or fields[14] & ~_CHECKS:
        raise LeafError("unknown flag or check")
    try:
        kind, verdict, outcome = Kind(fields[1]), Verdict(fields[12]), Outcome(fields[13])
    except ValueError as error:
        raise LeafError(str(error)) from error
    return Leaf(
        kind=kind,
        flags=fields[2],
        time_ms=fields[3],
        use_id=fields[4],
        reference=fields[5],
        commitment=fields[6],
        ciphertext_hash=fields[7],
        agreement_digest=fields[8],
        enclave_id=fields[9],
        label_dictionary=fields[10],
        label=fields[11],
        verdict=verdict,
        outcome=outcome,
        checks=fields[14],
        deployment_id=fields[15],
        tag_nonce=fields[16],
        tags=fields[17],
    )


def with_time(encoded: bytes, time_ms: int) -> bytes:
    """The same encoded leaf, stamped with `time_ms` (the sequencer's, which alone knows the last leaf's)."""
    return encoded[:TIME_OFFSET] + time_ms.to_bytes(8, "big") + encoded[TIME_OFFSET + 8 :]
