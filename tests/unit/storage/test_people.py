"""What is known of people: kept once under its number, and read back in order."""

import pytest

from brightline.storage import PeopleStore, Shard, Store


@pytest.fixture
def people(store: Store, shard: Shard) -> PeopleStore:
    return store.people(shard.scope)


def test_nothing_is_there_before_anything_is_kept(people: PeopleStore) -> None:
    assert people.assertions() == []
    assert people.revocations() is None
    assert people.enrolments("ann") == []


def test_assertions_stand_by_serial_and_the_first_of_one_stays(people: PeopleStore) -> None:
    people.put_assertion(7, b"seven")
    people.put_assertion(3, b"three")
    people.put_assertion(7, b"another")
    assert people.assertions() == [b"three", b"seven"]


def test_the_list_with_the_highest_number_counts(people: PeopleStore) -> None:
    for number in (2, 10, 9):
        people.put_revocations(number, b"list %d" % number)
    people.put_revocations(10, b"another")
    assert people.revocations() == b"list 10"


def test_the_version_rises_with_whatever_is_kept(people: PeopleStore) -> None:
    assert people.version() == (0, -1)
    people.put_assertion(7, b"seven")
    people.put_revocations(0, b"list")
    assert people.version() == (1, 0)


def test_a_later_enrolment_of_a_key_takes_the_place_of_the_first(people: PeopleStore) -> None:
    people.put_enrolment("bb", "ann", b"one")
    people.put_enrolment("aa", "ann", b"two")
    people.put_enrolment("bb", "ann", b"three")
    people.put_enrolment("cc", "bob", b"four")
    assert people.enrolments("ann") == [b"two", b"three"]
    assert people.all_enrolments() == [b"two", b"three", b"four"]


def test_another_scope_sees_nothing(people: PeopleStore, store: Store, shard: Shard) -> None:
    people.put_assertion(1, b"one")
    assert store.people(shard.scope + 1).assertions() == []
