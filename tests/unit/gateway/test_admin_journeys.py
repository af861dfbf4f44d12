"""The commands over a ledger in memory; `tests/unit/cli/test_offline.py` runs them over the real one."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from brightline.crypto.checkpoint import Checkpoint
from brightline.crypto.merkle import leaf_hash
from brightline.crypto.note import NoteSigner
from brightline.crypto.seal import WrappingKey
from brightline.crypto.tags import TagKeys
from brightline.crypto.tlog_proof import TlogProof
from brightline.domain.agreement import AgreementRef
from brightline.domain.credential import KeyRecord
from brightline.domain.errors import BrightlineError
from brightline.domain.leaf import Kind, decode
from brightline.domain.record import Appended, Entry
from brightline.gateway.admin import Caller
from brightline.gateway.admin_journeys import AdminJourneys, user_name
from brightline.gateway.admin_records import AdminRecorder
from brightline.gateway.errors import AdminError
from brightline.identity import CredentialError, KeyRefusedError, Keyring
from brightline.ledger.service import StoredEntry
from brightline.ledger.state import Condition, LedgerState

REF = AgreementRef("sample", 1, bytes(32), "demo")
ROOT = Caller(0)
GRANT = {"name": "ana", "organisation": "agency", "unit": "desk", "app": "a", "missions": ["m"], "default_mission": "m"}
STRONG = "q7Zp0rT4mX9sLk2Vb8Nc6Wd1Fg5Hj3Ya"


class Keys:
    def __init__(self) -> None:
        self.rows: dict[str, KeyRecord] = {}

    def find_key(self, secret_hash: bytes) -> KeyRecord | None:
        return next((row for row in self.rows.values() if row.secret_hash == secret_hash), None)

    def get_key(self, key_id: str) -> KeyRecord | None:
        return self.rows.get(key_id)

    def list_keys(self) -> Sequence[KeyRecord]:
        return list(self.rows.values())

    def add_key(self, record: KeyRecord) -> None:
        self.rows[record.key_id] = record

    def revoke_key(self, key_id: str, at_ms: int) -> None:
        self.rows[key_id] = replace(self.rows[key_id], revoked_at_ms=at_ms)


class LedgerInMemory:
    origin = "o"
    vkey = "o+1+A"

    def __init__(self) -> None:
        self.leaves: list[bytes] = []
        self.broken = False
        self.standing = LedgerState(Condition.READY)

    @property
    def size(self) -> int:
        return len(self.leaves)

    def state(self) -> LedgerState:
        return self.standing

    def entry(self, index: int) -> StoredEntry:
        if not 0 <= index < self.size:
            raise AdminError("gateway/no-proof", index=index)
        return StoredEntry(Appended(index, leaf_hash(self.leaves[index]), 5), self.leaves[index])

    async def append_all(self, entries: Sequence[Entry], also: Callable[[], None] | None = None) -> Sequence[Appended]:
        if self.broken:
            raise AdminError("gateway/internal")
        if also is not None:
            also()
        start = self.size
        self.leaves += [entry.leaf for entry in entries]
        return [Appended(start + place, leaf_hash(entry.leaf), 5) for place, entry in enumerate(entries)]

    async def proof(self, index: int) -> bytes:
        root = leaf_hash(self.leaves[0])
        note = NoteSigner("o", bytes(32)).sign(Checkpoint("o", 1, root).text())
        return TlogProof(index, (), note).encode()

    async def acknowledge_clock(self, reason: str, who: str) -> Appended:
        assert who.startswith("uid 0")
        return Appended(9, bytes(32), 5)

    async def rotate_key(self, new_seed: bytes) -> tuple[Appended, str]:
        if self.broken:
            raise AdminError("gateway/internal")
        return Appended(9, bytes(32), 5), "o+2+B"


class Seed:
    def __init__(self) -> None:
        self.done: list[str] = []

    def stage(self) -> bytes:
        self.done.append("staged")
        return bytes(32)

    def settle(self) -> None:
        self.done.append("settled")


async def no_backup(path: str, *, with_keys: bool, entries: int) -> dict[str, object]:
    return {"path": path, "keys": with_keys, "entries": entries}


class Office:
    def __init__(self) -> None:
        self.ledger, self.keys, self.seed = LedgerInMemory(), Keys(), Seed()
        random = iter(range(1, 10_000))
        self.keyring = Keyring(
            self.keys,
            pepper=bytes(32),
            random=lambda count: bytes((next(random) * 7 + place * 31) % 256 for place in range(count)),
            clock_ms=lambda: 5,
        )
        self.journeys = AdminJourneys(
            keyring=self.keyring,
            ledger=self.ledger,
            recorder=AdminRecorder(
                wrapping_key=WrappingKey(bytes(32)), tag_keys=TagKeys(bytes(32)), agreement=lambda: REF
            ),
            agreement=lambda: REF,
            backups=no_backup,
            seed_file=self.seed,
            log_directory=lambda: Path("/gate/log"),
        )

    def do(self, command: str, **args: object):
        return asyncio.run(self.journeys.commands[command](args, ROOT))

    def kinds(self) -> list[Kind]:
        return [decode(leaf).kind for leaf in self.ledger.leaves]


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.mark.parametrize(
    ("command", "args"),
    [
        ("key.add", {}),
        ("key.add", {**GRANT, "more": 1}),
        ("key.add", {**GRANT, "roles": "analyst"}),
        ("key.import", {**GRANT, "secret": 5}),
        ("key.revoke", {}),
        ("key.list", {"x": 1}),
        ("ledger.show", {"last": "all"}),
        ("ledger.prove", {"index": "0"}),
        ("clock.acknowledge", {}),
        ("backup", {}),
    ],
)
def test_arguments_of_a_wrong_form_refuse(office: Office, command: str, args: dict[str, object]) -> None:
    with pytest.raises(AdminError) as caught:
        office.do(command, **args)
    assert caught.value.code == "gateway/admin-bad-request"
    assert office.ledger.leaves == []


def test_a_key_that_cannot_be_recorded_is_not_made(office: Office) -> None:
    office.ledger.broken = True
    with pytest.raises(AdminError):
        office.do("key.add", **GRANT)
    assert office.keys.rows == {}


def test_a_revocation_that_cannot_be_recorded_is_told(office: Office) -> None:
    key_id = office.do("key.add", **GRANT)["key_id"]
    office.ledger.broken = True
    with pytest.raises(AdminError):
        office.do("key.revoke", key_id=key_id)
    office.ledger.broken = False
    office.do("key.revoke", key_id=key_id)
    with pytest.raises(KeyRefusedError):
        office.do("key.revoke", key_id=key_id)
    assert office.kinds() == [Kind.MISSION, Kind.KEY, Kind.KEY]


def test_a_key_works_from_its_making_to_its_revocation(office: Office) -> None:
    made = office.do("key.add", **GRANT)
    headers = {"x-api-key": made["secret"]}
    assert office.keyring.authenticate(headers).name == "ana"
    assert made["created_by"] == f"uid 0 ({user_name(0)})"
    assert made["missions_opened"] == ["m"]
    assert office.do("key.add", **GRANT)["missions_opened"] == []
    office.do("key.revoke", key_id=made["key_id"])
    with pytest.raises(CredentialError):
        office.keyring.authenticate(headers)
    listed = office.do("key.list")["keys"]
    assert [bool(key["revoked_at"]) for key in listed] == [True, False]
    assert made["secret"] not in str(listed)


def test_an_import_hides_its_secret(office: Office) -> None:
    result = office.do("key.import", **GRANT, secret=STRONG)
    assert STRONG not in str(result)
    assert office.keyring.authenticate({"x-api-key": STRONG}).key_id == result["key_id"]
    with pytest.raises(BrightlineError) as caught:
        office.do("key.import", **GRANT, secret="weak")
    assert caught.value.code == "identity/weak-secret"
    from brightline.gateway.admin_journeys import Import

    assert "hidden" not in repr(Import(name="n", organisation="o", unit="u", app="a", secret="hidden"))


def test_a_log_key_is_settled_only_when_the_ledger_took_it(office: Office) -> None:
    office.ledger.broken = True
    with pytest.raises(AdminError):
        office.do("log-key.rotate")
    assert office.seed.done == ["staged"]
    office.ledger.broken = False
    assert office.do("log-key.rotate")["vkey"] == "o+2+B"
    assert office.seed.done == ["staged", "staged", "settled"]


def test_shows_and_proves(office: Office) -> None:
    office.do("key.add", **GRANT)
    shown = office.do("ledger.show", last=1)
    assert [entry["kind"] for entry in shown["entries"]] == ["key"]
    assert shown["entries"][0]["flags"] == []
    assert office.do("ledger.show", last=-5)["entries"] == []
    proved = office.do("ledger.prove", index=0)
    assert TlogProof.parse(proved["proof"].encode()).extra == office.ledger.leaves[0]
    assert proved["receipt"] == f"o 0 {proved['leaf_hash']}"
    with pytest.raises(AdminError):
        office.do("ledger.prove", index=2)


def test_status_says_why_not_ready(office: Office) -> None:
    assert office.do("status")["state"] == "ready"
    office.ledger.standing = LedgerState(Condition.FAILED, AdminError("gateway/internal"))
    assert office.do("status")["state"].startswith("failed: ")


def test_the_rest_is_handed_on(office: Office) -> None:
    assert office.do("backup", path="/b", keys=False) == {"path": "/b", "keys": False, "entries": 0}
    assert office.do("clock.acknowledge", reason="leap")["entry"] == 9


def test_a_user_without_a_name_is_a_number() -> None:
    assert user_name(4_000_000_000) == "4000000000"
