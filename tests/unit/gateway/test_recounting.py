"""All meters counted again from the ledger beside those in use."""

import asyncio
from pathlib import Path

import pytest

from brightline.domain.errors import BrightlineError
from brightline.gateway import recounting
from brightline.gateway.recounting import Recounted, Recounting, recount
from tests.unit.gateway.counting_rig import PEOPLE, Rig


@pytest.fixture(name="rig")
def _rig(tmp_path: Path) -> Rig:
    return Rig(tmp_path)


async def nothing() -> None:
    """Nobody waits."""


def counted(rig: Rig, pause=nothing) -> Recounted | None:  # type: ignore[no-untyped-def]
    return asyncio.run(
        recount(rig.counting, rig.agreement, rig.store.meter_journal, now_ms=rig.log.now_ms, pause=pause)
    )


def test_the_ledger_gives_what_is_in_use(rig: Rig) -> None:
    rig.use("ann", "ben")
    rig.use("cleo")
    assert counted(rig) == Recounted(entries=2, windows=2, differing=0)


def test_uses_go_on_meanwhile_and_count_on_both_sides(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recounting, "_ENTRIES_A_STEP", 1)
    monkeypatch.setattr(recounting, "_WINDOWS_A_STEP", 1)
    for number in range(3):
        rig.use(f"p{number}")
    left = ["d", "e", "f"]

    async def pause() -> None:
        if left:
            rig.use(left.pop())

    assert counted(rig, pause) == Recounted(entries=6, windows=2, differing=0)


def test_what_is_durable_and_not_taken_yet_is_on_neither_side(rig: Rig) -> None:
    rig.use("ann")
    flying = rig.begin("ben")
    appended = rig.log.append(rig.entry(flying))
    assert counted(rig) == Recounted(entries=1, windows=2, differing=0)
    rig.counting.take(flying, appended)
    assert counted(rig) == Recounted(entries=2, windows=2, differing=0)


def test_a_window_that_tells_something_else_is_found_and_mended(rig: Rig) -> None:
    rig.use("ann", "ben")
    opened = rig.counting.opened(rig.agreement)
    assert opened is not None
    window = opened.meters.open(rig.begin().place).windows[0]
    window._data_subjects.touch(7, window.part)
    assert rig.people == 3
    assert counted(rig) == Recounted(entries=1, windows=2, differing=1)
    assert rig.people == 2
    assert counted(rig) == Recounted(entries=1, windows=2, differing=0)


def test_meters_that_change_meanwhile_cannot_be_compared(rig: Rig) -> None:
    rig.use("ann")
    opened = rig.counting.opened(rig.agreement)
    assert opened is not None
    again = Recounting(rig.counting, opened, rig.store.meter_journal)
    again.take(5)
    rig.agreement.meters = (PEOPLE,)
    assert rig.people == 1
    with pytest.raises(BrightlineError) as caught:
        asyncio.run(again.run(rig.log.now_ms, nothing))
    assert caught.value.code == "metering/changed"


def test_without_meters_there_is_nothing_to_count(rig: Rig) -> None:
    rig.agreement.meters = ()
    assert counted(rig) is None


def test_nothing_is_counted_again_before_anything_was_opened(rig: Rig) -> None:
    with pytest.raises(BrightlineError):
        rig.started().count_again()
