"""Windows in memory and on their way to the store and back."""

from brightline.domain.metering import Tally
from brightline.metering import Windows
from tests.unit.metering.rig import HOUR_MS, PEOPLE, TOKENS, Kept


def key(number: int) -> bytes:
    return number.to_bytes(16, "big")


def test_only_as_many_leave_as_must() -> None:
    store = Kept()
    windows = Windows(store, budget_bytes=20_000)
    for number in range(30):
        window = windows.pin(TOKENS, key(number))
        window.take(Tally(tokens=number), position=number, time_ms=HOUR_MS)
        windows.note(window)
        window.pins -= 1
    assert 0 < len(store.rows) < 30


def test_what_leaves_memory_is_kept_first_and_what_is_in_use_stays() -> None:
    store = Kept()
    windows = Windows(store, budget_bytes=4_000)
    held = windows.pin(PEOPLE, key(0))
    held.take(Tally(data_subjects=frozenset({1})), position=0, time_ms=HOUR_MS)
    windows.note(held)
    for number in range(1, 9):
        window = windows.pin(TOKENS, key(number))
        window.take(Tally(tokens=number), position=number, time_ms=HOUR_MS)
        windows.note(window)
        windows.note(window)
        window.pins -= 1
    assert windows.pin(PEOPLE, key(0)) is held
    assert key(0) not in store.rows
    assert [windows.pin(TOKENS, key(number)).reading for number in (1, 8)] == [1, 8]
    windows.keep(windows.take_changed(), 9)
    assert store.upto == 9
    assert key(0) in store.rows
    assert windows.take_changed() == []
