"""People in one window: with identifiers once each, others by occurrence, and never fewer while many are reserved."""

import pytest

from brightline.domain.metering import Tally
from brightline.metering.data_subject_window import DataSubjectWindow
from brightline.metering.errors import MeterStateError
from tests.unit.metering.rig import HOUR_MS, PEOPLE

KEY = b"k" * 16


def made() -> DataSubjectWindow:
    return DataSubjectWindow(PEOPLE, KEY)


def people(*data_subjects: int) -> Tally:
    return Tally(data_subjects=frozenset(data_subjects))


def test_the_same_person_reserved_twice_is_one() -> None:
    window = made()
    window.take(people(1), position=0, time_ms=HOUR_MS)
    amounts = [window.reserve(people(1, 2)), window.reserve(people(2, 3))]
    assert window.reading == 3
    window.give_back(people(1, 2), amounts[0])
    assert window.reading == 3
    window.take(people(2, 3), position=1, time_ms=HOUR_MS)
    window.give_back(people(2, 3), amounts[1])
    assert window.reading == 3


def test_who_slides_out_while_reserved_counts_still() -> None:
    window = made()
    window.take(people(1), position=0, time_ms=HOUR_MS)
    window.reserve(people(1))
    window.advance(4 * HOUR_MS)
    assert window.reading == 1


def test_occurrences_count_once_and_the_unreadable_for_some() -> None:
    window = made()
    tally = Tally(mentions={1: 5}, unreadable={2: 2})
    window.reserve(tally)
    assert window.reading == 11
    window.take(tally, position=0, time_ms=HOUR_MS)
    window.give_back(tally, 0)
    assert window.reading == 11
    for _ in range(2):
        window.reserve(Tally(mentions={1: 7}, unreadable={2: 1}))
        assert window.reading == 13
    window.take(Tally(settled={1: 0}), position=1, time_ms=HOUR_MS)
    assert window.reading == 13
    window.advance(4 * HOUR_MS)
    assert window.reading == 10


def test_above_what_is_kept_one_by_one_a_sketch_counts() -> None:
    window = made()
    window.reserve(people(500))
    window.take(people(*range(21)), position=0, time_ms=HOUR_MS)
    assert not window.exact
    assert window.reading >= 22
    window.take(people(500), position=1, time_ms=HOUR_MS)
    assert window.reading >= 22
    window.take(people(600), position=2, time_ms=HOUR_MS)
    assert window.kept_bytes > 16_384
    again = made()
    again.decode(window.encode())
    assert not again.exact
    assert again.reading >= 23


def test_it_is_read_back() -> None:
    window = made()
    window.take(Tally(data_subjects=frozenset({1}), mentions={2: 3}), position=0, time_ms=HOUR_MS)
    again = made()
    again.decode(window.encode())
    assert (again.reading, again.exact) == (4, True)
    assert again.kept_bytes == window.kept_bytes
    with pytest.raises(MeterStateError):
        made().decode(window.encode()[:14])
    with pytest.raises(MeterStateError):
        made()._decode(b"cut")
