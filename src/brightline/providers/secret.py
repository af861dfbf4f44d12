"""A provider's key, from a file, the environment or a command.

INVARIANT: no repr, message or error of this file holds a key or a part of one; nothing is read before `load`.
"""

import contextlib
import os
import re
import signal
import subprocess
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from brightline.providers.errors import SecretError

MAX_KEY_BYTES = 4096  # cloud access tokens stay under 4 KiB; anything longer is a wrong file
_VISIBLE = re.compile(rb"[\x21-\x7e]+\Z")


def checked(raw: bytes, *, source: str) -> str:
    """The key in `raw` without one line end; raises `SecretError` unless it can stand in a header unharmed."""
    key = raw.removesuffix(b"\n").removesuffix(b"\r")
    if not key:
        raise SecretError("providers/key-missing", source=source)
    if len(key) > MAX_KEY_BYTES:
        raise SecretError("providers/key-unusable", source=source, why=f"it is longer than {MAX_KEY_BYTES} bytes")
    if not _VISIBLE.match(key):
        raise SecretError("providers/key-unusable", source=source, why="it holds spaces or unprintable characters")
    return key.decode("ascii")


@dataclass(frozen=True, slots=True)
class FileSecret:
    """A key that stands alone in a file."""

    path: Path

    def load(self) -> str:
        """The key in the file; raises `SecretError`."""
        try:
            with self.path.open("rb") as file:
                raw = file.read(MAX_KEY_BYTES + 3)
        except OSError as error:
            why = error.strerror or "it cannot be read"
            raise SecretError("providers/key-unreadable", source=f"file {self.path}", why=why) from None
        return checked(raw, source=f"file {self.path}")


@dataclass(frozen=True, slots=True)
class EnvironmentSecret:
    """A key in a variable of the environment that the surface hands in."""

    variable: str
    environment: Mapping[str, str] = field(repr=False)

    def load(self) -> str:
        """The variable's value; raises `SecretError`."""
        return checked(os.fsencode(self.environment.get(self.variable, "")), source=f"variable {self.variable}")


@dataclass(frozen=True, slots=True)
class CommandSecret:
    """A key that a command prints; `argv` runs without a shell, its arguments are never shown."""

    argv: tuple[str, ...] = field(repr=False)
    timeout: float = 10.0

    def load(self) -> str:
        """What the command prints; raises `SecretError` when it fails, takes too long or prints too much."""
        source = f"command {Path(self.argv[0]).name}" if self.argv else "command"
        try:
            process = subprocess.Popen(  # noqa: S603 (the operator's own setting; no shell)
                self.argv,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except (OSError, IndexError, ValueError):
            raise SecretError("providers/key-unreadable", source=source, why="it cannot be started") from None
        late = threading.Event()
        timer = threading.Timer(self.timeout, _expire, (process, late))
        with process:
            timer.start()
            try:
                raw = process.stdout.read(MAX_KEY_BYTES + 3) if process.stdout is not None else b""
                if len(raw) > MAX_KEY_BYTES + 2:
                    _kill(process)
                status = process.wait()
            finally:
                timer.cancel()
        if late.is_set():
            why = f"it took over {self.timeout:g} s"
            raise SecretError("providers/key-unreadable", source=source, why=why)
        if status != 0 and len(raw) <= MAX_KEY_BYTES + 2:
            raise SecretError("providers/key-unreadable", source=source, why=f"it ended with status {status}")
        return checked(raw, source=source)


def _expire(process: subprocess.Popen[bytes], late: threading.Event) -> None:
    """The command took too long: say so, then end it."""
    late.set()
    _kill(process)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End a command and what it started, so that nobody holds its output open."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
