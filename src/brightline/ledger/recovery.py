"""Finds the shard to go on with, and refuses to when somebody has seen more of it than the store holds.

The rules, in order:
1. without a shard in the store, none may have been published or anchored; then the first is opened;
2. no shard of a higher number than the store's last may have been published or anchored;
3. the seed must be the key that the store says signs now;
4. every checkpoint the store signed, the published one and the anchored one must be prefixes of what is stored.
Whatever fails under 1, 2 or 4 is a store behind its anchor: nothing is signed or appended until `fork`.
"""

import re
from collections.abc import Iterator, Mapping

from brightline.crypto.checkpoint import Checkpoint, open_checkpoint
from brightline.crypto.errors import CryptoError
from brightline.crypto.note import NoteSigner, Verifier
from brightline.domain.agreement import AgreementRef
from brightline.domain.leaf import Flag, Kind
from brightline.ledger.anchor import Anchor
from brightline.ledger.batch import write_all
from brightline.ledger.errors import BehindAnchorError, LogFaultError, OpenRefusedError
from brightline.ledger.log_directory import LogDirectory
from brightline.ledger.origin import anchor_name, log_name, shard_origin
from brightline.ledger.ports import Files
from brightline.ledger.public_record import Fields, acceptance_record, agreement_fields, own_entry, plain_record
from brightline.ledger.settings import Acceptance, LedgerSettings
from brightline.ledger.shard_log import ShardLog
from brightline.storage import AcceptedVersion, Shard, Store

_SHARD_DIRECTORY = re.compile(r"[1-9][0-9]{0,5}", re.ASCII)


class Recovery:
    """Finds, opens and forks shards of one log; `seed` signs."""

    def __init__(self, store: Store, settings: LedgerSettings, files: Files) -> None:
        self._store = store
        self._settings = settings
        self._files = files
        self._anchor = Anchor(settings.anchor_dir, files)
        self._shards = store.shards(agreement=settings.agreement.id, enclave=settings.agreement.enclave)

    def find(self, seed: bytes, time_ms: int) -> ShardLog:
        """The shard to go on with, opened with its first entries at `time_ms` when there is none.

        Raises `BehindAnchorError`, `OpenRefusedError`, `LogFaultError` or `StorageError`.
        """
        shards = self._shards.shards()
        name = self._name(shards)
        seen = self._seen_numbers(name)
        if not shards:
            if seen:
                raise BehindAnchorError(f"the store is empty, and shard {max(seen)} was published or anchored before")
            return self._begin(seed, 1, time_ms, "", {})
        shard = shards[-1]
        if max(seen, default=0) > shard.number:
            raise BehindAnchorError(f"the store ends with shard {shard.number}, and shard {max(seen)} was seen")
        signer = NoteSigner(shard.origin, seed)
        if signer.vkey != self._shards.keys(shard)[-1]:
            raise OpenRefusedError("ledger/wrong-key", vkey=self._shards.keys(shard)[-1])
        log = ShardLog(self._store, shard, signer)
        log.load()
        for where, note in self._seen_notes(shard):
            self._compare(log, where, note)
        return log

    def directory(self, number: int) -> LogDirectory:
        """Where shard `number` is published."""
        return LogDirectory(self._settings.shards_dir / str(number), self._files)

    def accepted(self, shard: Shard) -> AcceptedVersion | None:
        """The highest version of the agreement that was accepted."""
        return self._store.agreements(shard.scope).highest()

    def accept(self, agreement: AgreementRef, shard: Shard, index: int) -> None:
        """Note that entry `index` brings `agreement` into force; within a transaction."""
        self._store.agreements(shard.scope).add(agreement.version, agreement.digest, shard=shard, index=index)

    def rotated(self, shard: Shard, vkey: str, since: int) -> None:
        """Note that `vkey` signs from entry `since` on; within a transaction."""
        self._shards.add_key(shard, since=since, vkey=vkey)

    def fork(self, seed: bytes, time_ms: int, reason: str) -> ShardLog:
        """A new shard beside the one that cannot go on, whose first entry says what is known of it, and why."""
        shards = self._shards.shards()
        name = self._name(shards)
        number = max([*self._seen_numbers(name), *(shard.number for shard in shards)]) + 1
        return self._begin(seed, number, time_ms, reason, self._left_behind(shards, name, number - 1))

    def _name(self, shards: list[Shard]) -> str:
        settings = self._settings
        computed = log_name(settings.operator, settings.agreement)
        if not shards:
            return computed
        shard = shards[-1]
        name = shard.origin if shard.number == 1 else shard.origin.rpartition("/")[0]
        if name.rpartition("/")[0] != computed.rpartition("/")[0]:
            raise OpenRefusedError("ledger/wrong-origin", origin=name)
        return name

    def _begin(
        self, seed: bytes, number: int, time_ms: int, reason: str, previous: Mapping[str, str | int]
    ) -> ShardLog:
        settings, agreement = self._settings, self._settings.agreement
        origin = shard_origin(self._name(self._shards.shards()), number)
        signer = NoteSigner(origin, seed)
        fields: Fields = {
            "origin": origin,
            "agreement": agreement_fields(agreement),
            "operator": settings.operator,
            "trust": settings.trust,
        }
        record = plain_record("genesis", {**fields, "previous": previous, "reason": reason} if previous else fields)
        genesis = own_entry(Kind.GENESIS, agreement, record, flags=Flag.FORK if previous else 0)
        # A new shard goes on under what was accepted in the one before.
        acceptance = Acceptance(how="carried-on") if previous else settings.acceptance
        in_force = own_entry(Kind.AGREEMENT, agreement, acceptance_record(agreement, acceptance))
        with self._store.database.transaction():
            shard = self._shards.add(number=number, origin=origin, reason=reason, vkey=signer.vkey)
            log = ShardLog(self._store, shard, signer)
            write_all(log, (genesis, in_force), time_ms)
            if self.accepted(shard) is None:
                self.accept(agreement, shard, 1)
        log.settle()
        return log

    def _seen_numbers(self, name: str) -> set[int]:
        """The numbers of shards that were published here or anchored."""
        directory = self._settings.shards_dir
        try:
            published = {
                int(entry)
                for entry in self._files.names(directory)
                if _SHARD_DIRECTORY.fullmatch(entry) and self.directory(int(entry)).checkpoint() is not None
            }
            stem = re.escape(anchor_name(name).removesuffix(".checkpoint"))
            pattern = re.compile(rf"{stem}(?:_([1-9][0-9]{{0,5}}))?\.checkpoint", re.ASCII)
            anchored = [pattern.fullmatch(entry) for entry in self._anchor.names()]
        except OSError as error:
            raise LogFaultError("ledger/cannot-publish", path=str(directory), why=_why(error)) from error
        return published | {int(match[1] or 1) for match in anchored if match}

    def _seen_notes(self, shard: Shard) -> Iterator[tuple[str, bytes]]:
        directory = self.directory(shard.number)
        try:
            published = directory.checkpoint()
        except OSError as error:
            raise LogFaultError("ledger/cannot-publish", path=str(directory.path), why=_why(error)) from error
        if published is not None:
            yield "the published checkpoint", published
        anchored = self._anchor.read(shard.origin)
        if anchored is not None:
            yield "the anchored checkpoint", anchored

    def _compare(self, log: ShardLog, where: str, note: bytes) -> None:
        verifiers = [Verifier.parse(vkey) for vkey in self._shards.keys(log.shard)]
        try:
            seen, _ = open_checkpoint(note, verifiers)
        except CryptoError as error:
            raise BehindAnchorError(f"{where} was not signed by a key this store knows") from error
        if seen.size > log.size:
            raise BehindAnchorError(f"{where} has {seen.size} entries, the store {log.size}")
        if log.durable.root_at(seen.size) != seen.root:
            raise BehindAnchorError(f"{where} of {seen.size} entries has another root than the store")

    def _left_behind(self, shards: list[Shard], name: str, number: int) -> Mapping[str, str | int]:
        """What is known of the shard that cannot go on: what the store has of it, and what was seen of it."""
        found: dict[str, str | int] = {"origin": shard_origin(name, number), "store_size": 0}
        if shards:
            log = ShardLog(self._store, shards[-1], NoteSigner("unused", bytes(32)))
            log.load()
            found |= {"store_origin": shards[-1].origin, "store_size": log.size, "store_root": log.durable.root().hex()}
        shard = Shard(0, 0, number, shard_origin(name, number), "")
        for where, note in self._seen_notes(shard):
            what = "published" if "published" in where else "anchored"
            try:
                seen = Checkpoint.parse(note[: note.rfind(b"\n\n") + 1])
            except CryptoError:
                found[f"{what}_size"] = "unreadable"
                continue
            found |= {f"{what}_size": seen.size, f"{what}_root": seen.root.hex()}
        return found


def _why(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()
