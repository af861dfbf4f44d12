"""No execution without its quorum, and none twice: the model, many machines at once, and machines that are killed."""

import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.benchmarks.harness import Bar, BenchResult, Control, Options
from tests.replay_model import FAULTY, ReplayModel, model

ROOT = Path(__file__).resolve().parents[2]
AT_ONCE = 64
STEPS = 40
# A faulty store is found in a few dozen stories; this many are looked at before it counts as not found.
MOST_FOR_A_FAULT = 2000
SWARM_FAULTS = ("takes a nonce twice", "consumes after acting")


def _told(kind: type[ReplayModel], stories: int, *, explain: bool) -> str:
    """What the model finds in so many stories, or nothing."""
    wanted = settings(
        max_examples=stories,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink] if explain else [Phase.generate],
    )
    try:
        run_state_machine_as_test(kind, settings=wanted)
    except AssertionError as error:
        return str(error).partition("\n")[0]
    return ""


def _counted(seen: Counter[str]) -> type[ReplayModel]:
    """The model, which counts what happened in its stories."""

    class Counted(model()):  # type: ignore[misc]
        def teardown(self) -> None:
            seen["stories"] += 1
            seen["executions"] += sum(self.ran.values())
            seen["receipts"] += len(self.receipts)
            seen["stores"] += len({epoch for epoch, _ in self.receipts})
            super().teardown()

    return Counted


def _children(*words: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tests.replay_children", words[0], folder, *words[1:]]
        done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=300)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _swarms(rounds: int) -> Iterator[int]:
    for _ in range(rounds):
        for kind in ("threads", "processes"):
            yield _children("swarm", str(AT_ONCE), kind)["ran"]


def _controls() -> Iterator[Control]:
    for fault in FAULTY:
        told = _told(model(fault), MOST_FOR_A_FAULT, explain=False)
        yield Control(f"a machine that {fault}, in the model", bool(told), told or "nothing found")
    for fault in SWARM_FAULTS:
        ran = _children("swarm", str(AT_ONCE), "processes", fault)["ran"]
        yield Control(f"a machine that {fault}, {AT_ONCE} at once", ran > 1, f"it ran {ran} times")


def run(options: Options) -> BenchResult:
    """Look for one execution too many."""
    stories, rounds, kills = (25, 1, 1) if options.quick else (2000, 50, 10)
    seen: Counter[str] = Counter()
    told = _told(_counted(seen), stories, explain=True)
    swarms = list(_swarms(rounds))
    killed = [story for _ in range(kills) for story in _children("kills")["stories"]]
    planned, most = sum(each["killed"] for each in killed), max(each["ran"] for each in killed)
    return BenchResult(
        bars=[
            Bar("stories of the model in which something ran wrongly", float(bool(told)), 0, "stories"),
            Bar(f"most executions of one release, {AT_ONCE} at once", max(swarms), 1, "times"),
            Bar("fewest executions of it", min(swarms), 1, "times", better="high"),
            Bar("most executions of one release, killed at each step", most, 1, "times"),
            Bar("machines that were killed as planned", planned, len(killed), "kills", better="high"),
        ],
        controls=list(_controls()),
        notes=[
            f"model: {seen['stories']:,} stories of up to {STEPS} steps, {seen['executions']:,} executions, "
            f"{seen['receipts']:,} receipts of {seen['stores']:,} epochs{'; ' + told if told else ''}",
            f"{len(swarms)} times {AT_ONCE} at once, half of them threads and half processes; {len(killed)} kills",
        ],
    )
