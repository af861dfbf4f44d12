"""The machines in `examples/`: they refuse without a release, act once under one, and sign what became of it."""

import base64
import http.client
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from brightline.crypto.signatures import verify
from brightline.domain.sign_off.binding import Change
from brightline.domain.sign_off.canonical import canonical
from brightline.domain.sign_off.receipt import SignedReceipt
from brightline.domain.sign_off.state import EffectorState, StateRequest
from brightline.oversight.effector import Effector
from brightline.oversight.machine_state import answer_state, take_state
from brightline.oversight.replay_store import DirectoryReplayStore
from brightline.testing.sign_off import HOUR_MS, NOW_MS, Scene, make_scene

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
MODULES = ("machine_server", "payload_release", "valve")


@pytest.fixture
def examples(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, ModuleType]]:
    monkeypatch.syspath_prepend(str(EXAMPLES))
    yield {name: __import__(name) for name in MODULES}
    for name in MODULES:
        sys.modules.pop(name)


@dataclass(frozen=True)
class Client:
    """Somebody who speaks to one machine."""

    port: int
    scene: Scene

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        found = answer.status, answer.read()
        connection.close()
        return found[0], json.loads(found[1])

    def act(self, arguments: object | None = None, release: bytes | None = None) -> tuple[int, Any]:
        body = canonical(self.scene.binding.arguments) if arguments is None else json.dumps(arguments).encode()
        given = self.scene.release.canonical if release is None else release
        header = {"Brightline-Release": base64.urlsafe_b64encode(given).decode()} if given else {}
        return self.ask("POST", f"/{self.scene.binding.tool}", body, **header)

    def code(self, *given: Any) -> str:
        status, answer = self.act(*given)
        assert status in (403, 503)
        return str(answer["error"]["code"])


def start(examples: dict[str, ModuleType], directory: Path, scene: Scene, machine: Any) -> Iterator[Client]:
    store = DirectoryReplayStore(directory / "store", clock_ms=lambda: NOW_MS - 2 * HOUR_MS)
    listed = scene.revocations.canonical
    effector = Effector(scene.bundle, store, revocations=lambda: listed, clock_ms=lambda: NOW_MS, signer=scene.effector)
    say_state = partial(answer_state, audience=scene.binding.audience, signer=scene.effector, clock_ms=lambda: NOW_MS)
    server = examples["machine_server"].MachineServer(
        0, machine, examples["machine_server"].Kept(effector, store, say_state, "a machine")
    )
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield Client(server.server_port, scene)
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def aircraft(examples: dict[str, ModuleType], tmp_path: Path) -> Iterator[Client]:
    scene = make_scene(preconditions={"uav-1/state": "hovering", "uav-1/payload": "on board"})
    yield from start(examples, tmp_path, scene, examples["payload_release"].Aircraft())


@pytest.fixture
def valve(examples: dict[str, ModuleType], tmp_path: Path) -> Iterator[Client]:
    scene = make_scene(
        tool="set_valve",
        audience="valve-7.example",
        arguments={"state": "open"},
        preconditions={"valve-7/state": "closed"},
    )
    yield from start(examples, tmp_path, scene, examples["valve"].Valve())


def test_without_a_release_it_refuses(aircraft: Client) -> None:
    assert aircraft.code(None, b"") == "effector/no-release"
    assert aircraft.code(None, b"approved by everybody") == "effector/malformed"
    _, state = aircraft.ask("GET", "/state")
    assert state["uav-1/payload"] == "on board"


def test_a_changed_coordinate_is_refused(aircraft: Client) -> None:
    assert aircraft.code({**aircraft.scene.binding.arguments, "latitude": 52.1}) == "effector/other-action"


def test_one_signature_is_not_enough(aircraft: Client) -> None:
    one = aircraft.scene.sign_release(statements=aircraft.scene.statements[:1])
    assert aircraft.code(None, one.canonical) == "effector/no-quorum"


@pytest.mark.parametrize("length", ["x", "-1", "99999999", "²"])
def test_a_body_without_an_honest_length_is_refused(aircraft: Client, length: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", aircraft.port, timeout=10)
    connection.putrequest("POST", "/release_payload")
    connection.putheader("Content-Length", length.encode())
    connection.endheaders()
    assert connection.getresponse().status == 403
    connection.close()


def test_a_header_that_is_no_base64_is_refused(aircraft: Client) -> None:
    status, answer = aircraft.ask("POST", "/release_payload", b"{}", **{"Brightline-Release": "a"})
    assert (status, answer["error"]["code"]) == (403, "effector/malformed")


def test_it_releases_once_and_signs_what_became_of_it(aircraft: Client) -> None:
    status, answer = aircraft.act()
    assert status == 200
    signed = SignedReceipt.parse(canonical(answer))
    verify(aircraft.scene.effector.public, signed.signature, signed.receipt.tagged)
    assert (signed.receipt.outcome, signed.receipt.binding) == ("done", aircraft.scene.binding.digest.hex())
    assert aircraft.ask("GET", "/state")[1]["uav-1/payload"] == "released"
    assert aircraft.ask("GET", f"/receipts/{aircraft.scene.binding.nonce}") == (200, answer)
    assert aircraft.ask("GET", f"/receipts/{'0' * 32}") == (200, None)
    assert aircraft.ask("GET", "/receipts/../head")[0] == 403
    assert aircraft.code() == "effector/precondition", "the payload is gone"


def test_a_valve_moves_once(valve: Client, capsys: pytest.CaptureFixture[str]) -> None:
    assert valve.act()[1]["receipt"]["outcome"] == "done"
    assert valve.ask("GET", "/state") == (200, {"valve-7/state": "open"})
    assert valve.code() == "effector/precondition"
    assert "the valve is open" in capsys.readouterr().out


def asked(client: Client, **arguments: object) -> EffectorState:
    question = StateRequest(client.scene.binding.audience, client.scene.binding.tool, arguments, "ab" * 16)
    status, answer = client.ask("POST", "/state", question.canonical)
    assert status == 200
    keys = [client.scene.effector.public]
    return take_state(canonical(answer), question, keys, now_ms=NOW_MS)


def test_it_says_how_it_stands_to_whoever_asks_it_and_nobody_else(aircraft: Client) -> None:
    other = StateRequest("valve-7.example", "set_valve", {}, "ab" * 16)
    for question in (b"{}", other.canonical):
        status, answer = aircraft.ask("POST", "/state", question)
        assert (status, answer["error"]["code"]) == (403, "effector/bad-question")


def test_what_it_says_is_what_it_compares_when_it_acts(aircraft: Client) -> None:
    state = asked(aircraft, **aircraft.scene.binding.arguments)
    assert state.preconditions == aircraft.scene.binding.preconditions
    assert state.diff == (Change("uav-1/payload", "on board", "released"),)
    assert aircraft.act()[0] == 200
    after = asked(aircraft, **aircraft.scene.binding.arguments)
    assert (after.preconditions["uav-1/payload"], after.diff) == ("released", ())


@pytest.mark.parametrize(("wanted", "changes"), [("open", 1), ("closed", 0), ("ajar", 0)])
def test_a_valve_says_what_it_would_do(valve: Client, wanted: str, changes: int) -> None:
    state = asked(valve, state=wanted)
    assert state.preconditions == {"valve-7/state": "closed"}
    assert [change.after for change in state.diff] == [wanted] * changes


@pytest.mark.parametrize("name", ["payload_release", "valve"])
def test_what_a_machine_cannot_do_it_says(examples: dict[str, ModuleType], name: str) -> None:
    module = examples[name]
    machine = module.Aircraft() if name == "payload_release" else module.Valve()
    with pytest.raises(module.NotDoneError):
        machine.run("another", {})


def test_it_starts_from_the_files_that_were_carried_to_it(tmp_path: Path) -> None:
    scene = make_scene()
    (tmp_path / "bundle.json").write_bytes(scene.bundle.canonical)
    (tmp_path / "revocations.json").write_bytes(scene.revocations.canonical)
    words = [
        word
        for name, file in (("bundle", "bundle.json"), ("revocations", "revocations.json"), ("store", "s"), ("key", "k"))
        for word in (f"--{name}", str(tmp_path / file))
    ]
    command = [sys.executable, str(EXAMPLES / "payload_release.py"), *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env={"PATH": os.environ["PATH"]}) as process:
        assert process.stdout is not None
        line = process.stdout.readline().decode()
        port = int(line.partition("127.0.0.1:")[2].partition(",")[0])
        assert Client(port, scene).code() in ("effector/expired", "effector/not-yet")
        process.terminate()
    assert (tmp_path / "k").stat().st_mode & 0o077 == 0
