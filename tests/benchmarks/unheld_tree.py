"""One tree's way of an unheld call, from the caller's socket to the provider's and back, both of them fake.

`python -m tests.benchmarks.unheld_tree SRC [--vain]`, with SRC first in the path, so that Brightline is the one there.
It reads one order a line, `count CASE` or `time CALLS CASE`, and answers each with a line: the instructions of
Brightline's own Python in one call, or the nanoseconds of processor time of so many. `--vain` decides too often.

Front, routes, pipeline, identity, policy, sealing and the connection to the provider are the tree's own. The ledger is
not: it hands out numbers, and what an entry costs is another benchmark's.
"""

import asyncio
import gc
import json
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import fields
from pathlib import Path
from types import FrameType
from typing import Any, cast

import uvloop

import brightline
from brightline.crypto.randomness import RandomPool
from brightline.crypto.seal import WrappingKey
from brightline.crypto.tags import TagKeys
from brightline.domain.credential import KeyRecord
from brightline.domain.decision import Decision
from brightline.domain.principal import Principal
from brightline.domain.record import Appended, Entry
from brightline.domain.use import Use
from brightline.gateway.front import Connection, Front
from brightline.gateway.http1 import Limits
from brightline.gateway.logs import stderr_log
from brightline.gateway.metrics import Counters
from brightline.gateway.ports import Rooms
from brightline.gateway.records import Recorder
from brightline.gateway.routes import Routes
from brightline.gateway.standing import Standing, Term
from brightline.identity import Door, Keyring, UnauthenticatedLimiter
from brightline.policy import Agreement, load_agreement
from brightline.providers import Endpoint, Upstream, pool
from brightline.providers import connection as outgoing
from tests.benchmarks.agreements import UPSTREAM, bench_agreement
from tests.benchmarks.unheld_calls import cases

WARM_UP, COUNTED = 150, 3
WHO = Principal(
    key_id="0a0b0c0d",
    name="bench",
    organisation="example-command",
    unit="analysis",
    roles=frozenset({"analyst"}),
    app="bench",
    missions=frozenset({"mission-1"}),
    default_mission="mission-1",
)


class Socket:
    """A transport that hands on what is written to it, and never is too slow."""

    def __init__(self, write: Callable[[bytes], None]) -> None:
        self.write = write

    def get_extra_info(self, name: str, default: object = None) -> object:
        return ("127.0.0.1", 1) if name == "peername" else default

    def is_closing(self) -> bool:
        return False


class Numbers:
    """A ledger that keeps nothing."""

    origin = "bench/bench/bench/aaaaaaaaaaaa"

    def __init__(self) -> None:
        self._next = 0

    def now_ms(self) -> int:
        return 1000

    async def append(self, entry: Entry) -> Appended:
        del entry
        self._next += 1
        return Appended(self._next, bytes(32), 1000)


class Untouched:
    """Holds of which no unheld call asks anything."""

    def __getattr__(self, name: str) -> object:
        raise RuntimeError(f"an unheld call asked its holds for `{name}`")


class Keys:
    """Knows one caller, whatever the secret."""

    def find_key(self, secret_hash: bytes) -> KeyRecord:
        return KeyRecord(WHO, secret_hash, weak=False, imported=False, created_by="bench", created_at_ms=0)


class Nothing:
    """No answer was given before."""

    def find(self, scope: bytes) -> None:
        return None


class Tree:
    """A gateway between a fake caller and a fake provider."""

    def __init__(self, place: Path) -> None:
        self._loop = asyncio.get_running_loop()
        self._answer: Sequence[bytes] = ()
        self._told: list[bytes] = []
        self._done: asyncio.Future[None] = self._loop.create_future()
        pool.Pool._connect = _connecting(self._provide)  # type: ignore[method-assign]
        unused = cast("Any", None)
        routes = Routes(_rooms(place), metrics=unused, readiness=str, prove=unused, started_ms=0)
        front = Front(routes.handle, routes.refuse, limits=Limits(), clock=time.monotonic, wall=time.time)
        front.date = b"now"
        self._caller = Connection(front)
        self._caller.connection_made(cast("asyncio.Transport", Socket(self._tell)))

    async def run(self, request: bytes, answer: Sequence[bytes], calls: int) -> None:
        """Make one call `calls` times."""
        self._answer = answer
        for _ in range(calls):
            self._told, self._done = [], self._loop.create_future()
            self._caller.data_received(request)
            await self._done

    async def check(self, request: bytes, answer: Sequence[bytes]) -> None:
        """Raises `RuntimeError` unless the call is answered with what the provider said."""
        await self.run(request, answer, 1)
        told, said = b"".join(self._told), answer[0].rpartition(b"\r\n\r\n")[2] if len(answer) == 1 else answer[1][4:-2]
        if not told.startswith(b"HTTP/1.1 200 ") or said not in told:
            raise RuntimeError(f"the call was answered {told[:300]!r}")

    def _tell(self, data: bytes) -> None:
        self._told.append(data)
        if data.endswith((b"}", b"0\r\n\r\n")) and not self._done.done():
            self._done.set_result(None)

    def _provide(self, connection: outgoing.Connection) -> None:
        """Answer, each piece in a turn of the loop of its own, as they would come."""
        pieces = iter(self._answer)

        def step() -> None:
            piece = next(pieces, None)
            if piece is not None:
                connection.data_received(piece)
                self._loop.call_soon(step)

        self._loop.call_soon(step)


def _connecting(provide: Callable[[outgoing.Connection], None]) -> Any:
    async def connect(self: pool.Pool) -> outgoing.Connection:
        made = outgoing.Connection(self._endpoint, self, asyncio.get_running_loop())
        made.connection_made(cast("asyncio.Transport", Socket(lambda _: provide(made))))
        return made

    return connect


def _rooms(place: Path) -> Rooms:
    for name, content in bench_agreement().items():
        path = place / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    agreement, clock, random = load_agreement(place, "bench"), time.monotonic, RandomPool()
    always = Term(agreement=agreement, opens_ms=0, expires_ms=2**60, current_until_ms=2**60)
    endpoint = Endpoint(deployment_id=UPSTREAM, base_url="http://127.0.0.1:1", auth_style="none")
    keyring = Keyring(cast("Any", Keys()), pepper=b"p" * 32, random=random, clock_ms=lambda: 0)
    # The tree before had no holds to ask.
    known = {"holds": Untouched()} if "holds" in {field.name for field in fields(Rooms)} else {}
    return Rooms(
        door=Door(keyring, UnauthenticatedLimiter(clock=clock)),
        standing=Standing(always),
        upstream=Upstream([endpoint], clock=clock),
        ledger=Numbers(),
        replays=Nothing(),
        recorder=Recorder(wrapping_key=WrappingKey(b"w" * 32), tag_keys=TagKeys(b"t" * 32), random=random),
        counters=Counters(),
        log=stderr_log(),
        limits=Limits(),
        answer_bytes=10**8,
        clock=clock,
        random=random,
        **cast("Any", known),
    )


def decide_in_vain() -> None:
    """Have an act decided for each tool that is offered, though none is proposed: the negative control."""
    decide = Agreement.decide

    def decided(self: Agreement, use: Use) -> Decision:
        for _ in use.tools:
            decide(self, use)
        return decide(self, use)

    Agreement.decide = decided  # type: ignore[method-assign,assignment]


class Instructions:
    """Counts the instructions that run of the Python below `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder)
        self.count = 0

    def watch(self, frame: FrameType, event: str, arg: object) -> Any:
        del event, arg
        if not frame.f_code.co_filename.startswith(self._folder):
            return None
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        return self._step

    def _step(self, frame: FrameType, event: str, arg: object) -> Any:
        del frame, arg
        self.count += event == "opcode"
        return self._step


async def serve(source: Path) -> None:
    """Answer orders until there are no more."""
    with tempfile.TemporaryDirectory() as folder:
        tree = Tree(Path(folder))
    known = cases()
    for case in known.values():
        await tree.check(case.request, case.answer)
        await tree.run(case.request, case.answer, WARM_UP)
    gc.collect()
    gc.freeze()
    print(json.dumps(list(known)), flush=True)
    for line in sys.stdin:
        order, _, rest = line.strip().partition(" ")
        if order == "count":
            case = known[rest]
            counted = Instructions(source / "brightline")
            sys.settrace(counted.watch)
            try:
                await tree.run(case.request, case.answer, COUNTED)
            finally:
                sys.settrace(None)
            print(counted.count / COUNTED, flush=True)
        else:
            calls, _, name = rest.partition(" ")
            case = known[name]
            gc.collect()
            started = time.process_time_ns()
            await tree.run(case.request, case.answer, int(calls))
            print(time.process_time_ns() - started, flush=True)


def main(source: Path, *words: str) -> None:
    """Raises `RuntimeError` when Brightline is not the one in `source`."""
    found = Path(brightline.__file__).resolve()
    if not found.is_relative_to(source.resolve()):
        raise RuntimeError(f"Brightline comes from {found.parent}, not from {source}")
    if "--vain" in words:
        decide_in_vain()
    uvloop.run(serve(source))


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
