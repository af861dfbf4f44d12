"""Whom authorities of one kind cover, each once."""

from dataclasses import replace

from brightline.domain.metering import Measure, Tally
from brightline.metering.covered_window import CoveredWindow
from tests.unit.metering.rig import HOUR_MS, PEOPLE

RULE = replace(PEOPLE, id="authority.warrant", measure=Measure.COVERED, kind="warrant")
COVERED = Tally(data_subjects=frozenset({9}), covered=frozenset({1, 2}), covered_by="w", covered_kind="warrant")


def test_only_those_of_its_kind_count() -> None:
    window = CoveredWindow(RULE, b"k" * 16)
    amount = window.reserve(COVERED)
    assert window.reading == 2
    window.take(COVERED, position=1, time_ms=HOUR_MS)
    window.give_back(COVERED, amount)
    other = replace(COVERED, covered=frozenset({3}), covered_kind="order")
    window.reserve(other)
    window.take(other, position=2, time_ms=HOUR_MS)
    window.take(Tally(data_subjects=frozenset({5}), mentions={1: 4}), position=3, time_ms=HOUR_MS)
    assert (window.reading, window.taken) == (2, 2)
    again = CoveredWindow(RULE, b"k" * 16)
    again.decode(window.encode())
    assert again.taken == 2
