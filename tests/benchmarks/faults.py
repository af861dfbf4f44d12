"""Every fault that keeps a ledger from writing: nothing gets through while it lasts, nothing is lost or invented."""

import asyncio
import tempfile
from pathlib import Path

from tests.benchmarks.fault_stories import Told, can_mount, stories, tell
from tests.benchmarks.harness import Bar, BenchResult, Control, Options

ROUNDS = 3


def run(options: Options) -> BenchResult:
    """Tell each story, several times; the figures are counts."""
    told = [tell_once(name) for _ in range(1 if options.quick else ROUNDS) for name in stories()]
    notes = [_line(one) for one in told]
    if not can_mount():
        notes.append("not root, or mounting is not allowed: full and read-only disks by the file layer only")
    return BenchResult(
        bars=[
            Bar("stories told", len(told), len(stories()), "", "high"),
            Bar("entries tried while broken", sum(one.tried for one in told), 1, "", "high"),
            Bar("entries acknowledged while broken", sum(one.let_through for one in told), 0, ""),
            Bar("stories that did not heal", sum(not one.healed for one in told), 0, ""),
            Bar("acknowledged entries lost", sum(one.lost for one in told), 0, ""),
            Bar("entries invented", sum(one.invented for one in told), 0, ""),
            Bar("intents left open", sum(one.left_open for one in told), 0, ""),
        ],
        controls=[_control()],
        notes=notes,
    )


def tell_once(name: str) -> Told:
    """One story on a fresh house."""
    with tempfile.TemporaryDirectory(prefix="brightline-faults-") as folder:
        house = Path(folder) / "house"
        house.mkdir()
        with stories()[name](house) as broken:
            return asyncio.run(tell(name, house, broken))


def _control() -> Control:
    """A story whose fault is never made must be seen to let everything through."""
    with tempfile.TemporaryDirectory(prefix="brightline-faults-") as folder:
        house = Path(folder) / "house"
        house.mkdir()
        with stories()["EIO on write"](house) as broken:
            broken.make = broken.mend
            told = asyncio.run(tell("no fault", house, broken))
    return Control("a fault that is not made", told.let_through > 0, f"{told.let_through} entries let through")


def _line(told: Told) -> str:
    verdict = "ok" if told.good else "NOT GOOD"
    return (
        f"{told.name:<28} refused {told.tried - told.let_through}/{told.tried} as {told.code or 'nothing'}: {verdict}"
    )
