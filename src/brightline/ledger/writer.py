"""What the sequencer's thread does: writes groups, signs, heals, and takes the log's own entries.

The rules of the failed state:
1. the first fault (a write, a sync, a path that names something else, a publication) fails the ledger;
2. while failed every entry is refused, and nothing is written, synced, signed or published;
3. `heal` opens everything afresh; unless every entry ever acknowledged is there as a prefix, the ledger stays failed;
4. entries that are there though their callers were told of failure stay, and their intents are closed as abandoned.
INVARIANT: only the sequencer's thread calls what is not marked otherwise.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from brightline.crypto.note import NoteSigner
from brightline.domain.agreement import AgreementRef
from brightline.domain.errors import BrightlineError
from brightline.domain.leaf import Flag, Kind, decode
from brightline.domain.record import Appended, Entry
from brightline.ledger.anchor import Anchor
from brightline.ledger.batch import Batch
from brightline.ledger.clock import ClockGuard
from brightline.ledger.errors import (
    BehindAnchorError,
    EntryRefusedError,
    LedgerUnavailableError,
    LogFaultError,
    OpenRefusedError,
)
from brightline.ledger.layout import KIND, reference_of
from brightline.ledger.public_record import (
    Fields,
    abandoned_entry,
    acceptance_record,
    own_entry,
    plain_record,
    rotation_record,
)
from brightline.ledger.publisher import Publisher
from brightline.ledger.recovery import Recovery
from brightline.ledger.sequencer import MOST_IN_GROUP, Waiting
from brightline.ledger.settings import Acceptance, LedgerSettings, Machine
from brightline.ledger.shard_log import ShardLog, Signed
from brightline.ledger.space import SpaceGuard
from brightline.ledger.state import Condition, LedgerState, Metrics
from brightline.ledger.watch import PathWatch
from brightline.storage import Store, StoreFaultError

_CLOCK_SETTING = "clock-acknowledged"


class Writer:
    """Everything that may change the log, for one thread."""

    def __init__(self, store: Store, *, seed: bytes, settings: LedgerSettings, machine: Machine) -> None:
        self._store = store
        self._seed = seed
        self._settings = settings
        self._machine = machine
        self._recovery = Recovery(store, settings, machine.files)
        self._space = SpaceGuard(machine.space, (store.path.parent, settings.log_dir), settings.watermark_bytes)
        self._watch = PathWatch((), ())
        self._clock = ClockGuard(machine.clock, 0)
        self._log: ShardLog | None = None
        self._failure: BrightlineError | None = None
        self._healing: BrightlineError | None = None
        self._behind: BehindAnchorError | None = None
        self.closed = False
        self.publisher: Publisher | None = None
        self._appends = self._groups = self._bytes = self._failures = self.healed = 0
        self._commit_seconds = 0.0

    # Opening

    def open(self) -> None:
        """Find the shard, close what was left open, and be ready; behind its anchor it is open, and not ready.

        Raises `OpenRefusedError`, `LogFaultError` or `StorageError`.
        """
        try:
            log = self._recovery.find(self._seed, self._machine.clock.wall_ms())
        except BehindAnchorError as error:
            self._behind = error
            return
        self._clock = ClockGuard(self._machine.clock, self._floor_ms(log))
        try:
            if log.agreement != self._settings.agreement.digest or self._in_force(log).digest != log.agreement:
                raise OpenRefusedError("ledger/other-agreement", found=log.agreement.hex()[:12])
            self._make_directory(log)
            self._use(log, running=frozenset())
        except BrightlineError:
            self._watch.close()
            raise

    def _use(self, log: ShardLog, *, running: frozenset[int]) -> Publisher:
        """Go on with `log`; intents other than `running` have nobody left to close them."""
        directory = self._recovery.directory(log.shard.number)
        self._watch.close()
        self._watch = PathWatch(self._store.paths, (directory.path,))
        self._space.look()
        publisher = Publisher(directory, Anchor(self._settings.anchor_dir, self._machine.files))
        publisher.open(log)
        self._log, self.publisher = log, publisher
        self._abandon(sorted(log.open_intents.keys() - running))
        return publisher

    def _make_directory(self, log: ShardLog) -> None:
        """Where the shard is published; only at a start, for while running a missing directory is a fault."""
        directory = self._recovery.directory(log.shard.number)
        try:
            directory.create(self._settings.log_dir)
        except OSError as error:
            why = (error.strerror or type(error).__name__).lower()
            raise LogFaultError("ledger/cannot-publish", path=str(directory.path), why=why) from error

    def _floor_ms(self, log: ShardLog) -> int:
        """What the wall clock has shown before: the last entry's time, or less where a person said it was wrong."""
        kept = log.settings.get(_CLOCK_SETTING)
        if kept is not None and int.from_bytes(kept[:8], "big") == log.last_ms:
            return int.from_bytes(kept[8:], "big")
        return log.last_ms

    def _abandon(self, references: Sequence[int]) -> None:
        log = self.log
        entries = [abandoned_entry(index, decode(log.entries.leaves(index, index + 1)[0])) for index in references]
        for start in range(0, len(entries), MOST_IN_GROUP):
            self._append_own(entries[start : start + MOST_IN_GROUP])

    # Any thread

    @property
    def log(self) -> ShardLog:
        """The shard in use; raises the reason when there is none."""
        if self._log is None:
            raise self._behind or LedgerUnavailableError("ledger/closed")
        return self._log

    @property
    def open_uses(self) -> int:
        """How many intents have no outcome yet; any thread may ask."""
        return 0 if self._log is None else len(self._log.open_intents)

    @property
    def directory(self) -> Path:
        """Where the shard in use is published."""
        return self._recovery.directory(self.log.shard.number).path

    def fail(self, error: BrightlineError) -> None:
        """From now on refuse everything, until `heal`; any thread may call this."""
        if self._failure is None:
            self._failures += 1
            self._failure = error

    @property
    def failed(self) -> bool:
        """Whether the ledger is failed."""
        return self._failure is not None

    def state(self) -> LedgerState:
        """Whether new uses are taken, and why not; any thread may ask."""
        if self.closed:
            return LedgerState(Condition.CLOSED, LedgerUnavailableError("ledger/closed"))
        if self._behind is not None:
            return LedgerState(Condition.BEHIND_ANCHOR, self._behind)
        failure = self._failure or self._healing
        if failure is not None:
            return LedgerState(Condition.FAILED, failure)
        refusal = self._new_use_refusal()
        if refusal is None:
            return LedgerState(Condition.READY)
        return LedgerState(Condition.CLOCK if self._clock.doubt else Condition.LOW_DISK, refusal)

    @property
    def agreement(self) -> bytes:
        """The digest of the agreement in force, empty while there is none; any thread may ask."""
        return b"" if self._log is None else self._log.agreement

    def now_ms(self) -> int:
        """The ledger's time: the clock's, but never before the last entry; any thread may ask."""
        wall_ms, log = self._machine.clock.wall_ms(), self._log
        return wall_ms if log is None else max(wall_ms, log.last_ms)

    def metrics(self) -> Metrics:
        """Counts and sizes; any thread may ask."""
        log = self._log
        return Metrics(
            entries=0 if log is None else log.size,
            appends=self._appends,
            groups=self._groups,
            commit_seconds=self._commit_seconds,
            bytes_written=self._bytes,
            open_intents=0 if log is None else len(log.open_intents),
            free_bytes=self._space.free_bytes,
            published=0 if self.publisher is None else self.publisher.size,
            failures=self._failures,
            healed=self.healed,
        )

    # Writing

    def commit(self, group: Sequence[Waiting]) -> None:
        """Make a group durable, and set the result of each who waits; never raises."""
        refusal = self._refusal()
        if refusal is not None:
            self._refuse(group, refusal)
            return
        try:
            self._write(group)
        except (StoreFaultError, LogFaultError) as error:
            self.fail(error)
            self._refuse(group, self._unavailable(error))
        except Exception as error:  # noqa: BLE001 - the thread's outer edge: whatever went wrong, nothing is acknowledged
            fault = LogFaultError("ledger/internal", what=type(error).__name__)
            self.fail(fault)
            self._refuse(group, self._unavailable(fault))

    def _write(self, group: Sequence[Waiting]) -> None:
        log = self.log
        self._watch.look()
        self._space.look()
        batch = Batch(log, self._clock.stamp(log.last_ms))
        refusal = self._new_use_refusal()
        started = time.perf_counter()
        try:
            with self._store.database.transaction():
                for waiting in group:
                    self._take(batch, waiting, refusal)
                batch.store()
        except _NotTakenError as refused:
            self._reload(log)
            refused.waiting.result = refused.error
            return
        self._commit_seconds += time.perf_counter() - started
        # The paths once more: an entry in a file that nobody will find again is not durable.
        self._watch.look()
        if self._failure is not None:
            raise self._failure
        log.settle()
        self._appends += batch.count
        self._groups += 1
        self._bytes += batch.bytes

    def _take(self, batch: Batch, waiting: Waiting, refusal: LedgerUnavailableError | None) -> None:
        try:
            if waiting.also is not None:
                waiting.also(batch.next_index)
            taken: list[Appended] = []
            for entry in waiting.entries:
                if refusal is not None and entry.leaf[KIND] == Kind.INTENT:
                    raise refusal
                taken.append(batch.add(entry))
        except StoreFaultError:
            raise
        except BrightlineError as error:
            if waiting.alone:
                raise _NotTakenError(waiting, error) from error
            waiting.result = error
        else:
            waiting.result = taken

    def _reload(self, log: ShardLog) -> None:
        """Forget what a refused commit had put in memory; nothing of it is in the store."""
        running = {index: opened for index, opened in log.open_intents.items() if index < log.size}
        fresh = ShardLog(self._store, log.shard, log.signer)
        fresh.load()
        # Claims of running uses are known here only.
        fresh.open_intents.update((index, running[index]) for index in fresh.open_intents if index in running)
        self._log = fresh

    def _append_own(self, entries: Sequence[Entry], also: Callable[[int], None] | None = None) -> Sequence[Appended]:
        """Write the log's own entries, all or none; raises what stopped them."""
        waiting = Waiting(entries, None, also)
        self._write([waiting])
        if isinstance(waiting.result, Exception):
            raise waiting.result
        return waiting.result

    def _refusal(self) -> LedgerUnavailableError | None:
        """Why nothing can be written at all."""
        if self.closed:
            return LedgerUnavailableError("ledger/closed")
        if self._behind is not None:
            return self._behind
        return None if self._failure is None else self._unavailable(self._failure)

    def _new_use_refusal(self) -> LedgerUnavailableError | None:
        if self._clock.doubt:
            return LedgerUnavailableError("ledger/clock-in-doubt", why=self._clock.doubt)
        if self._space.low:
            return LedgerUnavailableError(
                "ledger/low-disk", free=self._space.free_bytes, watermark=self._settings.watermark_bytes
            )
        return None

    def _unavailable(self, error: BrightlineError) -> LedgerUnavailableError:
        return LedgerUnavailableError("ledger/unavailable", why=error.message)

    def _refuse(self, group: Sequence[Waiting], error: LedgerUnavailableError) -> None:
        for waiting in group:
            waiting.result = error
            for entry in waiting.entries:
                if self._log is not None and len(entry.leaf) > KIND and entry.leaf[KIND] == Kind.OUTCOME:
                    # Its caller gives up now; healing closes the intent as abandoned.
                    self._log.open_intents.pop(reference_of(entry.leaf), None)

    # Jobs

    def look(self) -> None:
        """Look at paths, disks and clock without writing; fails the ledger when something is wrong."""
        if self._refusal() is not None:
            return
        try:
            self._watch.look()
            self._space.look()
        except LogFaultError as error:
            self.fail(error)
        self._clock.look()

    def sign(self) -> Signed:
        """A checkpoint of everything durable; raises `LedgerUnavailableError` when nothing can be signed now."""
        refusal = self._refusal()
        if refusal is not None:
            raise refusal
        try:
            return self.log.sign(0 if self.publisher is None else self.publisher.settled)
        except StoreFaultError as error:
            self.fail(error)
            raise self._unavailable(error) from error

    def heal(self) -> bool:
        """Open everything afresh; true when the ledger can record again."""
        before = self._log
        if self._failure is None or before is None or self.closed:
            return self._failure is None
        self._healing = self._failure
        try:
            self._reopen(before)
        except Exception as error:  # noqa: BLE001 - the thread's outer edge: whatever went wrong, the ledger stays failed
            self._log = before
            self._failure = error if isinstance(error, LogFaultError) else self._healing
            self._store.drop()
        else:
            self.healed += 1
        self._healing = None
        return self._failure is None

    def _reopen(self, before: ShardLog) -> None:
        """Read everything again, close what nobody will close, and publish; raises what is still wrong."""
        running = {index: opened for index, opened in before.open_intents.items() if index < before.size}
        self._watch.look_together(self._store.paths)
        self._store.reopen()
        found = self._recovery.find(self._seed, self._machine.clock.wall_ms())
        self._check_acknowledged(before, found)
        # Claims of running uses are known in memory only.
        found.open_intents.update((index, running[index]) for index in found.open_intents if index in running)
        self._failure = None
        publisher = self._use(found, running=frozenset(running))
        publisher.publish(found, found.sign(publisher.settled))

    def _check_acknowledged(self, before: ShardLog, found: ShardLog) -> None:
        """INVARIANT: what was acknowledged is a prefix of what is there, or the ledger stays failed."""
        known = before.durable
        if found.shard != before.shard or found.size < known.size or found.durable.root_at(known.size) != known.root():
            raise LogFaultError("ledger/lost-entries", size=known.size)

    def acknowledge_clock(self, reason: str, who: str) -> Appended:
        """Believe the clock as it stands, which is an entry; raises `OpenRefusedError` when it is not in doubt."""
        if not self._clock.doubt:
            raise OpenRefusedError("ledger/clock-not-in-doubt")
        log = self.log
        wall_ms = self._machine.clock.wall_ms()
        fields: Fields = {
            "reason": reason,
            "who": who,
            "doubt": self._clock.doubt,
            "clock_ms": wall_ms,
            "last_ms": log.last_ms,
        }
        entry = own_entry(Kind.EPOCH, self._in_force(log), plain_record("clock", fields), flags=Flag.CLOCK_ACKNOWLEDGED)
        kept = log.last_ms.to_bytes(8, "big") + wall_ms.to_bytes(8, "big")
        appended = self._guarded([entry], lambda: log.settings.set(_CLOCK_SETTING, kept))
        self._clock.acknowledge()
        return appended[0]

    def rotate_key(self, new_seed: bytes) -> tuple[Appended, str]:
        """From the entry this appends on another key signs; returns the entry and the new verifier key."""
        log = self.log
        signer = NoteSigner(log.shard.origin, new_seed)
        if signer.vkey == log.signer.vkey:
            raise OpenRefusedError("ledger/same-key")
        entry = own_entry(Kind.KEY, self._in_force(log), rotation_record(log.signer, signer.vkey))
        appended = self._guarded([entry], lambda: self._recovery.rotated(log.shard, signer.vkey, log.size))
        self._seed, self.log.signer = new_seed, signer
        return appended[0], signer.vkey

    def accept_agreement(self, agreement: AgreementRef, acceptance: Acceptance, also: Callable[[], None]) -> Appended:
        """Bring `agreement` into force by an entry; with it, or not at all, goes whatever `also` writes.

        From this entry on an intent under any other version is refused. Raises `StoreRefusedError` unless its version
        is higher than every one accepted before.
        """
        log = self.log
        entry = own_entry(Kind.AGREEMENT, agreement, acceptance_record(agreement, acceptance))

        def keep() -> None:
            self._recovery.accept(agreement, log.shard, log.size)
            also()

        return self._guarded([entry], keep)[0]

    def _in_force(self, log: ShardLog) -> AgreementRef:
        """The agreement whose entry was the last; the store knows its version."""
        accepted = self._recovery.accepted(log.shard)
        if accepted is None:
            raise OpenRefusedError("ledger/other-agreement", found=log.agreement.hex()[:12])
        return replace(self._settings.agreement, version=accepted.version, digest=accepted.digest)

    def _guarded(self, entries: Sequence[Entry], also: Callable[[], None]) -> Sequence[Appended]:
        """As `_append_own`, for a journey of its own: a fault fails the ledger."""
        refusal = self._refusal()
        if refusal is not None:
            raise refusal
        try:
            return self._append_own(entries, lambda _: also())
        except (StoreFaultError, LogFaultError) as error:
            self.fail(error)
            raise self._unavailable(error) from error

    def fork(self, reason: str) -> str:
        """Begin a new shard beside the one that cannot go on, and return its origin.

        Raises `OpenRefusedError` unless the store is behind its anchor, or when no reason is given.
        """
        if self._behind is None:
            raise OpenRefusedError("ledger/not-behind")
        if not reason.strip():
            raise OpenRefusedError("ledger/no-reason")
        log = self._recovery.fork(self._seed, self._machine.clock.wall_ms(), reason)
        self._behind = None
        self._make_directory(log)
        self._use(log, running=frozenset())
        return log.shard.origin

    def stop(self) -> None:
        """Write nothing more, and let go of the store."""
        self.closed = True
        self._watch.close()
        if self._failure is None:
            self._store.close()
        else:
            self._store.abandon()


class _NotTakenError(Exception):
    """Carries the refusal of a commit that is all or nothing out of its transaction."""

    def __init__(self, waiting: Waiting, error: BrightlineError) -> None:
        super().__init__(error.code)
        self.waiting = waiting
        self.error = error


__all__ = ["EntryRefusedError", "Writer"]
