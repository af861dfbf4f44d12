"""The simulated aircraft of the story: it says how it stands when the gateway asks, and lets its payload go once.

INVARIANT: it listens on the loopback alone, and answers nothing but questions about its state.
"""

import threading
import time
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer

from brightline.cli.sample_people import EFFECTOR
from brightline.crypto.party_keys import PrivateKey
from brightline.domain.sign_off.binding import MAX_BINDING_BYTES, Change
from brightline.domain.sign_off.canonical import JsonObject
from brightline.oversight.errors import EffectorError
from brightline.oversight.machine_state import Reading, answer_state

HOST, PATH = "127.0.0.1", "/state"
PAYLOAD, FLIGHT = "uav-1/payload", "uav-1/flight"
_ON_BOARD, _RELEASED = "on board", "released"
_READ_SECONDS = 5.0
_POLL_SECONDS = 0.05


class Aircraft:
    """One aircraft in the air, with its payload; `signer` signs what it says."""

    def __init__(self, signer: PrivateKey) -> None:
        self._signer = signer
        self._state = {PAYLOAD: _ON_BOARD, FLIGHT: "hovering"}
        self._server: HTTPServer | None = None

    @property
    def state(self) -> dict[str, str]:
        """How it stands now."""
        return dict(self._state)

    def fly(self, how: str) -> None:
        """Fly otherwise than before."""
        self._state[FLIGHT] = how

    def load(self) -> None:
        """Take a payload on board."""
        self._state[PAYLOAD] = _ON_BOARD

    def release(self) -> None:
        """Let the payload go."""
        self._state[PAYLOAD] = _RELEASED

    def answer(self, question: bytes) -> bytes:
        """Its signed state, in answer to a gateway's question; raises `EffectorError`."""
        signed = answer_state(question, self._read, audience=EFFECTOR, signer=self._signer, clock_ms=_now_ms)
        return signed.canonical

    def _read(self, tool: str, arguments: JsonObject) -> Reading:
        del tool, arguments  # it can do one thing, and nothing of that depends on where
        return Reading(self.state, (Change(PAYLOAD, self._state[PAYLOAD], _RELEASED),))

    def listen(self) -> str:
        """Answer questions from now on; the address where."""
        self._server = HTTPServer((HOST, 0), _handler(self))
        serving = {"poll_interval": _POLL_SECONDS}
        threading.Thread(target=self._server.serve_forever, kwargs=serving, name="aircraft", daemon=True).start()
        return f"http://{HOST}:{self._server.server_port}{PATH}"

    def stop(self) -> None:
        """Listen no more."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()


def _handler(aircraft: Aircraft) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """One question."""

        timeout = _READ_SECONDS

        def do_POST(self) -> None:
            """Answer it, or refuse."""
            length = self.headers.get("Content-Length", "")
            size = int(length) if length.isdecimal() and len(length) < 8 else 0
            if self.path != PATH or not 0 < size <= MAX_BINDING_BYTES:
                self.send_error(HTTPStatus.NOT_FOUND)
                return
            try:
                body = aircraft.answer(self.rfile.read(size))
            except EffectorError as error:
                self.send_error(error.status, error.code)
                return
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing: the story tells."""

    return Handler


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
