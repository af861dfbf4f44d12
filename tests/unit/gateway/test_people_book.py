"""The people of a data directory, read anew when something was imported and only then."""

import threading
from pathlib import Path

import pytest

from brightline.domain.sign_off.errors import SignOffError
from brightline.gateway.people_book import PeopleBook
from brightline.oversight.directory import Directory, entries_of
from brightline.storage import PeopleStore, Store
from brightline.testing.sign_off import ANNA, BERT, NOW_MS, make_scene

SCENE = make_scene()
DIRECTORY = Directory(keys=entries_of([SCENE.directory.public]), assurances=("file", "hardware", "webauthn-uv"))


@pytest.fixture(name="store")
def _store(tmp_path: Path):
    store = Store.open(tmp_path, create=True)
    yield store
    store.abandon()


def take(people: PeopleStore, *persons) -> None:
    for person in persons:
        people.put_assertion(person.serial, SCENE.assertion(person).canonical)


def names(book: PeopleBook) -> list[str]:
    return [holder.assertion.person for holder in book.current().holders(now_ms=NOW_MS)]


def test_without_a_directory_there_are_no_people_until_it_comes(store: Store) -> None:
    there: list[Directory] = []

    def directory() -> Directory:
        if not there:
            raise SignOffError("signoff/no-directory")
        return there[0]

    book = PeopleBook(store.people(0), directory)
    for _ in range(2):
        with pytest.raises(SignOffError):
            book.current()
    there.append(DIRECTORY)
    assert names(book) == []


def test_people_are_read_anew_when_something_was_imported_and_only_then(store: Store) -> None:
    people = store.people(0)
    book = PeopleBook(people, lambda: DIRECTORY)
    take(people, ANNA)
    first = book.current()
    assert book.current() is first
    take(people, BERT)
    assert names(book) == ["anna", "bert"]
    second = book.current()
    people.put_revocations(1, SCENE.revoke(number=1, persons=("anna",)).canonical)
    assert book.current() is not second
    assert {h.assertion.person: h.why for h in book.current().holders(now_ms=NOW_MS)}["anna"] == "signoff/revoked"


def test_a_vote_in_its_transaction_does_not_wait_for_somebody_who_reads(store: Store) -> None:
    people = store.people(0)
    take(people, ANNA)
    reading, in_transaction = threading.Event(), threading.Event()

    def directory() -> Directory:
        reading.set()
        in_transaction.wait(5)
        return DIRECTORY

    book = PeopleBook(people, directory)
    found: list[list[str]] = []
    reader = threading.Thread(target=lambda: found.append(names(book)), daemon=True)

    def vote() -> None:
        with store.database.transaction():
            in_transaction.set()
            found.append(names(book))

    voter = threading.Thread(target=vote, daemon=True)
    reader.start()
    assert reading.wait(5)
    voter.start()
    for thread in (reader, voter):
        thread.join(5)
    assert found == [["anna"], ["anna"]]
