"""What an administrator may command, whether by the admin socket or on a directory that no gateway holds.

Every change is an entry of the ledger that says who made it: the operating system's user, never a name the caller
states. A key's row and its entry are written in one transaction: neither is ever there without the other.
INVARIANT: a secret is in one reply, to the person who asked for the key, and nowhere else.
"""

import asyncio
import pwd
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import msgspec

from brightline.crypto.tlog_proof import TlogProof
from brightline.domain.agreement import AgreementRef
from brightline.domain.credential import KeyRecord
from brightline.domain.leaf import NO_REFERENCE, Flag, decode
from brightline.domain.record import Appended
from brightline.gateway.admin import Caller, Command, Result
from brightline.gateway.admin_ports import AdminLedger, BackupWriter, SeedFile
from brightline.gateway.admin_records import AdminRecorder
from brightline.gateway.errors import AdminError
from brightline.identity import Drafted, KeyRefusedError, Keyring, NewKey
from brightline.ledger.service import StoredEntry
from brightline.ledger.state import LedgerState

Asked = TypeVar("Asked")
# More would not fit one reply, and nobody reads more on a screen.
MOST_SHOWN = 1000


class Grant(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The arguments of `key.add`."""

    name: str
    organisation: str
    unit: str
    app: str
    roles: list[str] = []
    missions: list[str] = []
    default_mission: str | None = None
    owner: str = ""

    def key(self) -> NewKey:
        """What the key is to grant."""
        return NewKey(
            name=self.name,
            organisation=self.organisation,
            unit=self.unit,
            roles=frozenset(self.roles),
            app=self.app,
            missions=frozenset(self.missions),
            default_mission=self.default_mission,
            owner=self.owner,
        )


class Import(Grant, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The arguments of `key.import`."""

    secret: str
    weak: bool = False

    def __repr__(self) -> str:
        return f"Import({self.name})"


class KeyId(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The arguments of `key.revoke`."""

    key_id: str


class Last(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The arguments of `ledger.show`: how many entries, from the end."""

    last: int = 10


class Index(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The arguments of `ledger.prove`."""

    index: int


class Out(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The arguments of `backup`: where to, and whether with the directory's keys."""

    path: str
    keys: bool = True


class Reason(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The arguments of `clock.acknowledge`: why the clock jumped."""

    reason: str


class Why(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The arguments of `clock.acknowledge`: why the clock is right."""

    reason: str


class Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A command without arguments."""


def user_name(uid: int) -> str:
    """The name of a user of this machine, or its number where it has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


class AdminJourneys:
    """The commands; `commands` gives them by name for the admin socket."""

    def __init__(
        self,
        *,
        keyring: Keyring,
        ledger: AdminLedger,
        recorder: AdminRecorder,
        agreement: Callable[[], AgreementRef],
        backups: BackupWriter,
        seed_file: SeedFile,
        log_directory: Callable[[], Path],
        name_of: Callable[[int], str] = user_name,
    ) -> None:
        self._keyring = keyring
        self._ledger = ledger
        self._recorder = recorder
        self._agreement = agreement
        self._backups = backups
        self._seed_file = seed_file
        self._log_directory = log_directory
        self._name_of = name_of

    @property
    def commands(self) -> Mapping[str, Command]:
        """Every command by its name, each checking its own arguments."""
        return {
            "status": command_of(Nothing, self.status),
            "key.add": command_of(Grant, self.key_add),
            "key.import": command_of(Import, self.key_import),
            "key.revoke": command_of(KeyId, self.key_revoke),
            "key.list": command_of(Nothing, self.key_list),
            "ledger.show": command_of(Last, self.ledger_show),
            "ledger.prove": command_of(Index, self.ledger_prove),
            "backup": command_of(Out, self.backup),
            "clock.acknowledge": command_of(Reason, self.clock_acknowledge),
            "log-key.rotate": command_of(Nothing, self.log_key_rotate),
        }

    async def status(self, asked: Nothing, by: Caller) -> Result:
        """How the ledger stands."""
        return self._standing()

    async def key_add(self, asked: Grant, by: Caller) -> Result:
        """Make a key; the reply is the one place its secret is in."""
        drafted = self._keyring.draft(asked.key(), created_by=self._who(by))
        kept = await self._record_and_keep("add", drafted, by)
        return {**kept, "secret": drafted.secret.text if drafted.secret is not None else ""}

    async def key_import(self, asked: Import, by: Caller) -> Result:
        """Take a secret that somebody else made."""
        drafted = self._keyring.draft_import(asked.key(), asked.secret, weak=asked.weak, created_by=self._who(by))
        return await self._record_and_keep("import", drafted, by)

    async def key_revoke(self, asked: KeyId, by: Caller) -> Result:
        """Revoke a key."""
        record = self._keyring.find(asked.key_id)
        if not record.works:
            raise KeyRefusedError("identity/key-already-revoked", key_id=asked.key_id)
        appended = await self._ledger.append_all(
            [self._recorder.key("revoke", record, by=self._who(by))],
            also=lambda: _forget_result(self._keyring.revoke(asked.key_id)),
        )
        return {**_shown(self._keyring.find(asked.key_id)), **_placed(appended[-1])}

    async def key_list(self, asked: Nothing, by: Caller) -> Result:
        """Every key ever made, without secrets."""
        return {"keys": [_shown(record) for record in self._keyring.records()]}

    async def ledger_show(self, asked: Last, by: Caller) -> Result:
        """The ledger's standing and its last entries, without contents."""
        size = self._ledger.size
        start = max(0, size - max(0, min(asked.last, MOST_SHOWN)))
        return {**self._standing(), "entries": [_entry(self._ledger.entry(index)) for index in range(start, size)]}

    async def ledger_prove(self, asked: Index, by: Caller) -> Result:
        """The tlog-proof of an entry."""
        stored = self._ledger.entry(asked.index)
        # The leaf travels along, so that the file alone can be checked (C2SP tlog-proof, `extra`).
        proof = replace(TlogProof.parse(await self._ledger.proof(asked.index)), extra=stored.leaf).encode()
        leaf_hash = stored.appended.leaf_hash.hex()
        receipt = f"{self._ledger.origin} {asked.index} {leaf_hash}"
        return {"index": asked.index, "leaf_hash": leaf_hash, "receipt": receipt, "proof": proof.decode()}

    async def backup(self, asked: Out, by: Caller) -> Result:
        """A whole copy of the data directory at a path that is not there yet."""
        return await self._backups(asked.path, with_keys=asked.keys, entries=self._ledger.size)

    async def clock_acknowledge(self, asked: Reason, by: Caller) -> Result:
        """Say that the clock is right now, after a jump."""
        appended = await self._ledger.acknowledge_clock(asked.reason, self._who(by))
        return {**_placed(appended), "time": utc(appended.time_ms)}

    async def log_key_rotate(self, asked: Nothing, by: Caller) -> Result:
        """Sign with a new log key from now on; the ledger's entry is signed with the old one."""
        old = self._ledger.vkey
        seed = await asyncio.to_thread(self._seed_file.stage)
        appended, vkey = await self._ledger.rotate_key(seed)
        await asyncio.to_thread(self._seed_file.settle)
        return {**_placed(appended), "old_vkey": old, "vkey": vkey}

    async def _record_and_keep(self, act: str, drafted: Drafted, by: Caller) -> dict[str, object]:
        record, who = drafted.record, self._who(by)
        opened = sorted(record.principal.missions - self._keyring.missions())
        entries = [self._recorder.mission(mission, by=who) for mission in opened]
        entries.append(self._recorder.key(act, record, by=who))
        appended = await self._ledger.append_all(entries, also=lambda: self._keyring.keep(drafted))
        return {**_shown(record), "missions_opened": opened, **_placed(appended[-1])}

    def _standing(self) -> dict[str, object]:
        agreement = self._agreement()
        return {
            "agreement": agreement.id,
            "agreement_version": agreement.version,
            "agreement_digest": agreement.digest.hex(),
            "enclave": agreement.enclave,
            "origin": self._ledger.origin,
            "vkey": self._ledger.vkey,
            "size": self._ledger.size,
            "state": _words(self._ledger.state()),
            "directory": str(self._log_directory()),
        }

    def _who(self, by: Caller) -> str:
        return who_of(by, self._name_of)


def who_of(by: Caller, name_of: Callable[[int], str] = user_name) -> str:
    """The operating system's user, as entries name whoever commanded."""
    return f"uid {by.uid} ({name_of(by.uid)})"


def command_of(kind: type[Asked], run: Callable[[Asked, Caller], Awaitable[Result]]) -> Command:
    """The command that `run` is, given arguments of the form `kind`."""

    async def command(args: Mapping[str, object], by: Caller) -> Result:
        try:
            asked = msgspec.convert(args, kind)
        except msgspec.ValidationError as error:
            raise AdminError("gateway/admin-bad-request") from error
        return await run(asked, by)

    return command


def _shown(record: KeyRecord) -> dict[str, object]:
    who = record.principal
    return {
        "key_id": who.key_id,
        "name": who.name,
        "organisation": who.organisation,
        "unit": who.unit,
        "roles": sorted(who.roles),
        "app": who.app,
        "missions": sorted(who.missions),
        "default_mission": who.default_mission,
        "owner": who.owner,
        "weak": record.weak,
        "imported": record.imported,
        "created_by": record.created_by,
        "created_at": utc(record.created_at_ms),
        "revoked_at": None if record.revoked_at_ms is None else utc(record.revoked_at_ms),
    }


def _placed(appended: Appended) -> dict[str, object]:
    return {"entry": appended.index, "leaf_hash": appended.leaf_hash.hex()}


def _entry(stored: StoredEntry) -> dict[str, object]:
    leaf = decode(stored.leaf)
    return {
        "index": stored.appended.index,
        "kind": leaf.kind.name.lower().replace("_", "-"),
        "time": utc(leaf.time_ms),
        "use": leaf.use_id.hex(),
        "reference": None if leaf.reference == NO_REFERENCE else leaf.reference,
        "verdict": leaf.verdict.name.lower(),
        "outcome": leaf.outcome.name.lower().replace("_", "-"),
        "flags": [str(flag.name).lower().replace("_", "-") for flag in Flag if leaf.flags & flag],
    }


def _words(state: LedgerState) -> str:
    return state.condition.value if state.error is None else f"{state.condition.value}: {state.error}"


def _forget_result(record: KeyRecord) -> None:
    """What runs within the ledger's transaction returns nothing."""


def utc(milliseconds: int) -> str:
    """UTC milliseconds since 1970 as ISO 8601."""
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
