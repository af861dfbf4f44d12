"""A whole house for the browser, as an operator has it: `brightline init`, a directory and its key, `brightline serve`.

Every part is a process of its own or is reached as from outside; the model alone is simulated.
INVARIANT: nobody signs here but with a passkey: the directory takes no key in a file.
"""

import asyncio
import base64
import http.client
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, cast

from brightline.cli.perform import perform
from brightline.domain.sign_off.canonical import Json, JsonObject, canonical
from brightline.oversight.replay_store import DirectoryReplayStore
from brightline.testing.provider_simulator import ProviderSimulator, Received
from brightline.testing.sign_off import HOUR_MS
from brightline.testing.simulated_faults import Performance
from tests.officers import GIVEN, PAYLOAD, offered

ROOT = Path(__file__).resolve().parents[2]
DOMAIN = "localhost"
MARKING = "EXERCISE, NOT FOR OPERATIONS"
# What the sample agreement asks for.
RELEASE_OFFICER, DUTY_OFFICER, WATCH_COMMANDER = "release-officer", "duty-officer", "watch-commander"
AIRCRAFT = "uav-1.example"
MODEL = "smollm2"
_SECONDS = 30.0
_PASSPHRASE = "a passphrase for tests"
# The command line at a later hour: every clock that it reads is set before it is loaded.
_LATER = """
import sys, time
whole, parts, ms = time.time_ns, time.time, int(sys.argv.pop(1))
time.time_ns = lambda: whole() + ms * 1_000_000
time.time = lambda: parts() + ms / 1000
from brightline.cli import main
main()
"""


class _Model(ProviderSimulator):
    """The model of the sample: it proposes a call of whatever tool it is offered."""

    def answer_to(self, received: Received) -> Performance:
        """What this request gets."""
        asked = {**json.loads(received.body), "model": "sim-tool"}
        return super().answer_to(replace(received, body=json.dumps(asked).encode()))


@contextmanager
def _running_model() -> Iterator[str]:
    """The base URL of the model, which runs in a thread of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    model = _Model()
    try:
        asyncio.run_coroutine_threadsafe(model.start(), loop).result(_SECONDS)
        yield model.base_url
        asyncio.run_coroutine_threadsafe(model.close(), loop).result(_SECONDS)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@dataclass(frozen=True, slots=True)
class Reply:
    """What somebody got over HTTP; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def said(self) -> JsonObject:
        """The body as an object."""
        return cast("JsonObject", json.loads(self.body))

    @property
    def code(self) -> str:
        """The code of the refusal."""
        error = cast("JsonObject", self.said["error"])
        return str(error["code"])


class House:
    """A data directory, its gateway while it is served, and what an operator and an agent do with them."""

    def __init__(self, place: Path) -> None:
        self.data_dir = place / "gate"
        self.console_port = _free_port()
        self.origin = f"http://{DOMAIN}:{self.console_port}"
        self._place = place
        self._serials = itertools.count(1)
        self._later_ms = 0
        self._port = 0
        self._agent = ""
        self._list = ""
        self._known: set[str] = set()

    # The operator

    def run(self, *words: str, typed: str = "", pin: str = "") -> JsonObject:
        """What a command of the command line reports; `pin` comes to it through a pipe.

        Raises `AssertionError` with what it complains about.
        """
        reads, writes = os.pipe()
        os.write(writes, pin.encode())
        os.close(writes)
        asked = [*self._brightline(), *words, *(("--pin-fd", str(reads)) if pin else ()), "--json"]
        given = {"input": typed.encode(), "pass_fds": (reads,) if pin else (), "env": self._env}
        done = subprocess.run(asked, capture_output=True, timeout=60, check=False, **given)
        os.close(reads)
        assert done.returncode == 0, done.stderr.decode()
        return cast("JsonObject", json.loads(done.stdout)["result"])

    def ask(self, command: str, **given: object) -> Mapping[str, object]:
        """What the running gateway answers to an administrator."""
        return perform(str(self.data_dir), command, given)

    def file(self, name: str, content: bytes = b"") -> str:
        """The path of a file beside the house, with this content if there is any."""
        path = self._place / name
        if content:
            path.write_bytes(content)
        return str(path)

    def add_key(self, name: str, app: str) -> str:
        """The secret of a fresh key."""
        unit = ("--organisation", "example-command", "--unit", "analysis", "--mission", "reporting")
        words = ("key", "add", "--data", str(self.data_dir), "--name", name, "--app", app, *unit)
        return str(self.run(*words)["secret"])

    def admit(self, enrolment: bytes, *roles: str) -> str:
        """Have the directory assert an enrolled key, and the gateway take it; the file of the assertion."""
        serial = next(self._serials)
        given, made = self.file(f"{serial}.enrolment.json", enrolment), self.file(f"{serial}.assertion.json")
        asked = [word for role in roles for word in ("--role", role)]
        directory = ("--key", self.file("directory.pem"), "--directory", str(self.data_dir / "directory.json"))
        self.run("directory", "assert", given, *asked, "--serial", str(serial), *directory, "--out", made, "--yes")
        self.run("approver", "import", made, "--data", str(self.data_dir))
        return made

    def list_revoked(self, *persons: str) -> None:
        """Issue the directory's next list, with these persons on it, and have the gateway take it."""
        before = ("--previous", self._list) if self._list else ()
        named = [word for person in persons for word in ("--person", person)]
        self._list = self.file(f"revoked-{time.time_ns()}.json")
        self.run("directory", "revoke", *before, *named, "--key", self.file("directory.pem"), "--out", self._list)
        self.run("approver", "import", self._list, "--data", str(self.data_dir))

    def verify_ledger(self) -> JsonObject:
        """What `brightline ledger verify` counts in the published log."""
        standing, log = self.ask("status"), self.data_dir / "log"
        _until(lambda: any(_size(file) == standing["size"] for file in log.rglob("checkpoint")))
        (checkpoint,) = log.rglob("checkpoint")
        words = ("ledger", "verify", str(checkpoint.parent), "--vkey", str(standing["vkey"]))
        return cast("JsonObject", self.run(*words)["counts"])

    @contextmanager
    def serving(self, later_ms: int = 0) -> Iterator[None]:
        """`brightline serve` on the data directory, with all clocks `later_ms` ahead; nothing may have failed in it."""
        self._later_ms = later_ms
        log = self._place / f"serve-{later_ms}.log"
        with log.open("wb") as written:
            words = [*self._brightline(), "serve", "--data", str(self.data_dir), "--port", "0"]
            child = subprocess.Popen(words, stderr=written, env=self._env, start_new_session=True)
            try:
                _until(lambda: child.poll() is not None or _events(log, "ready"))
                (ready,) = _events(log, "ready")
                self._port = int(str(ready["url"]).rpartition(":")[2])
                yield
            finally:
                child.send_signal(signal.SIGTERM)
                child.wait(_SECONDS)
        assert [row for event in ("fault", "console-fault") for row in _events(log, event)] == []

    def _brightline(self) -> list[str]:
        if self._later_ms:
            return [sys.executable, "-c", _LATER, str(self._later_ms)]
        return [sys.executable, "-m", "brightline.cli"]

    @property
    def _env(self) -> dict[str, str]:
        return {**os.environ, "BRIGHTLINE_PASSPHRASE": _PASSPHRASE}

    def make(self, base_url: str) -> None:
        """Make the data directory and the directory of its people, who are nobody yet."""
        data = str(self.data_dir)
        self.run("init", data, "--sample")
        settings = (self.data_dir / "brightline.toml").read_text()
        head, _, rest = settings.partition("[[deployment]]")
        # Tests ask for more in an hour than people do.
        head = head.replace("principal = 20", "principal = 200").replace("hour = 60", "hour = 1000")
        effector = rest[rest.index("[[effector]]") :]
        deployment = f'[[deployment]]\nid = "smollm2-local"\nbase_url = "{base_url}"\nauth = "none"\n'
        console = f'[console]\norigin = "{self.origin}"\nport = {self.console_port}\nmarking = "{MARKING}"\n'
        (self.data_dir / "brightline.toml").write_text(f"{head}{deployment}{console}{effector}")
        # The sample's people sign with files; those of this house are named by another directory.
        (self.data_dir / "people" / f"{AIRCRAFT}.pem").rename(self.file("aircraft.pem"))
        (self.data_dir / "directory.json").unlink()
        key, named = self.file("directory.pem"), ("--rp-id", DOMAIN, "--origin", self.origin)
        self.run("directory", "key", "create", key)
        self.run("directory", "key", "show", key, "--out", str(self.data_dir / "directory.json"), *named)

    def begin(self) -> None:
        """What the operator does first on a gateway that runs: a list that revokes nobody, a key for an agent."""
        self.list_revoked()
        self._agent = self.add_key("planner", "route-planner")

    # The agent

    def propose(self, tool: str = PAYLOAD, *, hold: str = "", tools: Json = None) -> Reply:
        """The agent's call, in whose answer the model proposes `tool`; `hold` is what it resumes."""
        line = self._line()
        try:
            return _reply(self._sent(line, tool, hold, tools))
        finally:
            line.close()

    @contextmanager
    def proposing(self, tool: str = PAYLOAD) -> Iterator["tuple[str, Future[Reply]]"]:
        """The hold of an act, and the answer for which the agent waits meanwhile."""
        with ThreadPoolExecutor(1) as background:
            answer = background.submit(self.propose, tool)
            yield self._new_hold(), answer

    def held(self, tool: str = PAYLOAD, *, tools: Json = None) -> str:
        """The hold of an act that nobody signed yet; the agent does not wait for it."""
        line = self._line()
        try:
            self._send(line, tool, "", tools)
            return self._new_hold()
        finally:
            line.close()

    def call(self, method: str, path: str, body: bytes | None = None) -> Reply:
        """What the gateway answers to the agent."""
        line = self._line()
        try:
            line.request(method, path, body, self._headers)
            return _reply(line.getresponse())
        finally:
            line.close()

    def release(self, hold: str) -> Reply:
        """The release, as the agent fetches it."""
        return self.call("GET", f"/brightline/holds/{hold}/release")

    def _sent(self, line: http.client.HTTPConnection, tool: str, hold: str, tools: Json) -> http.client.HTTPResponse:
        self._send(line, tool, hold, tools)
        return line.getresponse()

    def _send(self, line: http.client.HTTPConnection, tool: str, hold: str, tools: Json) -> None:
        given = [offered("openai", tool)] if tools is None else tools
        body = {"model": MODEL, "messages": [{"role": "user", "content": "go on"}], "tools": given}
        resumed = {"brightline-hold": hold} if hold else {}
        line.request("POST", "/v1/chat/completions", json.dumps(body).encode(), {**self._headers, **resumed})

    def _new_hold(self) -> str:
        found: list[str] = []

        def is_there() -> bool:
            rows = cast("list[Mapping[str, object]]", self.ask("hold.list")["holds"])
            found[:] = [hold for hold in (str(row["hold"]) for row in rows) if hold not in self._known]
            return bool(found)

        _until(is_there)
        self._known.update(found)
        return found[0]

    def _line(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)

    @property
    def _headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self._agent}", "content-type": "application/json"}

    # The machine

    def judged(self) -> tuple[str, str]:
        """The files that were carried to the aircraft: its trust bundle, and the list of what is revoked."""
        demand = {"definition": offered("openai", PAYLOAD), "quorum": [{"role": RELEASE_OFFICER, "quorum": 2}]}
        tools = {PAYLOAD: {**demand, "break_glass": None, "own_machine": False}}
        wanted, made = self.file("tools.json", json.dumps(tools).encode()), self.file(f"bundle-{time.time_ns()}.json")
        about = ("--audience", AIRCRAFT, "--tools", wanted)
        self.run("directory", "bundle", "--data", str(self.data_dir), *about, "--out", made)
        return made, self._list

    @contextmanager
    def aircraft(self) -> Iterator["Aircraft"]:
        """The aircraft of `examples/`, which stood there for two hours already."""
        bundle, revocations = self.judged()
        store = Path(self.file(f"store-{time.time_ns()}"))
        DirectoryReplayStore(store, clock_ms=lambda: _now_ms() - 2 * HOUR_MS)
        words = ("--bundle", bundle, "--revocations", revocations, "--store", str(store))
        script = str(ROOT / "examples" / "payload_release.py")
        child = subprocess.Popen(
            [sys.executable, script, *words, "--key", self.file("aircraft.pem")], stdout=subprocess.PIPE
        )
        try:
            assert child.stdout is not None
            yield Aircraft(child.stdout)
        finally:
            child.terminate()
            child.communicate(timeout=_SECONDS)


class Aircraft:
    """The aircraft, as whoever carries a release to it speaks to it."""

    def __init__(self, said: IO[bytes]) -> None:
        self._said = said
        self._port = int(said.readline().decode().partition("127.0.0.1:")[2].partition(",")[0])

    def act(self, release: bytes, **changes: Json) -> Reply:
        """Ask it to release its payload, at another place if `changes` say so."""
        line = http.client.HTTPConnection("127.0.0.1", self._port, timeout=_SECONDS)
        header = {"Brightline-Release": base64.urlsafe_b64encode(release).decode()}
        try:
            line.request("POST", f"/{PAYLOAD}", canonical({**GIVEN[PAYLOAD], **changes}), header)
            return _reply(line.getresponse())
        finally:
            line.close()

    def says(self) -> str:
        """The next line that it prints."""
        return self._said.readline().decode().strip()


@contextmanager
def open_house(place: Path) -> Iterator[House]:
    """A fresh house in `place` that is not served yet, and its model."""
    with _running_model() as base_url:
        house = House(place)
        house.make(base_url)
        yield house


@contextmanager
def served_house(place: Path) -> Iterator[House]:
    """A fresh house in `place`, its gateway, and an agent."""
    with open_house(place) as house, house.serving():
        house.begin()
        yield house


def _reply(answer: http.client.HTTPResponse) -> Reply:
    headers = {name.lower(): value for name, value in answer.getheaders()}
    return Reply(answer.status, headers, answer.read())


def _events(log: Path, event: str) -> list[JsonObject]:
    rows = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{") and line.endswith("}")]
    return [row for row in rows if row["event"] == event]


def _size(checkpoint: Path) -> int:
    return int(checkpoint.read_text().split("\n")[1])


def _until(there: Callable[[], object]) -> None:
    ends = time.monotonic() + _SECONDS
    while not there():
        assert time.monotonic() < ends, "it did not come"
        time.sleep(0.01)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as bound:
        return int(bound.getsockname()[1])


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
