"""The ledger: `append` an entry and it is durable, or refused; everything else is looking at what was appended."""

import asyncio
import contextlib
import threading
from asyncio import AbstractEventLoop
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from brightline.crypto.merkle import inclusion_path, leaf_hash
from brightline.crypto.tlog_proof import TlogProof
from brightline.domain.agreement import AgreementRef
from brightline.domain.errors import BrightlineError
from brightline.domain.leaf import Kind, decode
from brightline.domain.record import Appended, Entry
from brightline.ledger import layout
from brightline.ledger.errors import LedgerUnavailableError, LogFaultError, NoEntryError
from brightline.ledger.public_record import abandoned_entry
from brightline.ledger.sequencer import Sequencer, Waiting
from brightline.ledger.settings import Acceptance, LedgerSettings, Machine
from brightline.ledger.shard_log import Signed
from brightline.ledger.state import LedgerState, Metrics
from brightline.ledger.writer import Writer
from brightline.storage import Shard, Store

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """An entry as it is kept: its leaf's bytes, and where it stands."""

    appended: Appended
    leaf: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Claim:
    """What an idempotency key stands for.

    `body` is the digest of the body it came with; `blob` is the outcome's sealed record, none while `running` and when
    the use ended without one.
    """

    body: bytes
    intent: Appended
    running: bool
    outcome: StoredEntry | None
    blob: bytes | None = field(repr=False)


class Ledger:
    """One log of one agreement in one enclave; make it with `Ledger.open`."""

    def __init__(self, store: Store, writer: Writer, loop: AbstractEventLoop, publish_seconds: float) -> None:
        self._store = store
        self._writer = writer
        self._loop = loop
        self._sequencer = Sequencer(writer.commit, loop, self._close_unheard, self._under_way)
        self._publish_seconds = publish_seconds
        self._accepting = True
        # Told of each entry that nobody waited for any more: where it stands, or none where it was refused.
        self.unheard: Callable[[Entry, Appended | None], None] = _ignored
        self._publishing = threading.Lock()
        self._stopping = threading.Event()
        self._tender = threading.Thread(target=self._tend, name="ledger-publisher", daemon=True)

    @classmethod
    def open(
        cls,
        store: Store,
        *,
        seed: bytes,
        settings: LedgerSettings,
        loop: AbstractEventLoop,
        machine: Machine | None = None,
    ) -> "Ledger":
        """The log in `store`, which it owns from now on; intents that nobody will close are closed as abandoned.

        `seed` is the log's signing key (32 bytes); results come to `loop`. A store behind its anchor opens, in a state
        that takes nothing but `fork`. Raises `OpenRefusedError`, `LogFaultError` or `StorageError`, and the store is
        then the caller's again.
        """
        writer = Writer(store, seed=seed, settings=settings, machine=machine or Machine())
        writer.open()
        ledger = cls(store, writer, loop, settings.publish_seconds)
        ledger._sequencer.start()
        ledger._tender.start()
        return ledger

    # Recording

    async def append(self, entry: Entry) -> Appended:
        """Record one entry: it is durable when this returns.

        Raises `LedgerUnavailableError` when nothing can be recorded, and then nothing may leave; `EntryRefusedError`
        when this entry cannot follow. An intent whose caller stops waiting is closed as abandoned.
        """
        future: asyncio.Future[Sequence[Appended]] = self._loop.create_future()
        self._submit(Waiting((entry,), future))
        return (await future)[0]

    async def append_all(self, entries: Sequence[Entry], also: Callable[[], None] | None = None) -> Sequence[Appended]:
        """Record entries together, and with them whatever `also` writes to the store: all of it or nothing.

        `also` runs within the transaction, in the sequencer's thread. Raises as `append`, and what `also` raises.
        """
        written = also or _nothing
        return await self.append_with(entries, lambda _: written())

    async def append_with(self, entries: Sequence[Entry], also: Callable[[int], None]) -> Sequence[Appended]:
        """As `append_all`, and `also` is told the index that the first of `entries` gets."""
        future: asyncio.Future[Sequence[Appended]] = self._loop.create_future()
        self._submit(Waiting(entries, future, also))
        return await future

    def _submit(self, waiting: Waiting) -> None:
        if not self._accepting:
            raise LedgerUnavailableError("ledger/closed")
        self._sequencer.submit(waiting)

    def _close_unheard(self, waiting: Waiting) -> None:
        """Nobody waits any more: an intent that became durable all the same must not stay open."""
        if isinstance(waiting.result, Exception):
            for entry in waiting.entries:
                self.unheard(entry, None)
            return
        for entry, appended in zip(waiting.entries, waiting.result, strict=True):
            self.unheard(entry, appended)
            if layout.kind_of(entry.leaf) == Kind.INTENT:
                self._sequencer.submit(Waiting((abandoned_entry(appended.index, decode(entry.leaf)),), None))

    def _under_way(self) -> int:
        return self._writer.open_uses if self._accepting else 0

    # Looking

    @property
    def origin(self) -> str:
        """The name of the log's shard; raises `BehindAnchorError` when there is none to go on with."""
        return self._writer.log.shard.origin

    @property
    def shard(self) -> Shard:
        """The shard in use; raises as `origin`."""
        return self._writer.log.shard

    @property
    def vkey(self) -> str:
        """The key that verifies the log's checkpoints now."""
        return self._writer.log.signer.vkey

    @property
    def directory(self) -> Path:
        """Where the shard in use is published."""
        return self._writer.directory

    def leaves(self, start: int, end: int) -> list[bytes]:
        """The encoded leaves of entries `start` to `end`, without the last; fewer where the log ends before."""
        return self._writer.log.entries.leaves(start, min(end, self.size))

    def stored_leaf(self, index: int) -> bytes | None:
        """The encoded leaf of an entry as the store holds it now, or none.

        A commit shows in the store a moment before `size` tells it, so whoever read one of its rows asks here.
        """
        return next(iter(self._writer.log.entries.leaves(index, index + 1)), None)

    @property
    def size(self) -> int:
        """How many entries are durable."""
        return self._writer.log.size

    def root_at(self, size: int) -> bytes:
        """The root over the first `size` entries; raises `NoEntryError` when there are fewer."""
        view = self._writer.log.durable
        if not 0 <= size <= view.size:
            raise NoEntryError("ledger/no-entry", index=size)
        return view.root_at(size)

    @property
    def heals(self) -> int:
        """How often the log was read afresh after a fault: it may then hold entries whose callers were refused."""
        return self._writer.healed

    def state(self) -> LedgerState:
        """Whether new uses are taken, and why not."""
        return self._writer.state()

    def metrics(self) -> Metrics:
        """Counts and sizes."""
        return self._writer.metrics()

    def entry(self, index: int) -> StoredEntry:
        """The entry at `index`; raises `NoEntryError`."""
        log = self._writer.log
        leaves = log.entries.leaves(index, index + 1) if 0 <= index < log.size else []
        if not leaves:
            raise NoEntryError("ledger/no-entry", index=index)
        return _stored(index, leaves[0])

    def blob(self, index: int) -> bytes | None:
        """The sealed record of the entry at `index`, if it has one; raises `NoEntryError`."""
        self.entry(index)
        return self._writer.log.entries.blob(index)

    def find_by_use(self, use_id: bytes) -> tuple[int, ...]:
        """The indexes of every entry of a use; reads all leaves, so it is for people, not for calls."""
        return tuple(self._writer.log.entries.find_use(use_id))

    def find_claim(self, scope: bytes) -> Claim | None:
        """What the idempotency key with this digest of (principal, key) stands for, or none.

        A key whose use is in an earlier shard has neither outcome nor record here.
        """
        log = self._writer.log
        found = log.claims.find(scope)
        if found is None:
            return None
        if found.shard != log.shard.id:
            return Claim(found.body, Appended(found.intent, bytes(32), 0), running=False, outcome=None, blob=None)
        outcome = None if found.outcome is None else self.entry(found.outcome)
        return Claim(
            body=found.body,
            intent=self.entry(found.intent).appended,
            running=found.intent in log.open_intents,
            outcome=outcome,
            blob=None if found.outcome is None else self.blob(found.outcome),
        )

    async def proof(self, index: int) -> bytes:
        """A proof (C2SP tlog-proof) that the log holds entry `index`; signs a checkpoint when none holds it yet.

        Raises `NoEntryError`, or `LedgerUnavailableError` when nothing can be signed now.
        """
        log = self._writer.log
        if not 0 <= index < log.size:
            raise NoEntryError("ledger/no-entry", index=index)
        signed = log.signed
        if signed is None or signed.view.size <= index:
            signed = await self._call(self._writer.sign)
        return await asyncio.to_thread(_prove, signed, index)

    async def checkpoint(self) -> bytes:
        """A signed checkpoint of everything durable; raises `LedgerUnavailableError`."""
        return (await self._call(self._writer.sign)).note

    # The agreement and the time

    @property
    def agreement(self) -> bytes:
        """The digest (32 bytes) of the agreement in force; entries of uses under any other are refused."""
        return self._writer.agreement

    def now_ms(self) -> int:
        """The ledger's time, UTC milliseconds: the clock's, but never before the last entry."""
        return self._writer.now_ms()

    async def accept_agreement(
        self, agreement: AgreementRef, acceptance: Acceptance, also: Callable[[], None] | None = None
    ) -> Appended:
        """Bring `agreement` into force: its entry, its place among the accepted versions, and what `also` writes.

        All of it or nothing. Raises `StoreRefusedError` unless its version is higher than every one before.
        """
        return await self._call(lambda: self._writer.accept_agreement(agreement, acceptance, also or _nothing))

    # Commands

    async def acknowledge_clock(self, reason: str, who: str) -> Appended:
        """Believe the clock as it stands, which is an entry; raises `OpenRefusedError` when it is not in doubt."""
        return await self._call(lambda: self._writer.acknowledge_clock(reason, who))

    async def rotate_key(self, new_seed: bytes) -> tuple[Appended, str]:
        """Let another key (seed of 32 bytes) sign from here on; returns the `key` entry and the new verifier key."""
        return await self._call(lambda: self._writer.rotate_key(new_seed))

    async def fork(self, reason: str) -> str:
        """Begin a new shard where the store is behind its anchor; returns the new origin. Raises `OpenRefusedError`."""
        return await self._call(lambda: self._writer.fork(reason))

    async def publish(self) -> None:
        """Publish everything durable now; raises `LedgerUnavailableError` when that fails, which fails the ledger."""
        await asyncio.to_thread(self._publish)
        refusal = self.state()
        if self._writer.failed and refusal.error is not None:
            raise LedgerUnavailableError("ledger/unavailable", why=refusal.error.message)

    async def close(self) -> None:
        """Write what is queued, sign, publish, and close the store; nothing is taken from now on."""
        self._accepting = False
        await self._call(_nothing)
        # What the loop was just handed may close an intent: let it.
        await asyncio.sleep(0)
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._stopping.set()
        self._tender.join()
        self._publish()
        try:
            self._sequencer.call(self._writer.stop).result()
        finally:
            self._sequencer.stop()

    async def _call(self, work: Callable[[], T]) -> T:
        self._sequencer.hand_over()
        return await asyncio.wrap_future(self._sequencer.call(work))

    # The publisher's thread

    def _tend(self) -> None:
        """Once a second: look, heal what is failed, publish what is new."""
        while not self._stopping.wait(self._publish_seconds):
            try:
                self._tick()
            except Exception as error:  # noqa: BLE001 - the thread's outer edge: it fails the ledger and goes on
                self._writer.fail(LogFaultError("ledger/internal", what=type(error).__name__))

    def _tick(self) -> None:
        if self._writer.failed:
            with self._publishing:
                self._sequencer.call(self._writer.heal).result()
            return
        self._sequencer.call(self._writer.look).result()
        self._publish()

    def _publish(self) -> None:
        with self._publishing:
            publisher = self._writer.publisher
            if publisher is None or self._writer.failed or self._writer.log.size == publisher.size:
                return
            with contextlib.suppress(LedgerUnavailableError):
                signed = self._sequencer.call(self._writer.sign).result()
                try:
                    publisher.publish(self._writer.log, signed)
                except BrightlineError as error:
                    self._writer.fail(error)


def _stored(index: int, leaf: bytes) -> StoredEntry:
    return StoredEntry(Appended(index, leaf_hash(leaf), layout.time_of(leaf)), leaf)


def _prove(signed: Signed, index: int) -> bytes:
    view = signed.view
    return TlogProof(index, inclusion_path(index, view.size, view.node), signed.note).encode()


def _ignored(entry: Entry, appended: Appended | None) -> None:
    """Nobody wants to be told."""


def _nothing() -> None:
    """Nothing more to write."""
