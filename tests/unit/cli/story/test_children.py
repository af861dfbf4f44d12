import sys

import pytest

from brightline.cli.errors import StoryError
from brightline.cli.story import children
from brightline.cli.story.children import Child, await_ready, start_simulator


def test_a_child_that_dies_is_told_with_its_last_error(tmp_path) -> None:
    log = tmp_path / "log"
    child = Child(["-c", "import sys; print('error: port gone (x/y)'); print('next: z'); sys.exit(3)"], log=log)
    with pytest.raises(StoryError) as caught:
        await_ready(child, lambda: False, seconds=20, step="the gateway")
    assert "port gone (x/y)" in caught.value.message
    assert child.wait() == 3
    child.stop()


def test_a_child_that_never_is_ready(tmp_path) -> None:
    child = Child(["-c", "import sys; sys.stdin.read()"], log=tmp_path / "log")
    with pytest.raises(StoryError) as caught:
        await_ready(child, lambda: False, seconds=0.1, step="the gateway")
    assert "not ready" in caught.value.message
    child.stop()
    assert child.died()


def test_a_child_that_does_not_listen_is_ended_for_certain(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(children, "STOP_SECONDS", 0.2)
    deaf = "signal.signal(signal.SIGTERM, signal.SIG_IGN)"
    code = f"import signal, time; {deaf}; print('on', flush=True); time.sleep(60)"
    log = tmp_path / "log"
    child = Child(["-c", code], log=log)
    await_ready(child, lambda: log.read_bytes() == b"on\n", seconds=20, step="x")
    child.stop()
    assert child.died()


@pytest.mark.parametrize("code", ["pass", "print('nonsense', flush=True)"])
def test_a_simulator_that_says_no_port(tmp_path, monkeypatch, code) -> None:
    fake = tmp_path / "python"
    fake.write_text(f'#!/bin/sh\nexec {sys.executable} -c "{code}"\n')
    fake.chmod(0o700)
    monkeypatch.setattr(children.sys, "executable", str(fake))
    with pytest.raises(StoryError) as caught:
        start_simulator(tmp_path / "log")
    assert "said nothing" in caught.value.message


def test_a_child_without_output_has_no_first_line(tmp_path) -> None:
    child = Child(["-c", "pass"], log=tmp_path / "log")
    assert children._first_line(child) == b""
    child.stop()
