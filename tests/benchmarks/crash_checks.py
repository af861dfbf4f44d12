"""What must hold after any crash, as checks that every crash test shares.

A witness is whoever stood outside and wrote down what the process let out: acknowledged entries, signed checkpoints.
"""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from brightline.crypto.checkpoint import open_checkpoint
from brightline.crypto.note import Verifier
from brightline.domain.agreement import AgreementRef
from brightline.domain.errors import BrightlineError
from brightline.domain.leaf import Kind, Leaf, Outcome, Verdict, short_id
from brightline.domain.record import Entry
from brightline.ledger import verify_directory
from brightline.ledger.service import Ledger
from brightline.ledger.settings import LedgerSettings
from brightline.ledger.verify import DirectoryReader, VerifyError
from brightline.storage import Store

AGREEMENT = AgreementRef("pilot", 1, bytes([7]) * 32, "field")
SEED = bytes([5]) * 32


@dataclass
class Witness:
    """What the process let out before it died: leaf hashes by index, and checkpoints as signed notes."""

    acknowledged: dict[int, bytes] = field(default_factory=dict)
    checkpoints: set[bytes] = field(default_factory=set)


@dataclass
class Found:
    """What a crash did; `lost` entries and `forks` must be none, `unverified` logs and `refused` openings too."""

    crashes: int = 0
    acknowledged: int = 0
    checkpoints: int = 0
    lost: int = 0
    forks: int = 0
    refused: int = 0
    unverified: int = 0
    left_open: int = 0
    unheard: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        return not (self.lost or self.forks or self.refused or self.unverified or self.left_open)


def settings(house: Path) -> LedgerSettings:
    return LedgerSettings(
        operator="acme", agreement=AGREEMENT, log_dir=house / "log", anchor_dir=house / "anchor", publish_seconds=0.05
    )


def make_house(house: Path) -> None:
    (house / "anchor").mkdir(parents=True, exist_ok=True)


def intent(use_id: bytes, blob: bytes) -> Entry:
    leaf = Leaf(
        kind=Kind.INTENT,
        use_id=use_id,
        agreement_digest=AGREEMENT.digest,
        enclave_id=short_id(AGREEMENT.enclave),
        verdict=Verdict.PERMIT,
        ciphertext_hash=bytes([1]) * 32,
    )
    return Entry(leaf.encode(), blob)


def outcome(use_id: bytes, index: int, blob: bytes) -> Entry:
    leaf = Leaf(
        kind=Kind.OUTCOME,
        use_id=use_id,
        reference=index,
        agreement_digest=AGREEMENT.digest,
        enclave_id=short_id(AGREEMENT.enclave),
        outcome=Outcome.COMPLETE,
        ciphertext_hash=bytes([1]) * 32,
    )
    return Entry(leaf.encode(), blob)


def lost_entries(ledger: Ledger, acknowledged: Mapping[int, bytes]) -> list[int]:
    """The acknowledged entries that are not at their index with their hash."""
    lost = []
    for index, hash_ in acknowledged.items():
        if index >= ledger.size or ledger.entry(index).appended.leaf_hash != hash_:
            lost.append(index)
    return lost


def forked_checkpoints(ledger: Ledger, notes: Iterable[bytes]) -> list[int]:
    """The sizes of signed checkpoints that are no prefix of the log."""
    verifier = Verifier.parse(ledger.vkey)
    forked = []
    for note in notes:
        checkpoint, _ = open_checkpoint(note, [verifier])
        if checkpoint.size > ledger.size or ledger.root_at(checkpoint.size) != checkpoint.root:
            forked.append(checkpoint.size)
    return forked


def _unheard(ledger: Ledger, witness: Witness) -> int:
    """Uses' entries that are durable though nobody was told; recovery's own do not count."""
    own = {Kind.GENESIS, Kind.AGREEMENT, Kind.ABANDONED}
    first = max(witness.acknowledged, default=0) + 1
    return sum(ledger.entry(index).leaf[1] not in own for index in range(first, ledger.size))


async def examine(house: Path, witness: Witness, found: Found) -> None:
    """Open what a crash left, hold it against `witness`, close it, and verify the directory."""
    found.crashes += 1
    found.acknowledged += len(witness.acknowledged)
    found.checkpoints += len(witness.checkpoints)
    try:
        store = Store.open(house, create=True)
        ledger = Ledger.open(store, seed=SEED, settings=settings(house), loop=asyncio.get_running_loop())
    except BrightlineError as error:
        found.refused += 1
        found.lost += len(witness.acknowledged)
        found.faults.append(f"open: {error.code}")
        return
    state = ledger.state()
    if not state.ready:
        found.refused += 1
        found.lost += len(witness.acknowledged)
        found.faults.append(f"state: {state.error}")
        await ledger.close()
        return
    found.lost += len(lost_entries(ledger, witness.acknowledged))
    found.forks += len(forked_checkpoints(ledger, witness.checkpoints))
    found.left_open += ledger.metrics().open_intents
    found.unheard += _unheard(ledger, witness)
    await ledger.append(intent(bytes(16), b"after"))
    vkey, directory = ledger.vkey, ledger.directory
    await ledger.close()
    try:
        verify_directory(DirectoryReader(directory), vkey)
    except VerifyError as error:
        found.unverified += 1
        found.faults.append(str(error))
