"""The demo from its first line to its last, against the simulator, and what stops it before."""

import socket
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest

from brightline.cli import demo
from brightline.cli.errors import StoryError
from brightline.cli.story import CHAPTERS
from brightline.cli.story.scenery import free_port


def test_a_port_that_is_taken_names_another(run) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = run("demo", "--port", taken.getsockname()[1])
    assert result.exit_code == 1
    assert "next: choose another with `brightline demo --port " in result.stderr


def test_a_directory_in_use_is_not_touched(tmp_path, run) -> None:
    (tmp_path / "mine").touch()
    result = run("demo", "--no-model", "--once", "--port", free_port(), "--dir", tmp_path)
    assert result.exit_code == 1
    assert "cli/not-empty" in result.stderr


def test_without_a_model_the_hint_is_the_simulator(tmp_path, run, monkeypatch) -> None:
    def fail(folder, environment):
        raise StoryError("cli/no-model", why="no network")

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(demo, "bring_model", fail)
    result = run("demo", "--once", "--port", free_port())
    assert result.exit_code == 1
    assert "brightline demo --no-model" in result.stderr


def test_tells_the_whole_story_and_leaves_no_process(tmp_path, run) -> None:
    port = free_port()
    result = run("demo", "--no-model", "--once", "--port", port, "--dir", tmp_path / "gate")
    assert result.exit_code == 0, result.output
    text = result.stdout
    assert text.startswith("NO MODEL")
    places = [text.index(f". {chapter.title}\n") for chapter in CHAPTERS]
    assert places == sorted(places)
    for word in (
        "MADE",
        "READY",
        "PERMITTED",
        "REFUSED",
        "VERIFIED",
        "CAUGHT",
        "you play both",
        "ACTIVATED",
        "policy/tightening-changes",
        "law-no-surveillance-tools",
        "operator-release-signed",
        "hold/not-approved",
        "DONE ONCE",
        "uav-1/payload is on board, and would be released",
        "effector/precondition",
        "effector/used",
        "effector/other-action",
        "effector/expired",
    ):
        assert word in text
    assert f'base_url="http://127.0.0.1:{port}/v1"' in text
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0
    assert run("ledger", "show", "--data", tmp_path / "gate").exit_code == 0


def test_serves_until_it_is_told_to_stop(tmp_path) -> None:
    port = free_port()
    argv = [sys.executable, "-m", "brightline.cli", "demo", "--no-model", "--port", str(port)]
    running = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert running.stdout is not None
    for line in running.stdout:
        if line.startswith("serving until"):
            break
    running.terminate()
    said, _ = running.communicate(timeout=30)
    assert running.returncode == 130, said
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return
    pytest.fail("the gateway outlived the demo")


def test_the_gateway_is_there_when_it_answers_calls_and_commands(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(demo, "Client", lambda host, port, key: SimpleNamespace(ready=lambda: True))
    listens = demo._both_listen(tmp_path, 1)
    assert not listens()
    (tmp_path / "admin.sock").touch()
    assert listens()
