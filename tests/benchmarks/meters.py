"""Whether meters are exact: 64 callers at once over a limit, killed at random, counted again, contents gone.

1,000,000 uses look people up through the real meters and the real ledger, in processes that are killed. Afterwards
whoever was told that a use was let go finds its people counted (0 lost), no unit was let beyond its limit (0
overshoot), and a count from the ledger alone gives the same in every window, also after every content is gone.

Takes about 15 minutes. `-- EVENTS` takes another number of uses.
"""

import asyncio
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from brightline.storage import Store
from tests.benchmarks.harness import Bar, BenchResult, Control, Options
from tests.benchmarks.meter_child import CALLERS, UNITS
from tests.benchmarks.meter_house import LIMIT, MeterHouse

ROOT = Path(__file__).resolve().parents[2]
EVENTS, QUICK_EVENTS = 1_000_000, 12_000
# So many kills on one house before a fresh one; the last one's contents are shredded.
_ROUNDS_A_HOUSE = 8
_ROUND_EVENTS, _QUICK_ROUND_EVENTS = 25_000, 4_000
# Enough that every unit comes to its limit.
_CONTROL_EVENTS = 10_000


_METERS = "SELECT position FROM leaves WHERE leaf >= X'010C' AND leaf < X'010D'"


@dataclass(slots=True)
class Counted:
    """What the rounds found."""

    events: int = 0
    kills: int = 0
    told: int = 0
    people: int = 0
    lost: int = 0
    overshoot: int = 0
    differing: int = 0
    windows: int = 0
    shredded: int = 0
    shredded_differing: int = 0
    at_limit: int = 0
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)


def run(options: Options) -> BenchResult:
    """Kill, look, count again; the figures are counts, so a busy machine changes nothing."""
    events = int(options.arguments[0]) if options.arguments else QUICK_EVENTS if options.quick else EVENTS
    a_round = _QUICK_ROUND_EVENTS if options.quick else _ROUND_EVENTS
    found = measure(events, a_round)
    unreserved = measure(_CONTROL_EVENTS, _CONTROL_EVENTS, "--unreserved")
    unwritten = measure(_QUICK_ROUND_EVENTS, _QUICK_ROUND_EVENTS, "--unwritten")
    return BenchResult(
        bars=[
            Bar("uses by 64 callers at once", found.events, events, "", "high"),
            Bar("SIGKILLs", found.kills, events // a_round, "", "high"),
            Bar("people who were let through and are not counted", found.lost, 0, ""),
            Bar("people let through beyond a unit's limit", found.overshoot, 0, ""),
            Bar("windows at which the limit bound", found.at_limit, 1, "", "high"),
            Bar("windows that the ledger tells otherwise", found.differing, 0, ""),
            Bar("windows that it tells otherwise without contents", found.shredded_differing, 0, ""),
            Bar("contents taken away before that", found.shredded, 1, "", "high"),
        ],
        controls=[
            Control("deciding before reserving", unreserved.overshoot > 0, f"{unreserved.overshoot} people too many"),
            Control("counting without an entry of the ledger", unwritten.lost > 0, f"{unwritten.lost} people lost"),
        ],
        notes=[
            f"{CALLERS} callers, {UNITS} units a round, each with a limit of {LIMIT:,} people",
            f"{found.told:,} uses let go, with {found.people:,} people; {found.windows:,} windows compared",
            f"{found.events / max(1e-9, found.seconds):,.0f} uses a second while they ran",
            *found.faults[:5],
        ],
    )


def measure(events: int, a_round: int, *flags: str) -> Counted:
    """Rounds until so many uses were tried, on fresh houses now and then."""
    found, chance, number = Counted(), random.Random(20_261_123), 0
    while found.events < events:
        place = Path(tempfile.mkdtemp(prefix="brightline-meters-"))
        try:
            told: dict[int, set[int]] = defaultdict(set)
            for _ in range(_ROUNDS_A_HOUSE):
                number += 1
                _round(place, number, a_round, told, found, *flags)
                asyncio.run(_look(place, told, found))
                if found.events >= events:
                    break
                if chance.random() < 0.3:
                    _lose_windows(place)
            asyncio.run(_shred(place, told, found))
        finally:
            shutil.rmtree(place)
    return found


def _round(place: Path, number: int, events: int, told: dict[int, set[int]], found: Counted, *flags: str) -> None:
    """One process from its start to its kill; what it told goes to `told`."""
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}"}
    # Two rounds in three go on with the units of the round before, which are then part full.
    first = UNITS * (number // 3)
    command = [sys.executable, "-m", "tests.benchmarks.meter_child", str(place), str(first), str(number), *flags]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, cwd=ROOT) as child:
        if child.stdout is None or child.stdout.readline() != b"r\n":
            raise RuntimeError("the child did not start")
        started, done = time.monotonic(), 0
        while done < events:
            done = _hear(child.stdout.readline(), told, found) or done
        found.seconds += time.monotonic() - started
        child.kill()
        for line in child.stdout.readlines():
            done = _hear(line, told, found) or done
    found.events += done
    found.kills += 1


def _hear(line: bytes, told: dict[int, set[int]], found: Counted) -> int:
    """Take in one whole line; how many uses were tried, where it says that."""
    word, *rest = line.split() or [b""]
    if not line.endswith(b"\n") or word not in (b"a", b"n"):
        return 0
    if word == b"n":
        return int(rest[0])
    told[int(rest[0])].update(map(int, rest[1:]))
    found.told += 1
    return 0


async def _look(place: Path, told: dict[int, set[int]], found: Counted) -> None:
    """Open what the kill left, and hold the meters against what was told and against the ledger."""
    house = MeterHouse.open(place)
    try:
        found.people = 0
        for unit, people in told.items():
            alone = house.reading(f"unit-{unit}")["people"]
            found.lost += house.reading(f"unit-{unit}", people)["people"] - alone
            found.overshoot += max(0, alone - LIMIT)
            found.at_limit += alone == LIMIT
            found.people += alone
        recounted = await house.recount()
        found.windows += recounted.windows
        found.differing += recounted.differing
    finally:
        await house.close()


async def _shred(place: Path, told: dict[int, set[int]], found: Counted) -> None:
    """Take away every content and the windows, and count from what is left."""
    house = MeterHouse.open(place)
    before = {unit: house.reading(f"unit-{unit}")["people"] for unit in told}
    await house.close()
    store = Store.open(place)
    with store.database.transaction():
        count = store.database.value(f"SELECT count(*) FROM sealed WHERE position NOT IN ({_METERS})")
        found.shredded += int(str(count))
        store.database.write(f"DELETE FROM sealed WHERE position NOT IN ({_METERS})")
    store.close()
    _lose_windows(place)
    house = MeterHouse.open(place)
    found.shredded_differing += sum(
        house.reading(f"unit-{unit}")["people"] != people for unit, people in before.items()
    )
    await house.close()


def _lose_windows(place: Path) -> None:
    for path in place.glob("meters.db*"):
        path.unlink()
