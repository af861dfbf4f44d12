"""A data directory opened: its settings, agreement, keys, store and ledger, wired to one another.

The only place that knows which adapter stands behind which port. The gateway and the command line both open a house;
whoever opens one owns the store until `close`.
"""

import asyncio
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from brightline.crypto.keyfiles import load_key
from brightline.crypto.randomness import RandomPool
from brightline.crypto.seal import WrappingKey, unseal
from brightline.crypto.tags import TagKeys
from brightline.domain.errors import BrightlineError
from brightline.domain.leaf import Outcome, decode
from brightline.domain.record import Group
from brightline.gateway.admin import Command
from brightline.gateway.admin_journeys import AdminJourneys
from brightline.gateway.admin_records import AdminRecorder
from brightline.gateway.backups import DirectoryBackups
from brightline.gateway.errors import HouseError
from brightline.gateway.log_seed import LogSeed
from brightline.gateway.ports import Replay
from brightline.gateway.records import Recorder
from brightline.gateway.settings import FILE_NAME, Settings, read_settings
from brightline.identity import Door, Keyring, UnauthenticatedLimiter
from brightline.ledger.service import Ledger
from brightline.ledger.settings import LedgerSettings
from brightline.policy import Agreement, load_agreement
from brightline.storage import Store


class Replays:
    """Answers already given, opened from the ledger's sealed records."""

    def __init__(self, ledger: Ledger, wrapping_key: WrappingKey) -> None:
        self._ledger = ledger
        self._wrapping_key = wrapping_key

    def find(self, scope: bytes) -> Replay | None:
        """What the idempotency key with this scope stands for."""
        claim = self._ledger.find_claim(scope)
        if claim is None:
            return None
        answer: bytes | None = None
        if claim.outcome is not None and claim.blob is not None:
            whole = decode(claim.outcome.leaf).outcome is Outcome.COMPLETE
            answer = unseal(claim.blob, self._wrapping_key)[Group.CONTENT] if whole else None
        return Replay(claim.body, claim.intent, answer, ended=not claim.running)


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """An open data directory."""

    data_dir: Path
    settings: Settings
    agreement: Agreement
    store: Store
    ledger: Ledger
    keyring: Keyring
    door: Door
    recorder: Recorder
    replays: Replays
    commands: Mapping[str, Command]

    @property
    def log_directory(self) -> Path:
        """Where the log's current shard is published."""
        return self.ledger.directory

    async def close(self) -> None:
        """Publish what is durable, sign, and give the store back."""
        await self.ledger.close()


async def open_house(data_dir: Path) -> House:
    """The house in `data_dir`.

    Raises `BrightlineError`: settings, key files, agreement, a store that another process holds, or a log that cannot
    go on; each names its next step.
    """
    if not (data_dir / FILE_NAME).is_file():
        raise HouseError("gateway/no-house", path=str(data_dir))
    settings = read_settings(data_dir)
    agreement_dir = data_dir / settings.agreement.directory
    agreement = load_agreement(agreement_dir, settings.enclave.name)
    keys_dir = data_dir / "keys"
    seed_file = LogSeed(keys_dir / "log.seed")
    wrapping_key = WrappingKey(load_key(keys_dir / "seal.key"))
    tag_keys = TagKeys(load_key(keys_dir / "tag.key"))
    pepper = load_key(keys_dir / "api.key")
    store = Store.open(data_dir, create=True)
    try:
        ledger = _open_ledger(store, seed_file, _ledger_settings(data_dir, settings, agreement))
    except BrightlineError:
        store.abandon()
        raise
    scope = store.shards(agreement=agreement.ref.id, enclave=agreement.ref.enclave).scope()
    keyring = Keyring(
        store.keys(scope or 0),
        pepper=pepper,
        random=os.urandom,
        clock_ms=lambda: time.time_ns() // 1_000_000,
    )
    journeys = AdminJourneys(
        keyring=keyring,
        ledger=ledger,
        recorder=AdminRecorder(wrapping_key=wrapping_key, tag_keys=tag_keys, agreement=agreement.ref),
        agreement=agreement.ref,
        backups=DirectoryBackups(
            data_dir=data_dir,
            agreement_dir=agreement_dir,
            agreement=agreement.ref,
            copy_store=store.backup,
            now=lambda: datetime.now(UTC).isoformat(timespec="seconds"),
        ),
        seed_file=seed_file,
        log_directory=lambda: ledger.directory,
    )
    return House(
        data_dir=data_dir,
        settings=settings,
        agreement=agreement,
        store=store,
        ledger=ledger,
        keyring=keyring,
        door=Door(keyring, UnauthenticatedLimiter(clock=time.monotonic)),
        recorder=Recorder(wrapping_key=wrapping_key, tag_keys=tag_keys, random=RandomPool()),
        replays=Replays(ledger, wrapping_key),
        commands=journeys.commands,
    )


def _open_ledger(store: Store, seed_file: LogSeed, settings: LedgerSettings) -> Ledger:
    """The ledger under the key in use, or under the staged one where a rotation was cut off after it was recorded."""
    loop = asyncio.get_running_loop()
    current, *staged = seed_file.candidates()
    try:
        return Ledger.open(store, seed=current, settings=settings, loop=loop)
    except BrightlineError as error:
        if error.code != "ledger/wrong-key" or not staged:
            raise
        ledger = Ledger.open(store, seed=staged[0], settings=settings, loop=loop)
        seed_file.settle()
        return ledger


def _ledger_settings(data_dir: Path, settings: Settings, agreement: Agreement) -> LedgerSettings:
    chosen = settings.ledger
    return LedgerSettings(
        operator=chosen.operator,
        agreement=agreement.ref,
        log_dir=data_dir / chosen.directory,
        anchor_dir=data_dir / chosen.anchor if chosen.anchor is not None else None,
        watermark_bytes=chosen.watermark_bytes,
        publish_seconds=chosen.publish_seconds,
    )
