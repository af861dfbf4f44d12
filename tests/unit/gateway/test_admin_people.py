"""Importing and listing people, over a ledger and a store in memory."""

import asyncio
from base64 import b64encode
from collections.abc import Callable, Sequence

import orjson
import pytest

from brightline.crypto.seal import WrappingKey, unseal
from brightline.crypto.tags import TagKeys
from brightline.domain.agreement import AgreementRef
from brightline.domain.errors import BrightlineError
from brightline.domain.leaf import Kind, decode
from brightline.domain.record import Appended, Entry, Group
from brightline.domain.sign_off.errors import SignOffError
from brightline.gateway.admin import Caller
from brightline.gateway.admin_people import AdminPeople, directory_in
from brightline.gateway.admin_records import AdminRecorder
from brightline.gateway.errors import AdminError
from brightline.oversight.directory import Directory, entries_of
from brightline.testing.sign_off import ANNA, BERT, NOW_MS, make_scene

SCENE = make_scene()
DIRECTORY = Directory(keys=entries_of([SCENE.directory.public]), assurances=("file", "hardware", "webauthn-uv"))
ANNAS, BERTS = SCENE.assertion(ANNA).canonical, SCENE.assertion(BERT).canonical
NOBODY_REVOKED = SCENE.revoke(number=5).canonical
REF = AgreementRef("sample", 1, bytes(32), "demo")


class Kept:
    def __init__(self) -> None:
        self.by_serial: dict[int, bytes] = {}
        self.lists: dict[int, bytes] = {}

    def put_assertion(self, serial: int, blob: bytes) -> None:
        self.by_serial[serial] = blob

    def assertions(self) -> Sequence[bytes]:
        return [self.by_serial[serial] for serial in sorted(self.by_serial)]

    def put_revocations(self, number: int, blob: bytes) -> None:
        self.lists[number] = blob

    def revocations(self) -> bytes | None:
        return self.lists[max(self.lists)] if self.lists else None


class Ledger:
    """Writes entries, and what goes with them, a moment after it is asked."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.broken = False

    async def append_all(self, entries: Sequence[Entry], also: Callable[[], None] | None = None) -> Sequence[Appended]:
        await asyncio.sleep(0)
        if self.broken:
            raise AdminError("gateway/internal")
        if also is not None:
            also()
        self.entries += entries
        return [Appended(len(self.entries) - 1, bytes(32), NOW_MS)]


class Desk:
    def __init__(self, directory: Callable[[], Directory] = lambda: DIRECTORY) -> None:
        self.store, self.ledger = Kept(), Ledger()
        recorder = AdminRecorder(
            wrapping_key=WrappingKey(bytes(32)), tag_keys=TagKeys(bytes(32)), agreement=lambda: REF
        )
        self.commands = AdminPeople(
            directory=directory,
            store=self.store,
            ledger=self.ledger,  # type: ignore[arg-type]  # the one method that is used
            recorder=recorder,
            now_ms=lambda: NOW_MS,
            name_of=lambda uid: "ops",
        ).commands

    async def take(self, *files: bytes):
        return await self.commands["people.import"]({"files": [b64encode(each).decode() for each in files]}, Caller(7))

    def people(self):
        return asyncio.run(self.commands["people.list"]({}, Caller(7)))["people"]


def code_of(desk: Desk, *files: bytes) -> str:
    with pytest.raises(BrightlineError) as caught:
        asyncio.run(desk.take(*files))
    return caught.value.code


@pytest.mark.parametrize(
    ("command", "args"),
    [
        ("people.import", {}),
        ("people.import", {"files": "e30="}),
        ("people.import", {"files": ["{}"]}),
        ("people.import", {"files": ["é"]}),
        ("people.import", {"files": [], "force": True}),
        ("people.list", {"person": "anna"}),
    ],
)
def test_arguments_of_a_wrong_form_refuse(command: str, args: dict[str, object]) -> None:
    with pytest.raises(AdminError) as caught:
        asyncio.run(Desk().commands[command](args, Caller(0)))
    assert caught.value.code == "gateway/admin-bad-request"


def test_without_a_directory_nobody_is_taken_and_nobody_listed(tmp_path) -> None:
    desk = Desk(lambda: directory_in(tmp_path))
    assert code_of(desk, ANNAS) == "signoff/no-directory"
    with pytest.raises(SignOffError):
        desk.people()
    assert desk.ledger.entries == []


def test_a_directory_that_cannot_be_read_is_none(tmp_path) -> None:
    (tmp_path / "directory.json").mkdir()
    with pytest.raises(SignOffError) as caught:
        directory_in(tmp_path)
    assert caught.value.code == "signoff/unreadable-directory"


def test_a_directory_that_is_too_large_is_refused(tmp_path) -> None:
    (tmp_path / "directory.json").write_bytes(b" " * 1_000_000)
    with pytest.raises(SignOffError) as caught:
        directory_in(tmp_path)
    assert caught.value.code == "signoff/too-large"


def test_the_directory_of_a_data_directory(tmp_path) -> None:
    (tmp_path / "directory.json").write_bytes(DIRECTORY.to_bytes())
    assert directory_in(tmp_path) == DIRECTORY


def test_what_is_refused_leaves_no_entry_and_nobody_behind() -> None:
    desk = Desk()
    assert code_of(desk, ANNAS, b"{}") == "signoff/not-of-people"
    assert code_of(desk) == "signoff/nothing-to-import"
    assert desk.ledger.entries == []
    assert desk.store.by_serial == {}


def test_what_cannot_be_recorded_is_not_kept() -> None:
    desk = Desk()
    desk.ledger.broken = True
    assert code_of(desk, ANNAS) == "gateway/internal"
    assert desk.store.by_serial == {}


def test_two_imports_at_once_see_each_other() -> None:
    desk = Desk()
    newer, older = SCENE.revoke(number=6).canonical, SCENE.revoke(number=5).canonical

    async def both():
        return await asyncio.gather(desk.take(newer), desk.take(older), return_exceptions=True)

    taken, refused = asyncio.run(both())
    assert taken["imported"][0]["number"] == 6
    assert refused.code == "signoff/list-went-back"
    assert sorted(desk.store.lists) == [6]


def test_an_import_is_one_entry_that_says_who_brought_what() -> None:
    desk = Desk()
    told = asyncio.run(desk.take(ANNAS, BERTS, NOBODY_REVOKED))
    assert [row["act"] for row in told["imported"]] == ["assert", "assert", "revoke"]
    assert (told["entry"], told["leaf_hash"]) == (0, "00" * 32)
    (entry,) = desk.ledger.entries
    assert decode(entry.leaf).kind is Kind.KEY
    groups = unseal(entry.blob, WrappingKey(bytes(32)))
    assert orjson.loads(groups[Group.CONTENT]) == {"act": "import-people", "imported": told["imported"]}
    assert orjson.loads(groups[Group.WHO]) == {"by": "uid 7 (ops)"}


def test_lists_who_signs_and_what_keeps_others_from_it() -> None:
    desk = Desk()
    assert desk.people() == []
    asyncio.run(desk.take(ANNAS))
    assert [row["why"] for row in desk.people()] == ["signoff/revocations-stale"]
    asyncio.run(desk.take(NOBODY_REVOKED, BERTS))
    assert [(row["person"], row["why"]) for row in desk.people()] == [("anna", ""), ("bert", "")]
