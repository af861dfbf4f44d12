"""The harness: a short bar, an unseen breakage or no bar at all is never `held`."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

FOLDER = Path(__file__).parent


@pytest.fixture(scope="module")
def harness() -> ModuleType:
    spec = importlib.util.spec_from_file_location("benchmark_harness", FOLDER / "harness.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_verdicts(harness: ModuleType) -> None:
    low, high = harness.Bar("a", 1, 2, "ms"), harness.Bar("b", 1, 2, "/s", "high")
    unseen = harness.Control("c", False)
    assert harness.BenchResult([]).verdict == "short"
    assert harness.BenchResult([low]).verdict == "held"
    assert harness.BenchResult([low], noisy=True).verdict == "held"
    assert harness.BenchResult([low, high]).verdict == "short"
    assert harness.BenchResult([low, high], noisy=True).verdict == "too noisy"
    assert harness.BenchResult([low], [unseen], noisy=True).verdict == "short"
    assert harness.EXIT_CODES == {"held": 0, "short": 1, "too noisy": 3}


def test_the_last_line_is_the_verdict(harness: ModuleType) -> None:
    result = harness.BenchResult([harness.Bar("a", 1, 2, "ms")], [harness.Control("c", True)], ["note"])
    assert result.lines("tamper")[-1] == "tamper: held"
    assert len(result.lines("tamper")) == 4


def test_the_machine_is_measured(harness: ModuleType, tmp_path: Path) -> None:
    found = harness.calibrate(repeats=3)
    assert 0 < found.best_ms <= found.worst_ms
    assert found.scale > 0
    assert harness.sync_p50_ms(tmp_path, repeats=3) > 0
    assert harness.percentile([3, 1, 2], 0.5) == 2
    assert harness.percentile([1], 0.99) == 1


def test_without_a_name_the_benchmarks_are_listed() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks"], cwd=FOLDER.parents[1], capture_output=True, text=True, check=True
    )
    assert "tamper" in run.stdout.split()
