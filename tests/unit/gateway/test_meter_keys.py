"""The keys of meters: made once, and never silently again."""

from pathlib import Path

import pytest

from brightline.crypto.errors import KeyFileError
from brightline.gateway.meter_keys import KEY_FILES, change_person_key, load_meter_keys


def test_keys_are_made_where_they_may_be_and_differ(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError):
        load_meter_keys(tmp_path, create=False)
    made = load_meter_keys(tmp_path, create=True)
    again = load_meter_keys(tmp_path, create=False)
    assert (again.place, again.people, again.sealing.id) == (made.place, made.people, made.sealing.id)
    assert made.place != made.people
    assert {path.name for path in tmp_path.iterdir()} == set(KEY_FILES)
    assert made.place.hex() not in repr(made)


def test_a_lost_key_is_not_made_anew_unless_that_is_asked(tmp_path: Path) -> None:
    before = load_meter_keys(tmp_path, create=True)
    (tmp_path / "person.key").unlink()
    with pytest.raises(KeyFileError):
        load_meter_keys(tmp_path, create=False)
    after = load_meter_keys(tmp_path, create=True)
    assert (after.place, after.people != before.people) == (before.place, True)


def test_the_key_that_hides_people_alone_is_changed(tmp_path: Path) -> None:
    before = load_meter_keys(tmp_path, create=True)
    change_person_key(tmp_path)
    after = load_meter_keys(tmp_path, create=False)
    assert (after.place, after.sealing.id) == (before.place, before.sealing.id)
    assert after.people != before.people
    assert {path.name for path in tmp_path.iterdir()} == set(KEY_FILES)


def test_a_key_that_is_not_there_is_not_changed(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError):
        change_person_key(tmp_path)
    assert list(tmp_path.iterdir()) == []
