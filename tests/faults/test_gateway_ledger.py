"""A ledger that cannot write under a running gateway: no ask and no answer leaves, and afterwards all is there."""

import asyncio
import errno
import json
import resource
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import uvloop

from brightline.domain.leaf import Kind
from brightline.domain.messages import CATALOGUE
from brightline.ledger.settings import Machine
from brightline.ledger.verify import DirectoryReader, verify_directory
from brightline.storage import Store
from brightline.testing.house import (
    OUTSIDE,
    PATHS,
    Gateway,
    HouseSettings,
    Line,
    Reply,
    body_of,
    checked,
    eventually,
    make_house,
    running,
)
from brightline.testing.provider_simulator import ProviderSimulator
from brightline.testing.simulated_answers import OpenAiVoice, read_ask
from brightline.testing.simulated_faults import Stage
from tests.benchmarks.fault_stories import (
    Broken,
    can_mount,
    failing_disk,
    failing_publication,
    full_tmpfs,
    moved,
    read_only_mount,
    replaced_store,
    unlinked_store,
)

STAGE = Stage(ask=read_ask(b"", 0), voice=OpenAiVoice(), slow_seconds=0.03, stream_pieces=20)
TERMINAL = {"openai": b"[DONE]", "anthropic": b"message_stop"}


@contextmanager
def log_of(house: Path, how: str) -> Iterator[Broken]:
    """The log's directory moved away, deleted, or another put in its place."""
    away = house.parent / "away-log"

    def there() -> Path:
        (checkpoint,) = (house / "log").rglob("checkpoint")
        return checkpoint.parent

    place: list[Path] = []

    def make() -> None:
        place.append(there())
        if how == "deleted":
            shutil.rmtree(place[0])
            return
        place[0].rename(away)
        if how == "replaced":
            place[0].mkdir()
            (place[0] / "checkpoint").write_bytes(b"another log\n")

    def mend() -> None:
        if how == "deleted":
            place[0].mkdir(exist_ok=True)
            return
        shutil.rmtree(place[0], ignore_errors=True)
        away.rename(place[0])

    yield Broken(make, mend)


FAULTS: dict[str, Callable[[Path], AbstractContextManager[Broken]]] = {
    "disk full": lambda house: failing_disk(house, "full"),
    "EIO on write": lambda house: failing_disk(house, "write"),
    "EIO on sync": lambda house: failing_disk(house, "sync"),
    "read-only store": lambda house: failing_disk(house, "read-only"),
    "read-only mount": read_only_mount,
    "store moved away": lambda house: moved(house, "store.db"),
    "write-ahead log moved away": lambda house: moved(house, "store.db-wal"),
    "store replaced": replaced_store,
    "store unlinked": unlinked_store,
    "log directory moved away": lambda house: log_of(house, "moved"),
    "log directory replaced": lambda house: log_of(house, "replaced"),
    "log directory deleted": lambda house: log_of(house, "deleted"),
    "EIO on publishing": lambda house: failing_publication(house, errno.EIO),
    "no space for publishing": lambda house: failing_publication(house, errno.ENOSPC),
    "disk really full": full_tmpfs,
}


@dataclass
class Caller:
    """What a caller was told, to be held against the ledger afterwards."""

    gateway: Gateway
    receipts: dict[int, str] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)
    unasked: set[str] = field(default_factory=set)

    async def use(self, model: str = "small", *, stream: bool = False, dialect: str = "openai") -> Reply:
        reply = await self.gateway.post(dialect, model, stream=stream)
        self.note(reply)
        return reply

    def note(self, reply: Reply) -> None:
        use_id = reply.headers.get("x-request-id") or reply.headers["request-id"]
        self.known.add(use_id)
        if reply.status == 503 and "brightline-receipt" not in reply.headers:
            self.unasked.add(use_id)
        if "brightline-receipt" in reply.headers:
            _, index, leaf = reply.receipt
            self.receipts[index] = leaf

    def check_kept(self) -> None:
        assert self.receipts
        for index, leaf in self.receipts.items():
            assert self.gateway.house.ledger.entry(index).appended.leaf_hash.hex() == leaf

    def check_nothing_invented(self) -> None:
        """A write whose sync failed may be there after all; then it is closed as abandoned, and nobody was asked."""
        intents = self.gateway.leaves(Kind.INTENT)
        abandoned = {leaf.use_id for leaf in self.gateway.leaves(Kind.ABANDONED)}
        unasked = {leaf.use_id for leaf in intents if leaf.use_id.hex() in self.unasked}
        assert unasked <= abandoned
        assert len(intents) - len(unasked) == len(self.gateway.simulator.requests)
        for leaf in self.gateway.leaves(Kind.INTENT, Kind.OUTCOME, Kind.REFUSAL, Kind.ABANDONED):
            assert leaf.use_id.hex() in self.known


def inject(monkeypatch: pytest.MonkeyPatch, broken: Broken) -> None:
    """Put the faulty disk beneath the real assembly."""

    class Faulty(Store):
        @classmethod
        def open(cls, data_dir: Path, *, create: bool = False, vfs: str | None = None, synchronous: int = 2) -> Store:
            return Store.open(data_dir, create=create, vfs=broken.vfs)

    if broken.vfs is not None:
        monkeypatch.setattr("brightline.gateway.house.Store", Faulty)
    machine = Machine(space=broken.space, files=broken.files)
    monkeypatch.setattr("brightline.ledger.service.Machine", lambda: machine)


async def refused_while_broken(caller: Caller) -> None:
    """Every way to use the gateway is closed, and nothing reaches the provider."""
    gateway = caller.gateway
    asked = len(gateway.simulator.requests)
    for dialect in PATHS:
        for stream in (False, True):
            reply = await caller.use(stream=stream, dialect=dialect)
            assert (reply.status, reply.code) == (503, "ledger/unavailable"), reply.body
            assert reply.headers["retry-after"] == "1"
            assert "brightline-receipt" not in reply.headers
    refused = await caller.use(OUTSIDE)
    assert (refused.status, refused.code) == (503, "ledger/unavailable")
    assert len(gateway.simulator.requests) == asked
    reply = await gateway.ask("GET", "/readyz", key="")
    code = reply.body.decode().strip()
    assert reply.status == 503
    assert code in CATALOGUE
    assert code.startswith(("ledger/", "storage/"))
    assert (await gateway.ask("GET", "/healthz", key="")).status == 200
    assert "brightline_ready{" in (metrics := (await gateway.ask("GET", "/metrics", key="")).body.decode())
    assert 'brightline_ready{agreement="sample",enclave="demo"} 0.0' in metrics


async def meets_its_fault(caller: Caller, broken: Broken) -> None:
    """Until a fault is met that only publishing meets, uses go on."""
    async with asyncio.timeout(5):
        while broken.seen_by_publishing and await caller.gateway.ready() == "ready":
            await caller.use()


async def tell_story(gateway: Gateway, broken: Broken) -> None:
    caller = Caller(gateway)
    assert (await caller.use()).status == 200
    assert (await caller.use(OUTSIDE)).status == 403
    while gateway.house.ledger.metrics().published < gateway.house.ledger.size:
        await asyncio.sleep(0.01)
    lines: dict[str, Line] = {}
    for dialect, path in PATHS.items():
        lines[dialect] = await gateway.line()
        lines[dialect].ask("POST", path, body_of("sim-slow", stream=True), gateway.credential())
        await lines[dialect].until(b"data: ")
    whole = await gateway.line()
    whole.ask("POST", PATHS["openai"], body_of("sim-hang-mid"), gateway.credential())
    await eventually(lambda: len(gateway.simulator.requests) == 4)
    broken.make()
    await meets_its_fault(caller, broken)
    await refused_while_broken(caller)
    for dialect, line in lines.items():
        reply = await line.reply()
        assert reply.whole
        assert TERMINAL[dialect] not in reply.body
        assert reply.code == "ledger/unavailable"
        caller.note(reply)
    reply = await whole.reply()
    assert (reply.status, reply.code) == (503, "ledger/unavailable")
    caller.note(reply)
    broken.mend()
    await gateway.until_ready()
    assert (await caller.use(stream=True)).status == 200
    caller.check_kept()
    caller.check_nothing_invented()


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_lets_nothing_through_and_loses_nothing(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if name == "disk really full" and not can_mount():
        pytest.skip("mounting a small disk needs root")
    place = tmp_path / "house"
    place.mkdir()

    async def whole(broken: Broken) -> None:
        async with ProviderSimulator(stage=STAGE) as simulator:
            deployment = 'auth = "none"\nfirst_byte_seconds = 1\nidle_seconds = 0.4'
            make_house(place, HouseSettings(base_url=simulator.base_url, deployment=deployment))
            async with running(place, simulator) as gateway:
                gateway.key = await gateway.add_key()
                await tell_story(gateway, broken)
            checked(gateway)

    with FAULTS[name](place) as broken:
        inject(monkeypatch, broken)
        uvloop.run(whole(broken))


def test_a_file_size_limit_lets_nothing_through_and_loses_nothing(tmp_path: Path) -> None:
    """The limit counts for a whole process, so this gateway is one of its own."""
    if not hasattr(resource, "prlimit"):
        pytest.skip("setting another process's limits needs Linux")

    async def story() -> None:
        async with ProviderSimulator(stage=STAGE) as simulator:
            place = make_house(tmp_path / "house", HouseSettings(base_url=simulator.base_url))
            async with running(place, simulator) as gateway:
                gateway.key = await gateway.add_key()
            words = ["-m", "brightline.cli", "serve", "--data", str(place), "--port", "0"]
            process = await asyncio.create_subprocess_exec(sys.executable, *words, stderr=asyncio.subprocess.PIPE)
            try:
                await at_limit(gateway, process)
                process.terminate()
                assert await asyncio.wait_for(process.wait(), 10) == 0
            finally:
                await gateway.hang_up()
                if process.returncode is None:
                    process.kill()
                    await process.wait()
            verified = verify_directory(DirectoryReader(gateway.house.log_directory), gateway.house.ledger.vkey)
            assert verified.open_intents == ()
            assert verified.counts[Kind.INTENT] == len(simulator.requests)

    uvloop.run(story())


async def at_limit(gateway: Gateway, process: asyncio.subprocess.Process) -> None:
    assert process.stderr is not None
    row: dict[str, object] = {}
    while row.get("event") != "ready":
        row = json.loads(await asyncio.wait_for(process.stderr.readline(), 10))
    gateway.port = int(str(row["url"]).rpartition(":")[2])
    caller = Caller(gateway)
    assert (await caller.use()).status == 200
    line = await gateway.line()
    line.ask("POST", PATHS["openai"], body_of("sim-slow", stream=True), gateway.credential())
    await line.until(b"data: ")
    soft, hard = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (4096, hard))
    await refused_while_broken(caller)
    reply = await line.reply()
    assert (reply.code, TERMINAL["openai"] in reply.body) == ("ledger/unavailable", False)
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (soft, hard))
    await gateway.until_ready()
    assert (await caller.use()).status == 200
