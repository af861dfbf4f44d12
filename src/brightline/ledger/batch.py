"""One group of entries on its way into one transaction.

INVARIANT: an entry that `verify` would refuse is refused here, before it has an index.
"""

import hashlib
from collections.abc import Sequence

from brightline.domain.leaf import LEAF_BYTES, NO_REFERENCE, VERSION, Flag, Kind, Outcome, Verdict
from brightline.domain.record import Appended, Entry
from brightline.ledger.errors import AgreementChangedError, EntryRefusedError
from brightline.ledger.layout import (
    CIPHERTEXT,
    FLAGS_END,
    KIND,
    MARK_EVERY,
    OUTCOME,
    REFERENCE,
    TIME,
    USE,
    VERDICT,
    agreement_of,
    enclave_of,
    reference_of,
    use_of,
)
from brightline.ledger.shard_log import OpenIntent, ShardLog
from brightline.storage import Mark

_NO_REFERENCE = NO_REFERENCE.to_bytes(8, "big")
_NO_BLOB = bytes(32)
_KINDS = frozenset(map(int, Kind))
# Plain numbers: comparing with a member of an enumeration costs ten times as much, for every entry.
_GENESIS, _AGREEMENT, _INTENT, _REFUSAL = map(int, (Kind.GENESIS, Kind.AGREEMENT, Kind.INTENT, Kind.REFUSAL))
_OUTCOME, _ABANDONED, _PERMIT = int(Kind.OUTCOME), int(Kind.ABANDONED), int(Verdict.PERMIT)
_METER, _AUTHORITY = int(Kind.METER), int(Kind.AUTHORITY)
# What goes with a use and says what it touched; an authority that refers to nothing is registered or revoked.
_COUNTED = frozenset({_METER, _AUTHORITY})
# What brings an agreement into force, and what ends under the agreement that its use began under.
_BINDING_ITSELF = frozenset({_GENESIS, _AGREEMENT, _OUTCOME, _ABANDONED, _METER})
# What is said of a hold, which it refers to.
_HOLD = int(Kind.HOLD)
_OF_HOLDS = frozenset(map(int, (Kind.SIGN_OFF, Kind.EXECUTION, Kind.BREAK_GLASS, Kind.REVIEW, Kind.DECOY)))
_VOTES = frozenset(map(int, (Kind.SIGN_OFF, Kind.BREAK_GLASS)))
_VOTED = frozenset(map(int, (Verdict.PERMIT, Verdict.FORBID)))
_HELD = int(Verdict.HOLD)
_REVIEW, _FORK = int(Kind.REVIEW), int(Flag.FORK)
_UNSIGNED = int(Flag.UNSIGNED_AGREEMENT)
_NONE_YET, _ENDED_ABANDONED = int(Outcome.NONE), int(Outcome.ABANDONED)


class Batch:
    """The entries of one group, on their way into one transaction."""

    def __init__(self, log: ShardLog, time_ms: int) -> None:
        self._log = log
        self._time_ms = time_ms
        self._stamp = time_ms.to_bytes(8, "big")
        self._first = log.tree.size
        self._leaves: list[bytes] = []
        self._blobs: list[tuple[int, bytes]] = []
        self._blob_bytes = 0
        self._claims: dict[bytes, int] = {}
        self._ended: list[tuple[bytes, int]] = []

    def add(self, entry: Entry) -> Appended:
        """Give `entry` its index, time and hash; raises `EntryRefusedError`."""
        log, leaf, blob = self._log, entry.leaf, entry.blob
        fault = _fault_of(leaf, log, sealed=blob is not None)
        kind = leaf[KIND] if not fault else 0
        if kind in _OF_HOLDS or kind == _HOLD:
            fault = self._hold_fault(kind, leaf)
        elif kind == _METER or (kind == _AUTHORITY and leaf[REFERENCE : REFERENCE + 8] != _NO_REFERENCE):
            fault = self._meter_fault(leaf)
            kind = _METER
        if not fault and entry.meter is not None:
            fault = _joined_fault(leaf, entry.meter, log)
        if fault:
            raise EntryRefusedError("ledger/bad-leaf", what=fault)
        index = log.tree.size
        if kind not in _BINDING_ITSELF and agreement_of(leaf) != log.agreement:
            raise AgreementChangedError
        if kind == _INTENT:
            self._open(index, leaf, entry)
        elif kind in (_OUTCOME, _ABANDONED):
            self._close(index, leaf)
        elif kind in (_GENESIS, _AGREEMENT):
            log.agreement = agreement_of(leaf)
            log.enclave = enclave_of(leaf)
            log.settings.set(log.agreement_name, log.agreement)
        appended = self._push(leaf, blob)
        if entry.meter is not None:
            meter = entry.meter.leaf
            self._push(meter[:REFERENCE] + index.to_bytes(8, "big") + meter[REFERENCE + 8 :], entry.meter.blob)
        return appended

    def _push(self, leaf: bytes, blob: bytes | None) -> Appended:
        """Give a sound leaf its place."""
        index = self._log.tree.size
        stamped = leaf[:TIME] + self._stamp + leaf[USE:]
        hash_ = hashlib.sha256(b"\x00" + stamped).digest()
        self._log.tree.push(hash_)
        self._leaves.append(stamped)
        if blob is not None:
            self._blobs.append((index, blob))
            self._blob_bytes += len(blob)
        return Appended(index, hash_, self._time_ms)

    def _meter_fault(self, leaf: bytes) -> str:
        """Why `verify` would refuse a meter entry that goes with no other, or nothing."""
        at = leaf[REFERENCE : REFERENCE + 8]
        opened = None if at == _NO_REFERENCE else self._log.open_intents.get(reference_of(leaf))
        return "" if opened is not None and opened.use == use_of(leaf) else "it is of no use that is open"

    def _hold_fault(self, kind: int, leaf: bytes) -> str:
        """Why `verify` would refuse an entry of or about a hold, or nothing."""
        if kind == _HOLD:
            return "" if leaf[VERDICT] == _HELD else "it is a hold of what was not held"
        if kind in _VOTES and leaf[VERDICT] not in _VOTED:
            return "it is a vote for neither side"
        if leaf[REFERENCE : REFERENCE + 8] == _NO_REFERENCE:
            return "it does not say of which hold it is"
        at = reference_of(leaf)
        there = self._leaves[at - self._first] if at >= self._first else self._log.entries.leaves(at, at + 1)[0]
        if there[KIND] == _HOLD:
            return ""
        # Glass that was broken before a fork is reviewed after it, and the review refers to the fork.
        forked = kind == _REVIEW and there[KIND] == _GENESIS and there[FLAGS_END] & _FORK
        return "" if forked else "it refers to an entry that is no hold"

    def _open(self, index: int, leaf: bytes, entry: Entry) -> None:
        claim = entry.idempotency
        if claim is None:
            self._log.open_intents[index] = OpenIntent(use_of(leaf))
            return
        if claim.scope in self._claims or self._log.claims.find(claim.scope) is not None:
            raise EntryRefusedError("ledger/claim-taken")
        self._claims[claim.scope] = index
        self._log.claims.add(claim, index)
        self._log.open_intents[index] = OpenIntent(use_of(leaf), claim.scope)

    def _close(self, index: int, leaf: bytes) -> None:
        reference = reference_of(leaf)
        opened = self._log.open_intents.get(reference)
        if opened is None or opened.use != use_of(leaf):
            raise EntryRefusedError("ledger/not-open", index=reference)
        del self._log.open_intents[reference]
        if opened.claim is not None:
            self._ended.append((opened.claim, index))

    @property
    def next_index(self) -> int:
        """The index that the next entry gets."""
        return self._log.tree.size

    @property
    def count(self) -> int:
        """How many entries the group has."""
        return len(self._leaves)

    @property
    def bytes(self) -> int:
        """How many bytes of leaves and records the group has."""
        return LEAF_BYTES * len(self._leaves) + self._blob_bytes

    def store(self) -> None:
        """Write the rows, within the caller's transaction."""
        log = self._log
        if not self._leaves:
            return
        log.entries.add_leaves(self._first, self._leaves)
        if self._blobs:
            log.entries.add_sealed(self._blobs)
        if log.tree.complete:
            log.entries.add_tiles(log.tree.complete)
            log.tree.complete = []
        for claim, index in self._ended:
            log.claims.end(claim, index)
        if log.tree.size - log.marked >= MARK_EVERY:
            log.marked = log.tree.size
            log.entries.set_mark(Mark(log.marked, log.packed_intents()))
        log.last_ms = self._time_ms


def _fault_of(leaf: bytes, log: ShardLog, *, sealed: bool) -> str:
    """Why `verify` would refuse this leaf as the next one, or nothing."""
    if len(leaf) != LEAF_BYTES or leaf[0] != VERSION or leaf[KIND] not in _KINDS:
        return "it is no leaf of this version"
    if sealed is (leaf[CIPHERTEXT : CIPHERTEXT + 32] == _NO_BLOB):
        return "its record and its ciphertext hash do not go together"
    kind = leaf[KIND]
    if (kind == _GENESIS) is not (log.tree.size == 0):
        return "a genesis opens a log, and nothing else does"
    if kind != _GENESIS and enclave_of(leaf) != log.enclave:
        return "it belongs to another enclave"
    if kind in (_OUTCOME, _ABANDONED):
        return _ending_fault(kind, leaf[OUTCOME])
    return _other_fault(kind, leaf, log)


def _joined_fault(leaf: bytes, meter: Entry, log: ShardLog) -> str:
    """Why `verify` would refuse `meter` right after `leaf`, or nothing."""
    if len(meter.leaf) != LEAF_BYTES or meter.leaf[KIND] not in _COUNTED or use_of(meter.leaf) != use_of(leaf):
        return "what goes with it is no meter entry of its use"
    return _fault_of(meter.leaf, log, sealed=meter.blob is not None)


def _ending_fault(kind: int, outcome: int) -> str:
    wrong = outcome == _NONE_YET or (outcome == _ENDED_ABANDONED) is not (kind == _ABANDONED)
    return "its outcome is not one of its kind" if wrong else ""


def _other_fault(kind: int, leaf: bytes, log: ShardLog) -> str:
    if leaf[OUTCOME] != _NONE_YET:
        return "it has an outcome before its end"
    if kind == _INTENT and leaf[VERDICT] != _PERMIT:
        return "it is an intent that was not permitted"
    if kind == _REFUSAL and leaf[VERDICT] == _PERMIT:
        return "it is a refusal of what was permitted"
    if leaf[REFERENCE : REFERENCE + 8] != _NO_REFERENCE and reference_of(leaf) >= log.tree.size:
        return "it refers to an entry that is not before it"
    if leaf[FLAGS_END] & _UNSIGNED:
        return "it marks its agreement as unsigned"
    return ""


def write_all(log: ShardLog, entries: Sequence[Entry], time_ms: int) -> tuple[Appended, ...]:
    """Add all of `entries` within the caller's transaction; after `EntryRefusedError` the log must be loaded afresh."""
    batch = Batch(log, time_ms)
    appended = tuple(batch.add(entry) for entry in entries)
    batch.store()
    return appended
