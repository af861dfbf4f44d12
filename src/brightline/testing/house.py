"""A whole gateway in a test's own event loop: a data directory, the real assembly, and a caller with a raw socket.

`make_house` writes a data directory whose every deployment is the simulated provider, one for each fault it knows, so
the name of a model chooses what the provider does. `running` starts the real `Service` on it and stops it again.
INVARIANT: nothing here stands in for a part of the gateway; only the provider is simulated.
"""

import asyncio
import gc
import json
import os
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO, cast

import httptools
import uvloop

from brightline.crypto.keyfiles import create_key, load_key
from brightline.crypto.seal import WrappingKey, unseal
from brightline.domain.leaf import Kind, Leaf, decode
from brightline.domain.record import Group
from brightline.gateway.admin import Caller
from brightline.gateway.app import House, open_house
from brightline.gateway.logs import Level, Log
from brightline.gateway.serve import Service
from brightline.ledger.verify import DirectoryReader, Verified, verify_directory
from brightline.policy.draft import own_schema
from brightline.policy.signing import trust_text
from brightline.testing.parties import Signed, parties_in, signed_once, write_files
from brightline.testing.provider_simulator import ProviderSimulator
from brightline.testing.simulated_faults import FAULTS, Stage
from brightline.testing.uncounted import uncounted_sample

ENCLAVE = "demo"
OPERATOR = "test.example"
KEY_NAMES = ("log.seed", "seal.key", "tag.key", "api.key")
# Names a caller may ask for beside those of the faults.
OUTSIDE, EMPTY, CHAT_ONLY = "frontier-large", "alias-of-nothing", "chat-only"
_DIALECTS = ["openai-chat", "anthropic-messages"]
_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseSettings:
    """What a test's `brightline.toml` says; `gateway`, `ledger`, `limits`, `meters`, `deployment` are TOML lines."""

    base_url: str
    gateway: str = "drain_seconds = 5"
    ledger: str = "publish_seconds = 0.05\nwatermark_bytes = 0"
    limits: str = ""
    meters: str = ""
    deployment: str = 'auth = "none"\nfirst_byte_seconds = 5\nidle_seconds = 5'


def make_house(data_dir: Path, settings: HouseSettings, signed: Signed | None = None) -> Path:
    """Write a data directory at `data_dir`: fresh keys, and one deployment for each fault under the sample's rules.

    The agreement (default: `house_agreement`) is signed by both parties and stated to be current.
    """
    signed = signed or house_agreement()
    write_files(data_dir / "agreements" / "1", signed.files)
    (data_dir / "trust.json").write_text(trust_text(signed.trust))
    (data_dir / "current.json").write_bytes(parties_in(signed).state(signed.draft, ENCLAVE))
    (data_dir / "keys").mkdir(mode=0o700)
    for name in KEY_NAMES:
        create_key(data_dir / "keys" / name)
    (data_dir / "brightline.toml").write_text(_toml(settings))
    return data_dir


def house_agreement(
    meters: Sequence[Mapping[str, object]] = (),
    files: Mapping[str, bytes] | None = None,
    members: Mapping[str, object] | None = None,
) -> Signed:
    """The agreement of every house that is made here, version 1, signed by both parties.

    It is the sample without its counting of people. `meters` and `members` are added to its manifest, `files` to its
    files or in place of them.
    """
    ids = [str(meter["id"]) for meter in meters]
    schema = own_schema(ids, text="describer" in (members or {}))
    own = {"manifest.json": _manifest(meters, members or {}), "schema.json": schema.encode()}
    return signed_once(tuple({**uncounted_sample(), **own, **(files or {})}.items()))


def _models() -> list[str]:
    return [*FAULTS, OUTSIDE, CHAT_ONLY]


def _manifest(meters: Sequence[Mapping[str, object]], members: Mapping[str, object]) -> bytes:
    sample = {**json.loads(uncounted_sample()["manifest.json"]), **members}
    if meters:
        sample["meters"] = list(meters)
    sample["deployments"] = [
        {
            "id": name,
            "vendor": sample["vendor"],
            "model": "sim-echo" if name == CHAT_ONLY else name,
            "dialects": _DIALECTS[:1] if name == CHAT_ONLY else _DIALECTS,
            "location": "edge",
        }
        for name in _models()
    ]
    inside = [name for name in _models() if name != OUTSIDE]
    sample["enclaves"] = [
        {"name": ENCLAVE, "deployments": inside, "current_days": 30},
        {"name": "outside", "deployments": _models(), "current_days": 7},
    ]
    sample["aliases"] = {**{name: [name] for name in _models()}, "small": ["sim-echo"], EMPTY: []}
    return json.dumps(sample).encode()


def _toml(settings: HouseSettings) -> str:
    parts = ["format = 1", "[enclave]", f'name = "{ENCLAVE}"', "[gateway]", settings.gateway]
    parts += ["[ledger]", f'operator = "{OPERATOR}"', settings.ledger, "[limits]", settings.limits]
    parts += ["[meters]", settings.meters]
    for name in _models():
        parts += ["[[deployment]]", f'id = "{name}"', f'base_url = "{settings.base_url}"', settings.deployment]
    return "\n".join([*parts, ""])


@dataclass(frozen=True, slots=True)
class Reply:
    """What a caller got: `whole` when the framing said that it was all; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    whole: bool

    def json(self) -> dict[str, object]:
        """The body as an object."""
        return cast("dict[str, object]", json.loads(self.body))

    @property
    def code(self) -> str:
        """Our stable code in either dialect's envelope, in a body or in the last event of a stream; empty if none."""
        text = self.body.rstrip().rpartition(b"data: ")[2]
        try:
            error = json.loads(text)["error"]
            return str(error["brightline"]["code"])
        except (ValueError, KeyError, TypeError):
            return ""

    @property
    def receipt(self) -> tuple[str, int, str]:
        """Origin, index and leaf hash of the receipt; raises `KeyError` when there is none."""
        origin, index, leaf = self.headers["brightline-receipt"].split(" ")
        return origin, int(index), leaf


class _Parsed:
    """What the parser of answers calls back."""

    def __init__(self) -> None:
        self.headers: dict[str, str] = {}
        self.body = bytearray()
        self.status = 0
        self.whole = False
        self.parser = httptools.HttpResponseParser(self)

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header field."""
        self.headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        """The head is in."""
        self.status = self.parser.get_status_code()

    def on_body(self, data: bytes) -> None:
        """A piece of the body."""
        self.body += data

    def on_message_complete(self) -> None:
        """The answer is whole by its framing."""
        self.whole = self.status >= 200


class Line:
    """One connection of a caller; answers are read one after another."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self._parsed = _Parsed()

    def send(self, data: bytes) -> None:
        """Send raw bytes."""
        self.writer.write(data)

    def ask(self, method: str, path: str, body: bytes, headers: Sequence[tuple[str, str]]) -> None:
        """Send a request framed by its length."""
        lines = [f"{method} {path} HTTP/1.1", "host: gateway.example"]
        lines += [f"{name}: {value}" for name, value in headers]
        if body or method == "POST":
            lines.append(f"content-length: {len(body)}")
        self.send("\r\n".join([*lines, "", ""]).encode("latin-1") + body)

    async def more(self) -> bool:
        """Take in what comes next; false at the end. Raises `TimeoutError` when nothing comes."""
        async with asyncio.timeout(_SECONDS):
            try:
                data = await self.reader.read(65_536)
            except ConnectionError:
                data = b""
        if data:
            self._parsed.parser.feed_data(data)
        return bool(data)

    @property
    def got(self) -> bytes:
        """The body of the answer as far as it came."""
        return bytes(self._parsed.body)

    async def until(self, mark: bytes) -> None:
        """Read until `mark` is in the body; raises `AssertionError` when the connection ends before."""
        while mark not in self._parsed.body:
            assert await self.more(), f"the answer ended before {mark!r}: {self.got[-400:]!r}"

    async def reply(self) -> Reply:
        """The next answer, to its end or the connection's; status 0 when there was none."""
        while not self._parsed.whole and await self.more():
            continue
        done, self._parsed = self._parsed, _Parsed()
        return Reply(done.status, done.headers, bytes(done.body), done.whole)

    async def close(self) -> None:
        """Close the connection."""
        self.writer.close()
        try:
            await self.writer.wait_closed()
        except (ConnectionError, OSError):
            return


class LogLines:
    """A stream that keeps the log, and tells when an event was written."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> int:
        """Keep `text`."""
        self.text += text
        return len(text)

    def flush(self) -> None:
        """Nothing waits."""

    def rows(self, event: str = "") -> list[dict[str, object]]:
        """The lines, or those of one event."""
        rows = [json.loads(line) for line in self.text.splitlines()]
        return [row for row in rows if event in ("", row["event"])]


async def eventually(there: Callable[[], object], *, seconds: float = _SECONDS) -> None:
    """Wait until `there` is true; raises `TimeoutError`."""
    async with asyncio.timeout(seconds):
        while not there():
            await asyncio.sleep(0.005)


class Gateway:
    """A running gateway: its house, its simulator, its log, and a caller's key."""

    def __init__(self, house: House, service: Service, simulator: ProviderSimulator, log: LogLines, port: int) -> None:
        self.house = house
        self.service = service
        self.simulator = simulator
        self.log = log
        self.port = port
        self.tls: ssl.SSLContext | None = None
        self.key = ""
        self.key_id = ""
        self._lines: list[Line] = []

    async def command(self, command: str, **args: object) -> Mapping[str, object]:
        """What an administrator's command gives."""
        return await self.house.commands[command](args, Caller(os.getuid()))

    async def add_key(self, name: str = "analyst", **grant: object) -> str:
        """A fresh key for the unit `analysis`, by default with the missions `reporting` (default) and `training`."""
        asked: dict[str, object] = {"organisation": "example-command", "unit": "analysis", "app": "tests"}
        asked |= {"missions": ["reporting", "training"], "default_mission": "reporting"}
        added = await self.command("key.add", **{"name": name, **asked, **grant})
        self.key_id = str(added["key_id"])
        return str(added["secret"])

    async def line(self) -> Line:
        """A fresh connection."""
        line = Line(*await asyncio.open_connection("127.0.0.1", self.port, ssl=self.tls))
        self._lines.append(line)
        return line

    async def hang_up(self) -> None:
        """Close every connection that a story left open."""
        for line in self._lines:
            await line.close()

    async def ask(
        self, method: str, path: str, body: bytes = b"", *headers: tuple[str, str], key: str | None = None
    ) -> Reply:
        """One request on a connection of its own; `key` empty sends none, none sends the gateway's."""
        line = await self.line()
        try:
            line.ask(method, path, body, [*self.credential(key), *headers])
            return await line.reply()
        finally:
            await line.close()

    def credential(self, key: str | None = None) -> list[tuple[str, str]]:
        """The header that carries `key`."""
        shown = self.key if key is None else key
        return [("authorization", f"Bearer {shown}")] if shown else []

    async def post(
        self, dialect: str, model: str, *headers: tuple[str, str], stream: bool = False, **more: object
    ) -> Reply:
        """One use in `dialect` (`openai` or `anthropic`)."""
        return await self.ask("POST", PATHS[dialect], body_of(model, stream=stream, **more), *headers)

    async def ready(self) -> str:
        """What `/readyz` says."""
        return (await self.ask("GET", "/readyz", key="")).body.decode().strip()

    async def until_ready(self, said: str = "ready") -> None:
        """Wait until `/readyz` says `said`; raises `TimeoutError`."""
        async with asyncio.timeout(_SECONDS):
            while await self.ready() != said:
                await asyncio.sleep(0.02)

    def leaves(self, *kinds: Kind) -> list[Leaf]:
        """The leaves of the log, or those of `kinds`."""
        leaves = [decode(leaf) for leaf in self.house.ledger.leaves(0, self.house.ledger.size)]
        return [leaf for leaf in leaves if not kinds or leaf.kind in kinds]

    def sealed(self, index: int) -> Mapping[Group, bytes]:
        """The groups of the sealed record of an entry."""
        key = WrappingKey(load_key(self.house.data_dir / "keys" / "seal.key"))
        return unseal(self.house.ledger.blob(index) or b"", key)


PATHS: Mapping[str, str] = {"openai": "/v1/chat/completions", "anthropic": "/v1/messages"}


def body_of(model: str, *, stream: bool = False, **more: object) -> bytes:
    """A small body that both dialects take."""
    asked: dict[str, object] = {"model": model, "max_tokens": 64, "messages": [{"role": "user", "content": "hello"}]}
    if stream:
        asked["stream"] = True
    return json.dumps({**asked, **more}).encode()


@asynccontextmanager
async def running(data_dir: Path, simulator: ProviderSimulator) -> AsyncIterator[Gateway]:
    """A gateway on `data_dir`, ready; stopped in the end as by SIGTERM. Raises what the gateway raises."""
    log = LogLines()
    house = await open_house(data_dir)
    service = Service(house, Log(cast("TextIO", log), level=Level.DEBUG))
    task = asyncio.ensure_future(service.run(host="127.0.0.1", port=0))
    try:
        await eventually(lambda: task.done() or log.rows("ready"))
        if task.done():
            await task
        port = int(str(log.rows("ready")[0]["url"]).rpartition(":")[2])
        gateway = Gateway(house, service, simulator, log, port)
        try:
            yield gateway
        finally:
            await gateway.hang_up()
    finally:
        service.stop()
        await task
        # The gateway freezes what it made at start; a test's process makes many.
        gc.unfreeze()


@asynccontextmanager
async def opened(
    place: Path, *, key: str | None = None, stage: Stage | None = None, signed: Signed | None = None, **settings: str
) -> AsyncIterator[Gateway]:
    """A simulator (which wants `key`), a fresh house in `place` that calls it, and its gateway with one key."""
    async with ProviderSimulator(key=key, stage=stage) as simulator:
        make_house(place / "house", HouseSettings(base_url=simulator.base_url, **settings), signed)
        async with running(place / "house", simulator) as gateway:
            gateway.key = await gateway.add_key()
            yield gateway
        checked(gateway)


def checked(gateway: Gateway) -> Verified:
    """The published log of a gateway that stopped, verified, and every use in it closed once."""
    house = gateway.house
    verified = verify_directory(DirectoryReader(house.log_directory), house.ledger.vkey)
    counts = verified.counts
    ended = counts.get(Kind.OUTCOME, 0) + counts.get(Kind.ABANDONED, 0)
    assert verified.open_intents == ()
    assert counts.get(Kind.INTENT, 0) == ended
    return verified


def tell(
    place: Path,
    story: Callable[[Gateway], Awaitable[None]],
    *,
    stage: Stage | None = None,
    signed: Signed | None = None,
    **settings: str,
) -> None:
    """Run `story` at a fresh gateway in `place`, stop it, and verify its log."""

    async def whole() -> None:
        async with opened(place, stage=stage, signed=signed, **settings) as gateway:
            await story(gateway)

    uvloop.run(whole())
