"""Replay, with real processes: many at once, killed at each step, and a disk that refuses each of its steps."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.replay_children import ALL_STOPS, STEPS, Audience
from tests.replay_model import FAULTY, Fault, FaultyDisk, samples

ROOT = Path(__file__).resolve().parents[2]
CONSUMED_AT = 4  # the step that links the nonce
RUNS_AFTER = 8  # the last step before the action runs


def children(*words: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.replay_children", *words], cwd=ROOT, check=True, capture_output=True, timeout=120
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("kind", ["threads", "processes"])
def test_64_at_once_run_it_once(tmp_path: Path, kind: str) -> None:
    found = children("swarm", str(tmp_path), "64", kind)
    assert found == {"ran": 1, "said": {"done": 1, "effector/used": 63}}


def test_a_machine_that_is_killed_at_any_step_runs_it_at_most_once(tmp_path: Path) -> None:
    stories = children("kills", str(tmp_path))["stories"]
    assert [(story["at"], story["kind"]) for story in stories] == [(stop.at, stop.kind) for stop in ALL_STOPS]
    for story in stories:
        assert story["killed"], story
        assert story["ran"] <= 1, story
        consumed = story["at"] > CONSUMED_AT or (story["at"], story["kind"]) == (CONSUMED_AT, "after")
        if not consumed and story["at"] >= 0:
            assert (story["first"], story["second"], story["ran"]) == (0, "done", 1), "nothing was lost"
        else:
            assert story["second"] == "effector/used", story
        if consumed and not story["first"]:
            assert story["recovered"] == ["unknown"], "whoever asks is told that nobody knows"


@pytest.mark.parametrize("fault", ["takes a nonce twice", "consumes after acting"])
def test_a_store_with_a_fault_is_seen(tmp_path: Path, fault: str) -> None:
    assert children("swarm", str(tmp_path), "64", "processes", fault)["ran"] > 1
    assert fault in FAULTY


@pytest.mark.parametrize("kind", ["ENOSPC", "EIO"])
@pytest.mark.parametrize("at", range(STEPS))
def test_a_disk_that_refuses_any_step_runs_nothing_or_says_unknown(tmp_path: Path, at: int, kind: str) -> None:
    audience, disk = Audience(tmp_path), FaultyDisk()
    disk.arm(Fault(at, kind))
    said = audience.attempt(disk)
    if at <= RUNS_AFTER:
        assert (said, audience.ran) == ("effector/store", 0)
    else:
        assert (said, audience.ran) == ("unknown", 1)
    disk.arm(None)
    again = audience.attempt()
    assert audience.ran <= 1
    assert (again == "done") == (at <= CONSUMED_AT), "what was not consumed can be used once the disk is mended"


def test_a_store_that_was_deleted_restored_or_cloned_refuses_what_may_have_been_used(tmp_path: Path) -> None:
    audience = Audience(tmp_path)
    shutil.copytree(audience.store, tmp_path / "backup")
    assert audience.attempt() == "done"
    for change in ("cloned", "restored", "deleted"):
        if change == "cloned":
            shutil.copytree(audience.store, tmp_path / "clone")
            audience.store = tmp_path / "clone"
        else:
            shutil.rmtree(audience.store)
        if change == "restored":
            shutil.copytree(tmp_path / "backup", audience.store)
        said = audience.attempt()
        assert said == ("effector/used" if change == "cloned" else "effector/store-too-young"), change
        assert _tries_another(audience) == "effector/store-too-young", change
    assert audience.ran == 1


def _tries_another(audience: Audience) -> str:
    """What a release comes to that was never used, and that nobody can know of."""
    sample = samples()[1]
    with pytest.raises(Exception, match="began after") as caught:
        audience.machine().act(sample.whole, sample.action, audience.run)
    code: str = caught.value.code  # type: ignore[attr-defined]
    return code
