"""A small HTTP server in front of one machine: it acts only under a release that the effector check takes.

    POST /TOOL          the body is the tool's arguments, the header `Brightline-Release` the release in base64url
    POST /state         a gateway's question how the machine stands, before people are asked; the answer is signed
    GET  /state         what the machine reads of itself, as preconditions name it
    GET  /receipts/N    the signed receipt of the action with the nonce N

Every answer is JSON: a signed receipt, a signed state, or `{"error": {"code", "message", "hint"}}`. Nobody can be
logged in here, and nobody needs to be: the release is all that counts.
"""

import argparse
import json
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Protocol, cast

from brightline.crypto.party_keys import ED25519, PrivateKey, create, load, save
from brightline.domain.sign_off.binding import MAX_BINDING_BYTES, Change
from brightline.domain.sign_off.canonical import JsonObject, parse
from brightline.domain.sign_off.state import SignedState
from brightline.domain.sign_off.trust import TrustBundle
from brightline.oversight.carriage import HEADER, from_text
from brightline.oversight.effector import Action, Effector, EffectorError
from brightline.oversight.machine_state import Reading, answer_state
from brightline.oversight.replay_store import DirectoryReplayStore

# `http.server` takes 64 KiB of a header line: some times what a release with two statements has.
LONGEST_READ_SECONDS = 10.0


class Machine(Protocol):
    """Something that acts."""

    def state(self) -> Mapping[str, str]:
        """What it reads of itself now."""

    def changes(self, tool: str, arguments: JsonObject) -> tuple[Change, ...]:
        """What doing it would change of that."""

    def run(self, tool: str, arguments: JsonObject) -> None:
        """Do it; raises `NotDoneError` when nothing was done."""


# Answers a gateway's question with what is read for a tool and its arguments.
SayState = Callable[[bytes, Callable[[str, JsonObject], Reading]], SignedState]


@dataclass(frozen=True)
class Kept:
    """What stands before one machine: the check, what it remembers, and how it says how it stands; `name` is whose."""

    effector: Effector
    store: DirectoryReplayStore
    say_state: SayState
    name: str


class MachineServer(ThreadingHTTPServer):
    """The server of one machine; one action at a time, so that its state stands still while it acts."""

    daemon_threads = True

    def __init__(self, port: int, machine: Machine, kept: Kept) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.machine = machine
        self.effector = kept.effector
        self.store = kept.store
        self._say_state = kept.say_state
        self._alone = threading.Lock()
        for receipt in self.effector.recover():
            say(f"nobody knows how {receipt.receipt.binding} ended")

    def act(self, tool: str, arguments: bytes, release: bytes) -> bytes:
        """The signed receipt of the action; raises `EffectorError` for one that is not begun."""

        def run() -> None:
            given = parse(arguments, limit=MAX_BINDING_BYTES)
            self.machine.run(tool, cast("JsonObject", given))  # it equals what was signed, which is an object

        with self._alone:
            signed = self.effector.act(release, Action(tool, arguments, self.machine.state()), run)
        say(f"{tool}: {signed.receipt.outcome} {signed.receipt.detail}")
        return signed.canonical

    def say_state(self, question: bytes) -> bytes:
        """The signed state of the machine, in answer to a gateway; raises `EffectorError` for another question."""

        def read(tool: str, arguments: JsonObject) -> Reading:
            return Reading(self.machine.state(), self.machine.changes(tool, arguments))

        with self._alone:
            return self._say_state(question, read).canonical


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: MachineServer
    timeout = LONGEST_READ_SECONDS

    def do_POST(self) -> None:
        """Act, or say how the machine stands, or refuse."""

        def answer() -> bytes:
            length = self.headers.get("Content-Length", "0")
            size = int(length) if length.isdecimal() and len(length) < 8 else MAX_BINDING_BYTES + 1
            if size > MAX_BINDING_BYTES:
                raise EffectorError("effector/other-action")
            if self.path == "/state":
                return self.server.say_state(self.rfile.read(size))
            release = from_text(self.headers.get(HEADER, ""))
            return self.server.act(self.path.removeprefix("/"), self.rfile.read(size), release)

        self._answer(answer)

    def do_GET(self) -> None:
        """Say what the machine reads, or how an action ended."""
        if self.path == "/state":
            self._answer(lambda: json.dumps(dict(self.server.machine.state())).encode())
        else:
            self._answer(lambda: self.server.store.receipt(self.path.removeprefix("/receipts/")) or b"null")

    def _answer(self, made: Callable[[], bytes]) -> None:
        try:
            status, body = HTTPStatus.OK, made()
        except EffectorError as error:
            status = HTTPStatus(error.status)
            words = {"code": error.code, "message": error.message, "hint": error.hint}
            body = json.dumps({"error": words}).encode()
            say(f"refused: {error.code}")
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing of each request: what is done and refused is said elsewhere."""


def say(words: str) -> None:
    """Say what happened."""
    print(words, flush=True)


def key_at(path: Path) -> PrivateKey:
    """The machine's own key, with which it signs receipts and its state; made when it is not there."""
    if not path.exists():
        save(path, create(ED25519), "")
    return load(path, "")


def command_line() -> argparse.ArgumentParser:
    """What every machine is told when it starts."""
    parser = argparse.ArgumentParser(description="A machine that acts only under a release.")
    for name in ("bundle", "revocations", "store", "key"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    return parser


def kept_of(given: argparse.Namespace) -> Kept:
    """What stands before the machine, from the files that were carried to it."""
    bundle = TrustBundle.parse(given.bundle.read_bytes())
    key = key_at(given.key)
    clock: Callable[[], int] = lambda: time.time_ns() // 1_000_000  # noqa: E731
    store = DirectoryReplayStore(given.store, clock_ms=clock)
    effector = Effector(bundle, store, revocations=given.revocations.read_bytes, clock_ms=clock, signer=key)
    say_state = partial(answer_state, audience=bundle.audience, signer=key, clock_ms=clock)
    return Kept(effector, store, say_state, f"{bundle.audience}, key {key.public.id}")


def serve(machine: Machine, words: Sequence[str] | None = None) -> None:
    """Read the command line and serve until Ctrl-C."""
    parser = command_line()
    parser.add_argument("--port", type=int, default=0)
    given = parser.parse_args(words)
    kept = kept_of(given)
    server = MachineServer(given.port, machine, kept)
    say(f"{kept.name}, listens on http://127.0.0.1:{server.server_port}")
    server.serve_forever()
