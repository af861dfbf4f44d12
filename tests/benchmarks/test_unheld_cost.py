"""The comparison with the tree before: what it estimates, and that nothing is told where it cannot be."""

from pathlib import Path

import pytest

from tests.benchmarks import unheld_cost
from tests.benchmarks.harness import Options
from tests.benchmarks.unheld_calls import PROPOSES

SURE, UNSURE = [1.010, 1.012, 1.011] * 10, [0.9, 1.1] * 15


def judged(ratios: list[float], control: list[float]) -> str:
    counted = {"chat": (100.0, 101.0), PROPOSES: (100.0, 120.0)}
    timed = {"chat": ratios, PROPOSES: [1.2] * 30, unheld_cost.CONTROL: control}
    return unheld_cost._judge(counted, timed, "calibration").verdict


def test_the_estimate_stands_within_its_interval() -> None:
    ratio, low, high = unheld_cost.estimate(SURE)
    assert low <= ratio <= high
    assert ratio == pytest.approx(1.011)
    assert unheld_cost.estimate(UNSURE)[2] - unheld_cost.estimate(UNSURE)[1] > 0.1


def test_what_is_surely_below_holds_and_what_is_surely_above_does_not() -> None:
    assert judged(SURE, [1.2] * 30) == "held"
    assert judged([1.03, 1.031] * 15, [1.2] * 30) == "short"


def test_noise_is_neither() -> None:
    assert judged(UNSURE, [1.2] * 30) == "too noisy"
    assert judged([1.0, 1.0, 1.05] * 5 + [1.03], [1.2] * 30) != "short"


def test_an_unseen_control_proves_nothing() -> None:
    assert judged(SURE, [1.0] * 30) == "short"


def test_without_history_nothing_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(unheld_cost, "BEFORE", "0" * 40)
    result = unheld_cost.run(Options(quick=True))
    assert result.verdict == "too noisy"
    assert "no history" in result.notes[0]
    assert unheld_cost._tree(unheld_cost.BEFORE, tmp_path / "before") is None
