"""A ledger's parts over a real store in a fresh directory, with a clock and disks that a test sets."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import pytest

from brightline.domain.agreement import AgreementRef
from brightline.domain.errors import BrightlineError
from brightline.domain.leaf import Kind, Leaf, Outcome, Verdict, short_id
from brightline.domain.record import Entry, IdempotencyClaim
from brightline.ledger.files import LocalFiles
from brightline.ledger.ports import Room
from brightline.ledger.service import Ledger
from brightline.ledger.settings import LedgerSettings, Machine
from brightline.ledger.writer import Writer
from brightline.storage import Store

T = TypeVar("T")
AGREEMENT = AgreementRef("pilot", 1, bytes([7]) * 32, "field")
SEED = bytes([5]) * 32
NOON = 1_795_000_000_000


@dataclass
class SetClock:
    """Clocks that stand until a test moves them."""

    wall: int = NOON
    monotonic: int = 1000

    def wall_ms(self) -> int:
        return self.wall

    def monotonic_ms(self) -> int:
        return self.monotonic

    def pass_ms(self, duration: int) -> None:
        self.wall += duration
        self.monotonic += duration


@dataclass
class SetSpace:
    """Disks as a test says."""

    free: int = 10**12
    writable: bool = True

    def read(self, path: Path) -> Room:
        return Room(self.free, self.writable)


@dataclass
class House:
    """A data directory, and everything a ledger in it is opened with."""

    path: Path
    clock: SetClock = field(default_factory=SetClock)
    space: SetSpace = field(default_factory=SetSpace)
    files: LocalFiles = field(default_factory=LocalFiles)
    agreement: AgreementRef = AGREEMENT
    seed: bytes = SEED
    anchored: bool = True

    @property
    def machine(self) -> Machine:
        return Machine(self.clock, self.space, self.files)

    @property
    def settings(self) -> LedgerSettings:
        anchor = self.path / "anchor"
        anchor.mkdir(exist_ok=True)
        return LedgerSettings(
            operator="acme",
            agreement=self.agreement,
            log_dir=self.path / "log",
            anchor_dir=anchor if self.anchored else None,
            watermark_bytes=1000,
            publish_seconds=3600,
        )

    @property
    def log(self) -> Path:
        return self.path / "log" / "pilot" / "field" / "1"

    def store(self) -> Store:
        return Store.open(self.path, create=True)

    def writer(self) -> Writer:
        writer = Writer(self.store(), seed=self.seed, settings=self.settings, machine=self.machine)
        writer.open()
        return writer

    def open(self, store: Store, loop: asyncio.AbstractEventLoop) -> Ledger:
        """The ledger in `store`, which is let go when it cannot be opened."""
        try:
            return Ledger.open(store, seed=self.seed, settings=self.settings, loop=loop, machine=self.machine)
        except BrightlineError:
            store.abandon()
            raise

    def run(self, story: Callable[[Ledger], Coroutine[object, object, T]]) -> T:
        """Open a ledger, let `story` run on it, and close it."""

        async def told() -> T:
            ledger = self.open(self.store(), asyncio.get_running_loop())
            try:
                return await story(ledger)
            finally:
                await ledger.close()

        return asyncio.run(told())


@pytest.fixture
def house(tmp_path: Path) -> House:
    path = tmp_path / "house"
    path.mkdir()
    return House(path)


def leaf_of(kind: Kind, **fields: object) -> Leaf:
    return Leaf(kind=kind, agreement_digest=AGREEMENT.digest, enclave_id=short_id("field"), **fields)  # type: ignore[arg-type]


def intent(use: int = 1, *, claim: IdempotencyClaim | None = None) -> Entry:
    leaf = leaf_of(Kind.INTENT, use_id=use.to_bytes(16, "big"), verdict=Verdict.PERMIT, ciphertext_hash=bytes([1]) * 32)
    return Entry(leaf.encode(), b"sealed", claim)


def outcome(index: int, use: int = 1, **fields: object) -> Entry:
    fields = {"outcome": Outcome.COMPLETE, **fields}
    return Entry(leaf_of(Kind.OUTCOME, use_id=use.to_bytes(16, "big"), reference=index, **fields).encode())


def refusal(use: int = 1) -> Entry:
    return Entry(leaf_of(Kind.REFUSAL, use_id=use.to_bytes(16, "big"), verdict=Verdict.FORBID).encode())
