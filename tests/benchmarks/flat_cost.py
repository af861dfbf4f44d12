"""What an entry costs, from the first to the millionth: processor time per entry, window by window, must stay flat.

Every entry is a use's intent or outcome, 64 in flight, durable and published as always. The control does a little work
that grows with the log, as an unlucky query would, and must be seen to grow.
"""

import asyncio
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from brightline.ledger.service import Ledger
from brightline.ledger.settings import LedgerSettings
from brightline.storage import Store
from tests.benchmarks.crash_checks import AGREEMENT, SEED, intent, make_house, outcome
from tests.benchmarks.harness import Bar, BenchResult, Control, Options, calibrate

ENTRIES, QUICK_ENTRIES, CONTROL_ENTRIES = 1_000_000, 60_000, 60_000
MOST_GROWTH = 1.1
_IN_FLIGHT = 64
_BLOB_BYTES = 64  # small, so that a million entries stay below a gigabyte
# The first and the last tenth are compared, each by its cheapest windows: what others do on the machine only adds.
_WINDOWS = 60
_COMPARED = 8
_CALIBRATIONS = 3


@dataclass(frozen=True, slots=True)
class Cost:
    """Microseconds of the reference machine's processor time per entry, window by window."""

    windows: Sequence[float]

    @property
    def first(self) -> float:
        # The first window warms up caches and is left out.
        return _cheapest(self.windows[1 : 1 + _COMPARED])

    @property
    def last(self) -> float:
        return _cheapest(self.windows[-_COMPARED:])

    @property
    def growth(self) -> float:
        return self.last / self.first


def run(options: Options) -> BenchResult:
    """Fill a log and compare what its first and last entries cost."""
    entries = QUICK_ENTRIES if options.quick else ENTRIES
    before = calibrate()
    cost = asyncio.run(_measure(entries, _nothing))
    control = asyncio.run(_measure(CONTROL_ENTRIES, _count_all))
    after = calibrate()
    seen = f"{control.first:.1f} us at the start, {control.last:.1f} us at the end"
    return BenchResult(
        bars=[
            Bar("entries", entries, entries, "", "high"),
            Bar("last entries' cost over first entries' cost", cost.growth, MOST_GROWTH, "x"),
        ],
        controls=[Control("a query that reads the whole log", control.growth > MOST_GROWTH, seen)],
        notes=[
            f"first windows {cost.first:.1f} us, last windows {cost.last:.1f} us of processor time per entry, caller's "
            f"and publisher's share included",
            "windows: " + " ".join(f"{window:.0f}" for window in cost.windows),
            before.line(),
        ],
        noisy=before.noisy or after.noisy,
    )


def _cheapest(windows: Sequence[float]) -> float:
    """The mean of the cheaper half."""
    ordered = sorted(windows)[: max(1, len(windows) // 2)]
    return sum(ordered) / len(ordered)


def _nothing(store: Store) -> None:
    """No more work than an entry needs."""


def _count_all(store: Store) -> None:
    store.database.value("SELECT sum(length(leaf)) FROM leaves")


async def _measure(entries: int, also: Callable[[Store], None]) -> Cost:
    with tempfile.TemporaryDirectory(prefix="brightline-flat-") as folder:
        house = Path(folder)
        make_house(house)
        store = Store.open(house, create=True)
        settings = LedgerSettings(
            operator="acme", agreement=AGREEMENT, log_dir=house / "log", anchor_dir=house / "anchor"
        )
        ledger = Ledger.open(store, seed=SEED, settings=settings, loop=asyncio.get_running_loop())
        windows = [await _window(ledger, store, entries // _WINDOWS, also) for _ in range(_WINDOWS)]
        await ledger.close()
    return Cost(windows)


async def _window(ledger: Ledger, store: Store, entries: int, also: Callable[[Store], None]) -> float:
    started, done = time.process_time_ns(), 0
    blob = os.urandom(_BLOB_BYTES)
    while done < entries:
        uses = [os.urandom(16) for _ in range(_IN_FLIGHT)]
        began = await asyncio.gather(*(ledger.append(intent(use_id, blob)) for use_id in uses))
        await asyncio.gather(
            *(ledger.append(outcome(use_id, one.index, blob)) for use_id, one in zip(uses, began, strict=True))
        )
        also(store)
        done += 2 * _IN_FLIGHT
    cost = (time.process_time_ns() - started) / 1000 / done
    # How fast the processor is changes from second to second where others share it; each window has its own measure.
    return cost * calibrate(_CALIBRATIONS).scale
