"""Puts the approval journeys together: holds over the ledger and the store, people over the directory, decoys, console.

The gateway's release key lies beside its other keys, and is made when a data directory is first opened without one.
"""

import os
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from brightline.crypto.errors import CryptoError
from brightline.crypto.keyfiles import create_key, load_key
from brightline.crypto.party_keys import ED25519, PrivateKey, PublicKey, create, read_public
from brightline.crypto.randomness import RandomPool
from brightline.crypto.seal import WrappingKey
from brightline.crypto.tags import TagKeys
from brightline.domain.agreement import AgreementRef
from brightline.gateway.admin import Command
from brightline.gateway.admin_approvals import AdminApprovals
from brightline.gateway.admin_audiences import admits
from brightline.gateway.admin_oversight import AdminOversight
from brightline.gateway.admin_people import directory_in
from brightline.gateway.admin_records import AdminRecorder
from brightline.gateway.alarm import Alarm
from brightline.gateway.approvals import Approvals
from brightline.gateway.approver_journeys import ApproverJourneys
from brightline.gateway.decoying import DecoyPlan
from brightline.gateway.errors import SettingsError
from brightline.gateway.machine_states import MachineStates, asked_endpoints, machines_of
from brightline.gateway.meter_readings import MeterReading
from brightline.gateway.notices import Notices, check_url, post
from brightline.gateway.people_book import PeopleBook
from brightline.gateway.ports import DoorPort
from brightline.gateway.settings import FILE_NAME, EffectorSettings, OversightSettings, Settings
from brightline.ledger.service import Ledger
from brightline.oversight.caps import Caps
from brightline.oversight.holds import HoldRecords
from brightline.oversight.service import Holds, Parts
from brightline.oversight.taking import Taking
from brightline.policy import AgreementPort
from brightline.providers import Upstream
from brightline.storage import Store

RELEASE_KEY = "release.key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Overseen:
    """The approval journeys: of the live path, of people at the console, and as commands; the way to the `machines`."""

    approvals: Approvals
    machines: Upstream
    journeys: ApproverJourneys
    commands: Mapping[str, Command]


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What the journeys are made of; `agreement` is the one in force, `meters` what its meters tell."""

    data_dir: Path
    settings: Settings
    store: Store
    ledger: Ledger
    scope: int
    wrapping_key: WrappingKey
    tag_keys: TagKeys
    agreement: Callable[[], AgreementPort]
    door: DoorPort
    recorder: AdminRecorder
    alarm: Alarm
    meters: Callable[[], tuple[MeterReading, ...]]


def oversee(means: Means) -> Overseen:
    """The journeys; raises `SettingsError`, `KeyFileError`, `EndpointError`."""
    admits(means.settings.effector)(means.agreement())
    chosen, ledger, people = means.settings.oversight, means.ledger, means.store.people(means.scope)
    book = PeopleBook(people, lambda: directory_in(means.data_dir))
    pool = RandomPool()
    holds = Holds(
        Parts(
            ledger=ledger,
            rows=lambda: means.store.holds(ledger.shard),
            said=lambda: means.store.said(ledger.shard),
            people=book.current,
            records=HoldRecords(wrapping_key=means.wrapping_key, tag_keys=means.tag_keys, random=pool),
            agreement=lambda: means.agreement().ref,
            signer=release_key(means.data_dir / "keys"),
            caps=_caps(chosen),
        )
    )
    effectors, keys = means.settings.effector, _effectors(means.settings.effector, means.data_dir)
    taking = Taking(holds, keys)
    machines = Upstream(asked_endpoints(effectors, means.data_dir), clock=time.monotonic)
    # Nobody foresees which action brings a decoy, or what is wrong with it.
    chance = random.Random(int.from_bytes(os.urandom(32), "big"))  # noqa: S311 (seeded from the system's randomness)
    approvals = Approvals(
        holds,
        taking,
        wrapping_key=means.wrapping_key,
        random=pool,
        decoys=DecoyPlan(
            chosen.decoy_share,
            chance,
            spread_seconds=chosen.decoy_spread_seconds,
            null_audiences=lambda ref: _null_audiences(means.agreement(), ref),
        ),
        failed=means.alarm.decoy_failed,
        notify=_notices(means).held,
        states=MachineStates(machines_of(effectors, keys), machines, clock_ms=ledger.now_ms, random=pool),
    )
    journeys = ApproverJourneys(approvals, people=people, door=means.door, meters=means.meters)
    commands = {
        **AdminApprovals(journeys, ledger=ledger, opening=means.recorder.opening).commands,
        **AdminOversight(approvals).commands,
    }
    return Overseen(approvals=approvals, machines=machines, journeys=journeys, commands=commands)


def _notices(means: Means) -> Notices:
    """What tells people that something waits for them; raises `SettingsError`."""
    url, console = means.settings.oversight.notify_url, means.settings.console
    if url:
        check_url(url, path=str(means.data_dir / FILE_NAME))
    origin = "" if console is None else console.origin
    return Notices(url, origin=origin, failed=means.alarm.notice_failed, post=post)


def release_key(keys_dir: Path) -> PrivateKey:
    """The key with which the gateway signs releases, made now if there is none; raises `KeyFileError`."""
    path = keys_dir / RELEASE_KEY
    seed = load_key(path) if path.exists() else create_key(path)
    return create(ED25519, lambda _: seed)


def _null_audiences(agreement: AgreementPort, ref: AgreementRef) -> Sequence[str]:
    """Those that the version `ref` reserves; none where another is in force, which may have them as machines."""
    return agreement.null_audiences if agreement.ref == ref else ()


def _caps(chosen: OversightSettings) -> Caps:
    return Caps(
        open_per_principal=chosen.open_holds_per_principal,
        queue_per_role=chosen.queue_per_role,
        sign_offs_per_hour=chosen.sign_offs_per_hour,
    )


def _effectors(chosen: Sequence[EffectorSettings], data_dir: Path) -> Mapping[str, Sequence[PublicKey]]:
    found: dict[str, list[PublicKey]] = {}
    for effector in chosen:
        try:
            key = read_public(effector.algorithm, effector.public)
        except CryptoError as error:
            why = f"the key of effector `{effector.audience}` cannot be used: {error.message}"
            raise SettingsError("gateway/settings-invalid", path=str(data_dir / FILE_NAME), why=why) from error
        found.setdefault(effector.audience, []).append(key)
    return found
