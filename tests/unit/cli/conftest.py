"""The command line under test, and a gateway that answers on the admin socket what a test tells it to."""

import json
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from brightline.cli.app import build
from brightline.cli.data_directory import Beginning, make_data_directory
from brightline.cli.settings_file import Places
from brightline.sample import agreement_files
from brightline.testing.parties import parties_in, signed_once

Run = Callable[..., Result]


class FakeGateway:
    """Answers each connection with `reply`, and keeps what was asked."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.asked: list[dict[str, object]] = []
        self.reply: bytes = b'{"ok": true, "result": {}}\n'
        self.next_reply: Callable[[], bytes] = lambda: self.reply
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.bind(str(data_dir / "admin.sock"))
        self._socket.listen()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def answer(self, result: Mapping[str, object]) -> None:
        self.reply = json.dumps({"ok": True, "result": result}).encode() + b"\n"

    def refuse(self, code: str, message: str = "no", hint: str = "do not") -> None:
        error = {"code": code, "message": message, "hint": hint}
        self.reply = json.dumps({"ok": False, "error": error}).encode() + b"\n"

    def _serve(self) -> None:
        while True:
            connection, _ = self._socket.accept()
            with connection:
                line = connection.makefile("rb").readline()
                if line == b"stop\n":
                    return
                self.asked.append(json.loads(line))
                connection.sendall(self.next_reply())

    def close(self) -> None:
        with socket.socket(socket.AF_UNIX) as last:
            last.connect(str(self.data_dir / "admin.sock"))
            last.sendall(b"stop\n")
        self._thread.join()
        self._socket.close()


@pytest.fixture
def data_dir() -> Iterator[Path]:
    # Not below pytest's own directory: a socket's path must be short.
    with tempfile.TemporaryDirectory(prefix="bl-") as directory:
        yield Path(directory)


@pytest.fixture
def gateway(data_dir: Path) -> Iterator[FakeGateway]:
    made = FakeGateway(data_dir)
    yield made
    made.close()


@pytest.fixture
def gate(data_dir: Path) -> Path:
    """A data directory under the sample agreement, signed by both parties."""
    signed = signed_once(tuple(agreement_files().items()))
    statement = parties_in(signed).state(signed.draft, "demo")
    beginning = Beginning(files=signed.files, trust=signed.trust, statement=statement)
    places = Places(weights=Path("/weights.gguf"))
    make_data_directory(data_dir / "gate", beginning, enclave="demo", operator="operator.example", places=places)
    return data_dir / "gate"


@pytest.fixture
def run() -> Run:
    def go(*words: object, input: str | None = None) -> Result:  # noqa: A002 (click's own word)
        return CliRunner().invoke(build(), [str(word) for word in words], input=input)

    return go


@pytest.fixture
def key() -> dict[str, object]:
    return {
        "key_id": "1a2b3c4d",
        "name": "ana",
        "organisation": "agency",
        "unit": "desk-3",
        "app": "notebook",
        "roles": ["analyst"],
        "missions": ["flood-relief", "harbour-watch"],
        "default_mission": "flood-relief",
        "weak": False,
        "imported": False,
        "created_by": "uid 0 (root)",
        "created_at": "2026-11-22T10:00:00.000Z",
        "revoked_at": None,
        "entry": 7,
        "leaf_hash": "00" * 32,
    }
