"""The processes behind the story: the gateway as `brightline serve` runs it, and, without a model, the simulator.

INVARIANT: a child that was started is stopped, whatever happens in between.
"""

import os
import select
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

from brightline.cli.errors import StoryError

# A gateway ends its uses in flight first; the model's child needs a moment too.
STOP_SECONDS = 20.0
_SIMULATOR_SECONDS = 20.0
_POLL_SECONDS = 0.05


class Child:
    """One child process, in a session of its own so that Ctrl-C reaches it through us alone."""

    def __init__(self, arguments: list[str], *, log: Path, stdout: int | IO[bytes] | None = None) -> None:
        self.log = log
        with log.open("ab") as written:
            self._process = subprocess.Popen(  # noqa: S603 (our own interpreter and constants)
                [sys.executable, *arguments],
                stdin=subprocess.PIPE,
                stdout=written if stdout is None else stdout,
                stderr=written,
                start_new_session=True,
            )

    @property
    def stdout(self) -> IO[bytes] | None:
        """What it prints, if that was asked for."""
        return self._process.stdout

    def died(self) -> bool:
        """Whether it has ended."""
        return self._process.poll() is not None

    def wait(self) -> int:
        """Wait until it ends by itself."""
        return self._process.wait()

    def stop(self) -> None:
        """End it: politely, then for certain."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()


def start_gateway(data_dir: Path, port: int, log: Path) -> Child:
    """`brightline serve` on `data_dir`."""
    return Child(["-m", "brightline.cli", "serve", "--data", str(data_dir), "--port", str(port)], log=log)


def await_ready(child: Child, ready: Callable[[], bool], *, seconds: float, step: str) -> None:
    """Wait until `ready`; raises `StoryError` with the last line of its log when the child dies or takes longer."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if ready():
            return
        if child.died():
            raise StoryError("cli/story-broken", step=step, why=_last_line(child.log), log=str(child.log))
        time.sleep(_POLL_SECONDS)
    raise StoryError("cli/story-broken", step=step, why=f"not ready after {seconds:.0f} seconds", log=str(child.log))


def start_simulator(log: Path) -> tuple[Child, int]:
    """The simulated provider, and the port it listens on; raises `StoryError` when it does not say one."""
    child = Child(["-m", "brightline.testing.provider_simulator", "--port", "0"], log=log, stdout=subprocess.PIPE)
    line = _first_line(child)
    word, _, port = line.partition(b" ")
    if word != b"ready" or not port.strip().isdigit():
        child.stop()
        raise StoryError("cli/story-broken", step="the simulator", why=_last_line(log), log=str(log))
    return child, int(port)


def _first_line(child: Child) -> bytes:
    if child.stdout is None:
        return b""
    readable, _, _ = select.select([child.stdout], [], [], _SIMULATOR_SECONDS)
    return os.read(child.stdout.fileno(), 64) if readable else b""


def _last_line(log: Path) -> str:
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 4096))
        lines = file.read().decode("utf-8", "replace").split("\n")
    told = [line.strip() for line in lines if line.strip()]
    errors = [line.removeprefix("error: ") for line in told if line.startswith("error: ")]
    return (errors or told or ["it said nothing"])[-1][:300]
