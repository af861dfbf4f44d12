from collections.abc import Sequence
from dataclasses import replace

import pytest

from brightline.domain.sign_off.errors import SignOffError
from brightline.oversight.directory import Directory, entries_of
from brightline.oversight.importing import MOST_FILES, plan_import
from brightline.oversight.people import CLOCK_SKEW_MS, People
from brightline.testing.sign_off import ANNA, BERT, CLEO, NOW_MS, key_of, make_scene

SCENE = make_scene()
DIRECTORY = Directory(keys=entries_of([SCENE.directory.public]))


class Kept:
    """A store in memory."""

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


def take(store: Kept, *files: bytes) -> None:
    plan_import(DIRECTORY, store, files, now_ms=NOW_MS).keep(store)


def refused(store: Kept, *files: bytes) -> str:
    before = (dict(store.by_serial), dict(store.lists))
    with pytest.raises(SignOffError) as caught:
        take(store, *files)
    assert (store.by_serial, store.lists) == before
    return caught.value.code


A, B = SCENE.assertion(ANNA).canonical, SCENE.assertion(BERT).canonical
STRANGE = replace(SCENE, directory=key_of("another directory"))


def test_refuses_what_the_directory_did_not_sign_and_keeps_none_of_the_rest() -> None:
    assert refused(Kept(), A, STRANGE.assertion(BERT).canonical) == "signoff/unknown-directory"
    assert refused(Kept(), A, STRANGE.revocations.canonical) == "signoff/unknown-directory"


def test_refuses_what_is_nothing_of_people() -> None:
    assert refused(Kept()) == "signoff/nothing-to-import"
    assert refused(Kept(), A, b"{}") == "signoff/not-of-people"
    assert refused(Kept(), b"[]") == "signoff/bad-field"
    assert refused(Kept(), b"") == "signoff/not-json"
    assert refused(Kept(), *[A] * (MOST_FILES + 1)) == "signoff/too-many"


def test_a_list_that_goes_back_is_refused() -> None:
    store = Kept()
    take(store, SCENE.revoke(number=5, persons=("anna",)).canonical)
    for number, issued_ms in ((4, NOW_MS), (5, NOW_MS), (6, NOW_MS - 2 * 3_600_000)):
        assert refused(store, SCENE.revoke(number=number, issued_ms=issued_ms).canonical) == "signoff/list-went-back"
    newer = [SCENE.revoke(number=number).canonical for number in (7, 6)]
    assert refused(store, *newer) == "signoff/list-went-back"
    ahead = SCENE.revoke(number=6, issued_ms=NOW_MS + CLOCK_SKEW_MS + 1).canonical
    assert refused(store, ahead) == "signoff/revocations-stale"
    take(store, SCENE.revoke(number=6).canonical)
    assert sorted(store.lists) == [5, 6]


def test_one_serial_is_one_assertion() -> None:
    store = Kept()
    take(store, A)
    clash = SCENE.assertion(replace(CLEO, serial=ANNA.serial)).canonical
    assert refused(store, clash) == "signoff/serial-taken"
    assert refused(Kept(), A, clash) == "signoff/serial-taken"
    # The same once more adds nothing, and says so.
    assert refused(store, A) == "signoff/nothing-to-import"
    take(store, A, B)
    assert sorted(store.by_serial) == [1, 2]


def test_one_key_is_one_persons() -> None:
    store = Kept()
    take(store, B)
    double = SCENE.assertion(replace(BERT, name="eve", key_name=BERT.name, serial=50)).canonical
    assert refused(store, double) == "signoff/key-of-another"
    assert refused(Kept(), B, double) == "signoff/key-of-another"
    take(store, SCENE.assertion(replace(BERT, serial=51)).canonical)


def test_what_was_taken_is_what_people_are_read_from() -> None:
    store = Kept()
    plan = plan_import(DIRECTORY, store, [A, B, SCENE.revoke(number=3).canonical], now_ms=NOW_MS)
    assert [each["act"] for each in plan.summary] == ["assert", "assert", "revoke"]
    assert plan.summary[0]["person"] == "anna"
    assert plan.summary[2]["number"] == 3
    plan.keep(store)
    people = People(DIRECTORY, assertions=store.assertions(), revocations=store.revocations())
    assert people.roles(ANNA.key.public.id, now_ms=NOW_MS) == set(ANNA.roles)
