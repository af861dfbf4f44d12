"""Counting for tests that have no meters: nothing of it is opened."""

from collections.abc import Callable
from pathlib import Path

from brightline.domain.record import Appended, Entry
from brightline.gateway.counting import Counting, Means
from brightline.gateway.meter_keys import load_meter_keys
from brightline.storage import Database, MeterJournal, Shard, WindowFile

NOWHERE = Path("/nowhere")


def _ignored(entry: Entry, appended: Appended | None) -> None:
    """Nobody wants to be told."""


class IdleLog:
    """A ledger at which nothing happens but what a test does to it."""

    def __init__(self) -> None:
        self.unheard: Callable[[Entry, Appended | None], None] = _ignored
        self.shard = Shard(1, 1, 1, "test/log", "")
        self.heals = 0
        self.time_ms = 1_000

    def now_ms(self) -> int:
        """The time that the test set."""
        return self.time_ms


def no_counting() -> Counting:
    """Counting under agreements without meters."""
    return Counting(
        Means(
            ledger=IdleLog(),
            journal=MeterJournal(Database(NOWHERE)),
            open_windows=lambda: WindowFile.open(NOWHERE),
            open_ahead=lambda: WindowFile.open(NOWHERE),
            load_keys=lambda create: load_meter_keys(NOWHERE, create=create),
            random=lambda size: b"r" * size,
        )
    )
