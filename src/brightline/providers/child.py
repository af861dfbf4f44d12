"""A server in a child process: started apart from the terminal, ready when it says so, gone when its parent is.

The child prints `ready PORT` and ends when its standard input closes, which the kernel does for a parent that died in
whatever way; so nothing is left behind. What it writes besides is kept, bounded, for an error's words.
"""

import asyncio
import contextlib
import os
import re
import signal
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Self

from brightline.providers.errors import LocalModelError

_READY = re.compile(rb"ready ([0-9]{1,5})\n")
_KEPT_LINES = 20
_LINE_BYTES = 65_536
_NO_ENVIRONMENT: Mapping[str, str] = {"PATH": os.defpath, "LC_ALL": "C"}


class ChildServer:
    """A child process that serves on the loopback; made by `start`."""

    __slots__ = ("_listening", "_process", "_said", "port")

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._said: deque[str] = deque(maxlen=_KEPT_LINES)
        self._listening = asyncio.ensure_future(self._listen())
        self.port = 0

    @classmethod
    async def start(
        cls, argv: Sequence[str], *, ready_seconds: float, environment: Mapping[str, str] = _NO_ENVIRONMENT
    ) -> Self:
        """Start `argv` and wait until it is ready; raises `LocalModelError` when it ends or takes too long."""
        try:
            process = await asyncio.create_subprocess_exec(
                *argv,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                start_new_session=True,  # Ctrl-C at the terminal is the parent's to handle
                env=dict(environment),
                limit=_LINE_BYTES,
            )
        except OSError as error:
            raise LocalModelError("providers/local-died", status=127, why=error.strerror or "not started") from None
        child = cls(process)
        try:
            async with asyncio.timeout(ready_seconds):
                child.port = await child._ready()
        except TimeoutError:
            await child.stop(grace=0)
            raise LocalModelError("providers/local-slow", seconds=f"{ready_seconds:g}") from None
        except BaseException:
            await child.stop(grace=0)
            raise
        return child

    @property
    def base_url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """Its process id, which is its process group's too."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self._process.returncode is None

    @property
    def said(self) -> tuple[str, ...]:
        """The last lines it wrote, never shown unless it fails."""
        return tuple(self._said)

    async def stop(self, *, grace: float = 3.0) -> None:
        """End it: ask by closing its input, kill its group after `grace` seconds; harmless when it is gone."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            async with asyncio.timeout(grace):
                await self._process.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            await self._process.wait()
        await self._listening

    async def _ready(self) -> int:
        stdout = self._process.stdout
        assert stdout is not None, "started with a pipe"
        match = _READY.fullmatch(await stdout.readline())
        if match is None:
            await self.stop(grace=1.0)
            status = self._process.returncode
            why = self._said[-1] if self._said else "it said nothing"
            raise LocalModelError("providers/local-died", status=str(status), why=why)
        return int(match[1])

    async def _listen(self) -> None:
        """Keep the last lines of what it says, so that neither the terminal nor a full pipe gets in its way."""
        stderr = self._process.stderr
        assert stderr is not None, "started with a pipe"
        rest = b""
        while data := await stderr.read(_LINE_BYTES):
            *lines, rest = (rest + data)[-_LINE_BYTES:].split(b"\n")
            self._said.extend(line.decode("utf-8", "replace")[:200].strip() for line in lines if line.strip())
        if rest.strip():
            self._said.append(rest.decode("utf-8", "replace")[:200].strip())
