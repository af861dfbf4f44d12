"""The clock rule."""

import pytest

from brightline.ledger.clock import MOST_BEHIND_MS, MOST_JUMP_MS, ClockGuard, SystemClock
from tests.unit.ledger.conftest import NOON, SetClock


def test_a_clock_behind_the_last_entry_is_in_doubt() -> None:
    clock = SetClock()
    guard = ClockGuard(clock, NOON + MOST_BEHIND_MS + 1)
    assert guard.stamp(NOON + MOST_BEHIND_MS + 1) == NOON + MOST_BEHIND_MS + 1
    assert "behind" in guard.doubt


@pytest.mark.parametrize("jump", [MOST_JUMP_MS + 1, -MOST_JUMP_MS - 1])
def test_a_jump_is_in_doubt_and_entries_keep_the_last_time(jump: int) -> None:
    clock = SetClock()
    guard = ClockGuard(clock, 0)
    guard.stamp(NOON)
    clock.wall += jump
    assert guard.stamp(NOON) == NOON
    assert guard.doubt
    clock.wall -= jump
    assert guard.stamp(NOON) == NOON
    assert guard.doubt  # until somebody acknowledges it


def test_a_clock_that_steps_back_little_is_believed() -> None:
    clock = SetClock()
    guard = ClockGuard(clock, NOON)
    clock.wall -= MOST_BEHIND_MS
    assert guard.stamp(NOON) == NOON
    assert guard.doubt == ""


def test_a_clock_behind_what_it_showed_is_in_doubt() -> None:
    clock = SetClock()
    guard = ClockGuard(clock, 0)
    clock.pass_ms(5000)
    guard.look()
    clock.wall -= 2000
    guard.look()
    assert guard.doubt


def test_time_that_passes_is_stamped() -> None:
    clock = SetClock()
    guard = ClockGuard(clock, NOON)
    clock.pass_ms(10 * MOST_JUMP_MS)
    assert guard.stamp(NOON) == NOON + 10 * MOST_JUMP_MS
    assert guard.doubt == ""


def test_an_acknowledged_clock_is_believed_as_it_stands() -> None:
    clock = SetClock()
    guard = ClockGuard(clock, NOON)
    clock.wall -= 7_200_000
    guard.look()
    assert guard.acknowledge() == NOON - 7_200_000
    assert guard.stamp(NOON) == NOON
    assert guard.doubt == ""


def test_without_any_entry_a_doubtful_clock_still_says_something() -> None:
    clock = SetClock()
    guard = ClockGuard(clock, 0)
    clock.wall += 2 * MOST_JUMP_MS
    assert guard.stamp(0) == NOON + 2 * MOST_JUMP_MS


def test_the_machines_clocks_go_forward() -> None:
    clock = SystemClock()
    assert clock.wall_ms() > 1_700_000_000_000
    assert clock.monotonic_ms() <= clock.monotonic_ms()
