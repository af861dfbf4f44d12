"""A data directory opened: its settings, agreement, keys, store and ledger, wired to one another.

The only place that knows which adapter stands behind which port. The gateway and the command line both open a house;
whoever opens one owns the store until `close`.
"""

import asyncio
import contextlib
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from brightline.crypto.keyfiles import load_key
from brightline.crypto.randomness import RandomPool
from brightline.crypto.seal import WrappingKey, unseal
from brightline.crypto.tags import TagKeys
from brightline.domain.agreement import AgreementRef
from brightline.domain.errors import BrightlineError
from brightline.domain.leaf import Outcome, decode
from brightline.domain.record import Group
from brightline.gateway.activation import Activation, Means, kept_term
from brightline.gateway.admin import Command
from brightline.gateway.admin_agreement import AdminAgreement
from brightline.gateway.admin_audiences import AdminAudiences, admits
from brightline.gateway.admin_authorities import AdminAuthorities
from brightline.gateway.admin_authorities import Means as AuthorityMeans
from brightline.gateway.admin_described import AdminDescribed
from brightline.gateway.admin_journeys import AdminJourneys
from brightline.gateway.admin_meters import AdminMeters
from brightline.gateway.admin_meters import Means as MeterMeans
from brightline.gateway.admin_people import AdminPeople, directory_in
from brightline.gateway.admin_records import AdminRecorder
from brightline.gateway.admin_uses import AdminUses
from brightline.gateway.alarm import Alarm
from brightline.gateway.backups import DirectoryBackups
from brightline.gateway.counting import Counting
from brightline.gateway.counting import Means as CountingMeans
from brightline.gateway.describing import Describing
from brightline.gateway.errors import HouseError
from brightline.gateway.in_force import Lineage, find_in_force
from brightline.gateway.log_seed import LogSeed
from brightline.gateway.meter_keys import MeterKeys, change_person_key, load_meter_keys
from brightline.gateway.meter_readings import MeterReader
from brightline.gateway.overseeing import Means as OversightMeans
from brightline.gateway.overseeing import Overseen, oversee
from brightline.gateway.ports import Replay
from brightline.gateway.proving import installed_prover
from brightline.gateway.records import Recorder
from brightline.gateway.settings import FILE_NAME, Settings, read_settings
from brightline.gateway.standing import Standing
from brightline.gateway.statements import Statements
from brightline.gateway.versions import Versions, statement_in, trust_digest, trust_of
from brightline.identity import Door, Keyring, UnauthenticatedLimiter
from brightline.ledger.service import Ledger
from brightline.ledger.settings import LedgerSettings
from brightline.policy import Agreement, AgreementPort, Shadow, agreement_of
from brightline.policy.draft import Draft
from brightline.policy.signing import GenesisTrust
from brightline.storage import Store, WindowFile
from brightline.use import NOBODY, Gazetteer


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
    standing: Standing
    activation: Activation
    alarm: Alarm
    store: Store
    ledger: Ledger
    keyring: Keyring
    door: Door
    recorder: Recorder
    replays: Replays
    counting: Counting
    readings: MeterReader
    overseen: Overseen
    commands: Mapping[str, Command]

    @property
    def agreement(self) -> AgreementPort:
        """The agreement in force."""
        return self.standing.term.agreement

    @property
    def log_directory(self) -> Path:
        """Where the log's current shard is published."""
        return self.ledger.directory

    async def close(self) -> None:
        """Publish what is durable, sign, and give the store back."""
        self.overseen.machines.close()
        self.counting.close()
        await self.ledger.close()


async def open_house(data_dir: Path) -> House:
    """The house in `data_dir`, under the agreement whose signatures were checked just now.

    Raises `BrightlineError`: settings, key files, trust, agreement, a store that another process holds, or a log that
    cannot go on; each names its next step.
    """
    if not (data_dir / FILE_NAME).is_file():
        raise HouseError("gateway/no-house", path=str(data_dir))
    settings, trust, keys = read_settings(data_dir), trust_of(data_dir), _load_keys(data_dir / "keys")
    listed = _listed(data_dir, settings)
    store = Store.open(data_dir, create=True)
    try:
        governed = _govern(data_dir, settings, store, trust, keys.seed_file, listed)
    except BrightlineError:
        store.abandon()
        raise
    await _take_statement(data_dir, governed)
    keyring = _keyring(store, governed, keys)
    recorder = AdminRecorder(wrapping_key=keys.wrapping_key, tag_keys=keys.tag_keys, agreement=governed.ref)
    door = Door(keyring, UnauthenticatedLimiter(clock=time.monotonic))
    counting = governed.counting
    readings = _readings(counting, governed)
    means = OversightMeans(
        data_dir=data_dir,
        settings=settings,
        store=store,
        ledger=governed.ledger,
        scope=governed.scope,
        wrapping_key=keys.wrapping_key,
        tag_keys=keys.tag_keys,
        agreement=lambda: governed.standing.term.agreement,
        door=door,
        recorder=recorder,
        alarm=governed.alarm,
        meters=readings.read,
    )
    try:
        overseen = oversee(means)
    except BrightlineError:
        await governed.ledger.close()
        raise
    meters = _meter_commands(counting, readings, store, governed, data_dir / "keys")
    return House(
        data_dir=data_dir,
        settings=settings,
        standing=governed.standing,
        activation=governed.activation,
        alarm=governed.alarm,
        store=store,
        ledger=governed.ledger,
        keyring=keyring,
        door=door,
        recorder=Recorder(wrapping_key=keys.wrapping_key, tag_keys=keys.tag_keys, random=RandomPool()),
        replays=Replays(governed.ledger, keys.wrapping_key),
        counting=counting,
        readings=readings,
        overseen=overseen,
        commands={**_commands(means, governed, keyring, keys.seed_file), **meters, **overseen.commands},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Keys:
    """The keys of a data directory."""

    seed_file: LogSeed
    wrapping_key: WrappingKey
    tag_keys: TagKeys
    pepper: bytes = field(repr=False)


def _load_keys(place: Path) -> _Keys:
    """The keys that lie in `place`; raises `KeyFileError`."""
    return _Keys(
        seed_file=LogSeed(place / "log.seed"),
        wrapping_key=WrappingKey(load_key(place / "seal.key")),
        tag_keys=TagKeys(load_key(place / "tag.key")),
        pepper=load_key(place / "api.key"),
    )


def _keyring(store: Store, governed: "_Governed", keys: _Keys) -> Keyring:
    return Keyring(
        store.keys(governed.scope), pepper=keys.pepper, random=os.urandom, clock_ms=lambda: time.time_ns() // 1_000_000
    )


def _listed(data_dir: Path, settings: Settings) -> Gazetteer:
    """The names that the operator lists; raises `GazetteerError`."""
    name = settings.meters.gazetteer
    return NOBODY if name is None else Gazetteer.read(data_dir / name)


def _readings(counting: Counting, governed: "_Governed") -> MeterReader:
    return MeterReader(counting, agreement=lambda: governed.standing.term.agreement, now_ms=governed.ledger.now_ms)


def _counting(data_dir: Path, store: Store, ledger: Ledger, listed: Gazetteer) -> Counting:
    def load_keys(create: bool) -> MeterKeys:
        return load_meter_keys(data_dir / "keys", create=create)

    return Counting(
        CountingMeans(
            ledger=ledger,
            journal=store.meter_journal,
            open_windows=lambda: WindowFile.open(data_dir),
            open_ahead=lambda: _windows_ahead(data_dir),
            load_keys=load_keys,
            random=RandomPool(),
            listed=listed,
        )
    )


def _windows_ahead(data_dir: Path) -> WindowFile:
    """The file of windows that are counted before the version that wants them takes effect; raises `StorageError`."""
    place = data_dir / "meters-ahead"
    with contextlib.suppress(OSError):  # where it cannot be made, opening says so
        place.mkdir(mode=0o700, exist_ok=True)
    return WindowFile.open(place)


def _meter_commands(
    counting: Counting, readings: MeterReader, store: Store, governed: "_Governed", place: Path
) -> Mapping[str, Command]:
    """What an administrator may ask of the meters, and command about who is taken out of them.

    `place` is where the keys lie.
    """
    means = MeterMeans(
        counting=counting,
        readings=readings,
        journal=store.meter_journal,
        agreement=lambda: governed.standing.term.agreement,
        now_ms=governed.ledger.now_ms,
        shard=lambda: governed.ledger.shard.id,
        change_person_key=lambda: change_person_key(place),
    )
    authorities = AdminAuthorities(
        AuthorityMeans(
            counting=counting,
            ledger=governed.ledger,
            agreement=lambda: governed.standing.term.agreement,
            now_ms=governed.ledger.now_ms,
            random=RandomPool(),
        )
    )
    return {**AdminMeters(means).commands, **authorities.commands}


def _commands(
    means: OversightMeans, governed: "_Governed", keyring: Keyring, seed_file: LogSeed
) -> Mapping[str, Command]:
    """What an administrator may command, but for what oversight adds."""
    ledger, recorder, store = governed.ledger, means.recorder, means.store
    journeys = AdminJourneys(
        keyring=keyring,
        ledger=ledger,
        recorder=recorder,
        agreement=governed.ref,
        backups=_backups(means.data_dir, means.settings, store, governed.ref),
        seed_file=seed_file,
        log_directory=lambda: ledger.directory,
    )
    people = AdminPeople(
        directory=lambda: directory_in(means.data_dir),
        store=store.people(governed.scope),
        ledger=ledger,
        recorder=recorder,
        now_ms=ledger.now_ms,
    )
    uses = AdminUses(records=ledger, wrapping_key=means.wrapping_key, opening=recorder.opening)
    described = AdminDescribed(records=ledger, wrapping_key=means.wrapping_key, opening=recorder.opening)
    agreement = AdminAgreement(governed.activation)
    versions = Versions(means.data_dir / means.settings.agreement.directory)
    audiences = AdminAudiences(versions, store.agreements(governed.scope))
    every = (journeys, agreement, audiences, uses, described, people)
    return {name: command for each in every for name, command in each.commands.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Governed:
    """The ledger and what is in force in it."""

    ledger: Ledger
    scope: int
    statements: Statements
    standing: Standing
    activation: Activation
    alarm: Alarm
    counting: Counting

    def ref(self) -> AgreementRef:
        """Which agreement is in force now."""
        return self.standing.term.agreement.ref


def _govern(
    data_dir: Path, settings: Settings, store: Store, trust: GenesisTrust, seed_file: LogSeed, listed: Gazetteer
) -> _Governed:
    """Find what is in force in `store`, and open the ledger under it; raises `BrightlineError`."""
    enclave, versions = settings.enclave.name, Versions(data_dir / settings.agreement.directory)
    alarm, random = Alarm(), RandomPool()

    def find() -> Lineage:
        return find_in_force(store, versions, trust, enclave)

    def load(draft: Draft) -> Agreement:
        return agreement_of(draft, enclave, shadow=Shadow(random=random, alarm=alarm))

    lineage = find()
    agreement = load(lineage.draft)
    ledger = _open_ledger(store, seed_file, _ledger_settings(data_dir, settings, lineage, trust_digest(trust)))
    # A log behind its anchor has nobody to serve; its scope is known unless the store is empty.
    scope = store.shards(agreement=agreement.ref.id, enclave=enclave).scope() or 0
    statements = Statements(store.settings(scope), enclave)
    standing = Standing(kept_term(agreement, lineage, statements, ledger.now_ms()))
    counting = _counting(data_dir, store, ledger, listed)

    async def prepare(agreement: AgreementPort) -> None:
        await counting.prepare(agreement.meters, agreement.authority_kinds, lambda: asyncio.sleep(0))

    means = Means(
        enclave=enclave,
        versions=versions,
        ledger=ledger,
        statements=statements,
        find=find,
        load=load,
        prover=installed_prover,
        admit=admits(settings.effector, Describing().admit),
        prepare=prepare,
    )
    return _Governed(
        ledger=ledger,
        scope=scope,
        statements=statements,
        standing=standing,
        activation=Activation(means, standing, lineage),
        alarm=alarm,
        counting=counting,
    )


async def _take_statement(data_dir: Path, governed: _Governed) -> None:
    """Take the statement that lies in the data directory, if it is another than the one held, and newer."""
    data, kept = statement_in(data_dir), governed.statements.kept()
    if data is None or (kept is not None and kept.data == data):
        return
    try:
        await governed.activation.state_current(data, by="start")
    except BrightlineError as error:
        if kept is None:
            governed.standing.replace(replace(governed.standing.term, doubt=error))


def _backups(data_dir: Path, settings: Settings, store: Store, ref: Callable[[], AgreementRef]) -> DirectoryBackups:
    return DirectoryBackups(
        data_dir=data_dir,
        agreements_dir=data_dir / settings.agreement.directory,
        agreement=ref,
        copy_store=store.backup,
        now=lambda: datetime.now(UTC).isoformat(timespec="seconds"),
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


def _ledger_settings(data_dir: Path, settings: Settings, lineage: Lineage, trust: str) -> LedgerSettings:
    chosen = settings.ledger
    return LedgerSettings(
        operator=chosen.operator,
        agreement=lineage.ref(settings.enclave.name),
        trust=trust,
        acceptance=lineage.acceptance,
        log_dir=data_dir / chosen.directory,
        anchor_dir=data_dir / chosen.anchor if chosen.anchor is not None else None,
        watermark_bytes=chosen.watermark_bytes,
        publish_seconds=chosen.publish_seconds,
    )
