"""Meters of one operator: windows by rule and place, reserved, taken, and counted again."""

import pytest

from brightline.domain.metering import NOTHING, Per, Tally
from brightline.metering import Meters, Windows
from brightline.metering.meters import window_key
from tests.unit.metering.rig import HOUR_MS, PEOPLE, RULES, TOKENS, Kept, place_of

TALLY = Tally(data_subjects=frozenset({1, 2}), tokens=5, effects={"read": 1}, money=3)


def opened(store: Kept, key: bytes = bytes(32)) -> Meters:
    return Meters(RULES, Windows(store, budget_bytes=1 << 20), key=key)


def test_a_window_is_of_the_meters_place_and_of_nothing_else() -> None:
    meters = opened(Kept())
    use = meters.open(place_of("u", "w"))
    assert meters.reserve(use, TALLY, HOUR_MS) == {"people": 2, "acts": 1, "tokens": 5, "money": 3}
    meters.take(use, TALLY, position=0, time_ms=HOUR_MS)
    meters.close(use)
    other = meters.open(place_of("u", "v"))
    assert meters.read(other, HOUR_MS) == {"people": 2, "acts": 1, "tokens": 0, "money": 3}
    elsewhere = meters.open(place_of("t", "w"))
    assert meters.read(elsewhere, HOUR_MS) == {"people": 0, "acts": 0, "tokens": 5, "money": 3}


def test_what_is_given_back_was_never_there() -> None:
    meters = opened(Kept())
    use = meters.open(place_of())
    meters.reserve(use, TALLY, HOUR_MS)
    meters.reserve(use, TALLY, HOUR_MS)
    meters.give_back(use)
    assert set(meters.reserve(use, NOTHING, HOUR_MS).values()) == {0}
    meters.close(use)
    meters.close(use)


def test_entries_and_kept_windows_give_the_same() -> None:
    store = Kept()
    meters = opened(store)
    hashes = meters.hashes(place_of())
    meters.replay(hashes, TALLY, position=0, time_ms=HOUR_MS)
    for _ in meters.keep_in_steps(1):
        meters.replay(hashes, Tally(tokens=1), position=1, time_ms=HOUR_MS)
    meters.keep(2)
    assert store.upto == 2
    again = opened(store)
    assert again.read(again.open(place_of()), HOUR_MS) == {"people": 2, "acts": 1, "tokens": 6, "money": 3}


def test_what_a_fault_kept_from_being_kept_is_kept_the_next_time() -> None:
    store = Kept()
    meters = opened(store)
    meters.replay(meters.hashes(place_of()), TALLY, position=0, time_ms=HOUR_MS)
    store.fails = True
    with pytest.raises(OSError, match="full"):
        meters.keep(1)
    meters.replay(meters.hashes(place_of()), Tally(tokens=1), position=1, time_ms=HOUR_MS)
    steps = meters.keep_in_steps(2)
    store.fails = False
    next(steps)
    steps.close()
    meters.keep(2)
    assert (len(store.rows), store.upto) == (4, 2)


def test_what_was_taken_is_told_without_what_is_reserved() -> None:
    meters = opened(Kept())
    use = meters.open(place_of())
    meters.take(use, TALLY, position=0, time_ms=HOUR_MS)
    meters.reserve(use, TALLY, HOUR_MS)
    keys = meters.keys(meters.hashes(place_of()))
    assert [rule for rule, _ in keys] == [*RULES]
    assert [meters.taken(rule, key, HOUR_MS) for rule, key in keys] == [2, 1, 5, 3]


def test_another_rule_or_key_is_another_window() -> None:
    hashes = dict.fromkeys(Per, b"h" * 16)
    assert window_key(PEOPLE, hashes) != window_key(TOKENS, hashes)
    assert opened(Kept()).hashes(place_of()) != opened(Kept(), b"k" * 32).hashes(place_of())
