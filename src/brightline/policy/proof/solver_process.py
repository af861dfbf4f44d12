"""One solver in a child process: started when first asked, kept warm, killed at its time limit, never trusted to stop.

The child is given nothing but a text, and its answer is read as data. No shell, no environment of ours.
"""

import json
import os
import select
import subprocess
import sys
from collections.abc import Callable
from typing import NamedTuple

from brightline.policy.errors import PolicyError

_MODULE = "brightline.policy.proof.solver_child"
# A solver looks at its own clock between steps: time for it to stop by itself before it is stopped.
_GRACE_SECONDS = 1.0
# A child that has not said its version by now never will.
_START_SECONDS = 60.0
MOST_ANSWER_BYTES = 64 * 1024 * 1024
_CHUNK = 1 << 16


class Reply(NamedTuple):
    """`verdict` is sat, unsat or unknown; `why` says why it is unknown: timeout, memory, crashed or unknown."""

    verdict: str
    values: str = ""
    why: str = ""


class _LateError(Exception):
    """The time is over."""


class _GoneError(Exception):
    """The child has ended, or says what no child of ours says."""


class SolverProcess:
    """The child for one solver within so many megabytes."""

    def __init__(self, solver: str, megabytes: int, monotonic: Callable[[], float]) -> None:
        self._solver, self._megabytes, self._monotonic = solver, megabytes, monotonic
        self._child: subprocess.Popen[bytes] | None = None
        self._version = ""

    def version(self) -> str:
        """The version of the solver; raises `PolicyError` (`policy/no-solver`)."""
        try:
            self._started()
        except (_LateError, _GoneError, OSError) as error:
            self.close()
            raise PolicyError("policy/no-solver", solver=self._solver) from error
        return self._version

    def ask(self, text: str, queries: list[str], *, seconds: float) -> Reply:
        """What the solver says to `text`; raises `PolicyError` (`policy/no-solver`)."""
        question = {"text": text, "queries": queries, "milliseconds": max(1, int(seconds * 1_000))}
        try:
            child = self._started()
            answer = self._exchange(child, question, self._monotonic() + seconds + _GRACE_SECONDS)
        except _LateError:
            self.close()
            return Reply("unknown", why="timeout")
        except (_GoneError, OSError):
            self.close()
            return Reply("unknown", why="crashed")
        return _reply(answer)

    def close(self) -> None:
        """End the child, whatever it does."""
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.communicate()  # closes its pipes and waits for its end

    def _started(self) -> "subprocess.Popen[bytes]":
        if self._child is None:
            # Isolated (-I): nothing from the current directory or the environment is imported in place of a solver.
            command = [sys.executable, "-I", "-m", _MODULE, self._solver, str(self._megabytes)]
            pipe = subprocess.PIPE
            child = subprocess.Popen(  # noqa: S603  # a fixed command of our own
                command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, env={}, bufsize=0, close_fds=True
            )
            self._child = child
            self._version = self._greeting(child)
        return self._child

    def _greeting(self, child: "subprocess.Popen[bytes]") -> str:
        version = _message(self._received(child, self._monotonic() + _START_SECONDS)).get("version")
        if not isinstance(version, str) or not version:
            self.close()
            raise PolicyError("policy/no-solver", solver=self._solver)
        return version

    def _exchange(self, child: "subprocess.Popen[bytes]", question: object, deadline: float) -> dict[str, object]:
        data = json.dumps(question).encode()
        self._sent(child, len(data).to_bytes(4) + data, deadline)
        return _message(self._received(child, deadline))

    def _sent(self, child: "subprocess.Popen[bytes]", data: bytes, deadline: float) -> None:
        pipe = _number(child.stdin)
        os.set_blocking(pipe, False)
        left = memoryview(data)
        while left:
            self._ready([], [pipe], deadline)
            left = left[os.write(pipe, left[:_CHUNK]) :]

    def _received(self, child: "subprocess.Popen[bytes]", deadline: float) -> bytes:
        size = int.from_bytes(self._exactly(child, 4, deadline))
        if size > MOST_ANSWER_BYTES:
            raise _GoneError
        return self._exactly(child, size, deadline)

    def _exactly(self, child: "subprocess.Popen[bytes]", size: int, deadline: float) -> bytes:
        pipe, data = _number(child.stdout), bytearray()
        while len(data) < size:
            self._ready([pipe], [], deadline)
            chunk = os.read(pipe, min(_CHUNK, size - len(data)))
            if not chunk:
                raise _GoneError
            data += chunk
        return bytes(data)

    def _ready(self, reads: list[int], writes: list[int], deadline: float) -> None:
        left = deadline - self._monotonic()
        if left <= 0 or not any(select.select(reads, writes, [], left)):
            raise _LateError


def _number(stream: object) -> int:
    if stream is None or not hasattr(stream, "fileno"):
        raise _GoneError
    return int(stream.fileno())


def _message(data: bytes) -> dict[str, object]:
    try:
        message = json.loads(data)
    except ValueError as error:
        raise _GoneError from error
    if not isinstance(message, dict):
        raise _GoneError
    return message


def _reply(answer: dict[str, object]) -> Reply:
    verdict, values, why = (str(answer.get(name, "")) for name in ("verdict", "values", "why"))
    if verdict in ("sat", "unsat"):
        return Reply(verdict, values)
    said = why.lower()
    if any(word in said for word in ("memory", "memout", "bad_alloc")):
        return Reply("unknown", why="memory")
    late = any(word in said for word in ("timeout", "canceled", "resource limit"))
    return Reply("unknown", why="timeout" if late else "unknown")
