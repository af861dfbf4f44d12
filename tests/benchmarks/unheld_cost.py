"""What a call that is not held pays for holds, acts and sign-off: the tree before them beside the one with them.

Both trees come out of the repository's own history: what came later costs something too, and has figures of its own.
Each pair of processes, one a tree, makes the same calls in
short rounds that take turns; a pair's figure is the ratio of its rounds' trimmed means, and the trimmed mean of all
pairs counts, since where a process lies in memory alone makes it some percent faster or slower. The instructions of
own Python, which no machine makes noisy, stand beside it. Without history nothing can be told, and nothing is.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from types import TracebackType

from tests.benchmarks.harness import Bar, BenchResult, Control, Options, calibrate
from tests.benchmarks.unheld_calls import PROPOSES

ROOT = Path(__file__).resolve().parents[2]
# The last commit of the part before: no rule of it holds an act, and no answer waits.
BEFORE = "c01c69dd6bbd7c57fc91308afd275bc6b5e05b90"
# The last commit of the part that brought holds.
WITH = "53cbd0a1dfc37435c4d7441127b9fed7914693b0"
BAR = 1.02
PAIRS, QUICK_PAIRS = 32, 7
ROUNDS, QUICK_ROUNDS = 90, 24
CALLS = 5
CONTROLLED, CONTROL = "chat, four tools offered", "control"
_TRIMMED = 0.2
_RESAMPLES = 2_000
Ratios = Mapping[str, Sequence[float]]


class Child:
    """One process that makes calls through the tree in `source`."""

    def __init__(self, source: Path, *words: str) -> None:
        # The same order of sets in all: it moves costs about, and is no part of the difference.
        env = {**os.environ, "PYTHONPATH": f"{source}{os.pathsep}{ROOT}", "PYTHONHASHSEED": "0"}
        command = [sys.executable, "-m", "tests.benchmarks.unheld_tree", str(source), *words]
        self._process = subprocess.Popen(
            command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def __enter__(self) -> "Child":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate()

    def ready(self) -> Sequence[str]:
        """The names of the calls, once it is warm."""
        return [str(name) for name in json.loads(self._line())]

    def count(self, case: str) -> float:
        """Instructions of own Python in one call."""
        return self._ask(f"count {case}")

    def time(self, case: str) -> float:
        """Nanoseconds of processor time of some calls."""
        return self._ask(f"time {CALLS} {case}")

    def _ask(self, order: str) -> float:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{order}\n")
        self._process.stdin.flush()
        return float(self._line())

    def _line(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"a tree ended early:\n{self._process.communicate()[1][-2000:]}")
        return line


def run(options: Options) -> BenchResult:
    """Compare the two trees; too noisy where the machine, or a clone without history, lets nothing be told."""
    with tempfile.TemporaryDirectory(prefix="brightline-before-") as folder:
        before, after = (_tree(commit, Path(folder) / commit) for commit in (BEFORE, WITH))
        if before is None or after is None:
            said = f"this clone has no history back to {BEFORE[:8]} (`git fetch --unshallow`): nothing was compared"
            return BenchResult([Bar("trees to compare", 1, 2, "", "high")], notes=[said], noisy=True)
        pairs, rounds = (QUICK_PAIRS, QUICK_ROUNDS) if options.quick else (PAIRS, ROUNDS)
        calibration = calibrate()
        counted = _count(before, after)
        timed = _time(before, after, pairs=pairs, rounds=rounds)
    return _judge(counted, timed, calibration.line())


def _judge(counted: Mapping[str, tuple[float, float]], timed: Ratios, calibration: str) -> BenchResult:
    bars, notes, intervals = [], [calibration], {}
    for case, (before, now) in counted.items():
        ratio, low, high = estimate(timed[case])
        notes.append(
            f"{case}: CPU {ratio:.4f} times, 95 % interval {low:.4f} to {high:.4f}; "
            f"instructions {before:,.0f}, now {now:,.0f}: {now / before:.4f} times"
        )
        if case == PROPOSES:
            notes.append("  (its act is described and decided now, so it has no bar here)")
            continue
        intervals[case] = (low, high)
        bars.append(Bar(f"{case}: CPU over before", ratio, BAR, "times"))
    # Held is what is surely below the bar, short what is surely above it, and all between too noisy to tell.
    bars.append(Bar("the highest end of an interval", max(high for _, high in intervals.values()), BAR, "times"))
    ratio, low, high = estimate(timed[CONTROL])
    return BenchResult(
        bars=bars,
        controls=[
            Control(
                f"{CONTROLLED}, an act decided for each", ratio > BAR, f"{ratio:.3f} times, {low:.3f} to {high:.3f}"
            )
        ],
        notes=notes,
        noisy=all(low <= BAR for low, _ in intervals.values()),
    )


def estimate(ratios: Sequence[float]) -> tuple[float, float, float]:
    """The trimmed mean of `ratios`, and its 95 % interval by resampling."""
    random = Random(1)
    means = sorted(_trimmed(random.choices(ratios, k=len(ratios))) for _ in range(_RESAMPLES))
    edge = int(0.025 * _RESAMPLES)
    return _trimmed(ratios), means[edge], means[-1 - edge]


def _tree(commit: str, place: Path) -> Path | None:
    """The sources at `commit`, taken out of the history into `place`, or nothing where there is no such history."""
    command = ["git", "-C", str(ROOT), "archive", "--format=tar", commit, "src"]
    place.mkdir()
    try:
        packed = subprocess.run(command, check=True, capture_output=True).stdout
        # Not every Python 3.11 has the filters of `tarfile`.
        subprocess.run(["tar", "-x", "-C", str(place)], check=True, input=packed)
    except (OSError, subprocess.CalledProcessError):
        return None
    return place / "src"


def _count(before: Path, now: Path) -> Mapping[str, tuple[float, float]]:
    with Child(before) as old, Child(now) as new:
        names = old.ready()
        new.ready()
        return {case: (old.count(case), new.count(case)) for case in names}


def _time(before: Path, now: Path, *, pairs: int, rounds: int) -> Ratios:
    """Of each pair the ratio of now to before, by case; `CONTROL` is that of the slowed tree."""
    random, ratios = Random(2), dict[str, list[float]]()
    for _ in range(pairs):
        with Child(before) as old, Child(now) as new, Child(now, "--vain") as vain:
            names, *_ = [child.ready() for child in (old, new, vain)]
            for case, ratio in _pair({"old": old, "new": new, "vain": vain}, names, rounds, random).items():
                ratios.setdefault(case, []).append(ratio)
    return ratios


def _pair(children: Mapping[str, Child], names: Sequence[str], rounds: int, random: Random) -> Mapping[str, float]:
    times: dict[tuple[str, str], list[float]] = {}
    for _ in range(rounds):
        for case in names:
            asked = ["old", "new", *(["vain"] if case == CONTROLLED else [])]
            for child in random.sample(asked, len(asked)):
                times.setdefault((case, child), []).append(children[child].time(case))
    means = {which: _trimmed(taken) for which, taken in times.items()}
    ratios = {case: means[case, "new"] / means[case, "old"] for case in names}
    return {**ratios, CONTROL: means[CONTROLLED, "vain"] / means[CONTROLLED, "old"]}


def _trimmed(values: Sequence[float]) -> float:
    """The mean without the least and the greatest: the machine's own speed jumps about."""
    cut = int(len(values) * _TRIMMED)
    return statistics.fmean(sorted(values)[cut : len(values) - cut])
