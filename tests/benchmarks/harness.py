"""What every benchmark shares: its options, its bars, and how its result is printed.

A benchmark is a module with `run(options) -> BenchResult`. Figures are held against bars in one run; times are scaled
to a reference machine by a calibration loop, so that a slow or busy machine is not blamed on the code.
"""

import os
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

HELD, SHORT, TOO_NOISY = "held", "short", "too noisy"
EXIT_CODES = {HELD: 0, SHORT: 1, TOO_NOISY: 3}
# What the calibration loop takes on the machine on which the bars were set.
REFERENCE_CALIBRATION_MS = 6.2
# When the loop's own repetitions differ by more, something else is using the processor.
MOST_SPREAD = 1.5
# Cedar's own integration tests, beside the project where they are given.
CEDAR_CORPUS = Path(__file__).resolve().parents[3] / "shared" / "vectors" / "cedar" / "corpus-tests.tar.gz"


@dataclass(frozen=True, slots=True)
class Options:
    """How to run: `quick` shortens a run to seconds, for a look, not for a figure."""

    quick: bool = False
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bar:
    """One figure beside the value it must reach."""

    name: str
    measured: float
    bar: float
    unit: str
    better: Literal["low", "high"] = "low"

    @property
    def holds(self) -> bool:
        return self.measured <= self.bar if self.better == "low" else self.measured >= self.bar

    def line(self) -> str:
        sign = "<=" if self.better == "low" else ">="
        verdict = "held" if self.holds else "SHORT"
        return f"  {self.name:<52} {self.measured:>12,.6g} {self.unit:<8} bar {sign} {self.bar:,.6g}  {verdict}"


@dataclass(frozen=True, slots=True)
class Control:
    """A negative control: the same check with its subject broken on purpose must see the breakage."""

    name: str
    caught: bool
    seen: str = ""

    def line(self) -> str:
        verdict = "seen, as it must be" if self.caught else "NOT SEEN: this benchmark proves nothing"
        return f"  negative control: {self.name}: {self.seen} ({verdict})"


@dataclass(frozen=True, slots=True)
class BenchResult:
    """What a benchmark found; a bar that is short weighs more than noise."""

    bars: Sequence[Bar]
    controls: Sequence[Control] = ()
    notes: Sequence[str] = ()
    noisy: bool = field(default=False)

    @property
    def verdict(self) -> str:
        if not self.bars or not all(control.caught for control in self.controls):
            return SHORT
        if all(bar.holds for bar in self.bars):
            return HELD
        return TOO_NOISY if self.noisy else SHORT

    def lines(self, name: str) -> list[str]:
        """What to print; the last line is `name: held`, `name: short` or `name: too noisy`."""
        body = [f"  {note}" for note in self.notes]
        body += [bar.line() for bar in self.bars]
        body += [control.line() for control in self.controls]
        return [*body, f"{name}: {self.verdict}"]


@dataclass(frozen=True, slots=True)
class Calibration:
    """How fast this machine is just now; `scale` turns a time measured here into one on the reference machine."""

    best_ms: float
    worst_ms: float

    @property
    def scale(self) -> float:
        return REFERENCE_CALIBRATION_MS / self.best_ms

    @property
    def noisy(self) -> bool:
        return self.worst_ms > MOST_SPREAD * self.best_ms

    def line(self) -> str:
        return f"calibration {self.best_ms:.2f} ms (worst {self.worst_ms:.2f}), reference {REFERENCE_CALIBRATION_MS} ms"


def calibrate(repeats: int = 15) -> Calibration:
    """Time the reference loop `repeats` times on the processor's own clock."""
    times = sorted(cpu_ms(_reference_loop) for _ in range(repeats))
    return Calibration(times[0], times[-1])


def _reference_loop() -> int:
    return sum(i * i for i in range(200_000))


def cpu_ms(action: Callable[[], object]) -> float:
    """Milliseconds of this process's CPU that one call of `action` takes."""
    started = time.process_time_ns()
    action()
    return (time.process_time_ns() - started) / 1e6


def percentile(values: Sequence[float], part: float) -> float:
    """The value below which `part` (0 to 1) of `values` lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def sync_p50_ms(directory: Path | None = None, repeats: int = 50) -> float:
    """The median milliseconds of one 4 KiB append with fdatasync where the store lies."""
    sync = getattr(os, "fdatasync", os.fsync)  # macOS has no fdatasync
    times = []
    with tempfile.TemporaryFile(dir=directory, buffering=0) as file:
        for _ in range(repeats):
            started = time.perf_counter_ns()
            file.write(bytes(4096))
            sync(file.fileno())
            times.append((time.perf_counter_ns() - started) / 1e6)
    return percentile(times, 0.5)
