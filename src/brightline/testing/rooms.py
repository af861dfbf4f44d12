"""Small rooms for tests of the live journey: each does as the test says, and remembers what it was asked."""

import asyncio
import io
import itertools
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import replace

from brightline.crypto.seal import WrappingKey
from brightline.crypto.tags import TagKeys
from brightline.domain.agreement import AgreementRef, Deployment, Resolution
from brightline.domain.authority import AuthorityKind
from brightline.domain.call import Dialect
from brightline.domain.decision import Decision, Effect, Hold, Layer, Reason
from brightline.domain.description import Bands
from brightline.domain.errors import BrightlineError
from brightline.domain.leaf import Leaf, decode
from brightline.domain.metering import MeterRule
from brightline.domain.principal import Principal
from brightline.domain.record import Appended, Entry
from brightline.domain.use import ToolEffect, Use
from brightline.gateway.exchange import Exchange
from brightline.gateway.http1 import Head, Limits
from brightline.gateway.logs import Level, Log
from brightline.gateway.metrics import Counters
from brightline.gateway.ports import Replay, Rooms
from brightline.gateway.records import Recorder
from brightline.gateway.standing import Standing, Term
from brightline.identity import Headers
from brightline.policy import MeterLimit
from brightline.providers import ProvidersError, UpstreamRequest
from brightline.testing.holds import MemoryHolds
from brightline.testing.meters import no_counting

WHO = Principal("0a0b0c0d", "ana", "org", "unit", frozenset({"analyst"}), "app", frozenset({"m1"}), "m1")
DEPLOYMENT = Deployment("dep", "vendor", "real-model", frozenset(Dialect))
PERMIT = Decision(Effect.PERMIT, "", (Reason("p1", Layer.VENDOR),))
HOLD = Decision(
    Effect.HOLD,
    "policy/held",
    (Reason("ops.1", Layer.OPERATOR, "two must agree"),),
    holds=(Hold("ops.1", "officer", 2),),
)
FORBID = Decision(Effect.FORBID, "policy/forbidden", (Reason("law.1", Layer.LAW, "no", "ask"),))
WRAPPING_KEY = WrappingKey(b"w" * 32)


class Door:
    """Lets everybody in, or raises."""

    def __init__(self) -> None:
        self.error: BrightlineError | None = None

    def authenticate(self, headers: Headers, peer: str) -> Principal:
        """Let the test's principal in, or raise."""
        if self.error is not None:
            raise self.error
        return WHO


class Agreement:
    """One deployment; decides as told."""

    def __init__(self) -> None:
        self.decision: Decision | Exception = PERMIT
        self.error: BrightlineError | None = None
        self.asked: list[Use] = []
        self.acts: dict[str, Decision] = {}

    ref = AgreementRef("sample", 1, b"d" * 32, "demo")
    deployments = (DEPLOYMENT,)

    def resolve(self, asked: str, dialect: Dialect) -> Resolution:
        """The one deployment, or raise."""
        if self.error is not None:
            raise self.error
        return Resolution(asked, (DEPLOYMENT,))

    meters: tuple[MeterRule, ...] = ()
    authority_kinds: tuple[AuthorityKind, ...] = ()
    meter_limits: tuple[MeterLimit, ...] = ()
    describer = ""
    units = (("org", "unit"),)

    @property
    def null_audiences(self) -> tuple[str, ...]:
        """None are reserved."""
        return ()

    def bands(self, app: str) -> Bands | None:
        """No app is calibrated."""
        return None

    def effect_of(self, tool: str) -> ToolEffect:
        """Every tool reads."""
        return ToolEffect(tool, "read")

    def aliases(self, dialect: Dialect) -> tuple[str, ...]:
        """One name."""
        return ("small",)

    def decide(
        self, use: Use, sign_offs: Mapping[str, int] | None = None, break_glass: Mapping[str, int] | None = None
    ) -> Decision:
        """Decide as told, about acts by their tool; what is held is permitted once enough have signed."""
        self.asked.append(use)
        told = self.acts.get(use.tools[0].name, PERMIT) if use.acting else self.decision
        if isinstance(told, Exception):
            raise told
        signed = sign_offs or {}
        if told.effect is Effect.HOLD and all(signed.get(hold.role, 0) >= hold.quorum for hold in told.holds):
            return PERMIT
        return told


def term_of(agreement: Agreement, *, expires_ms: int = 10_000) -> Term:
    """A term that permits from 0 until `expires_ms`."""
    return Term(agreement=agreement, opens_ms=0, expires_ms=expires_ms, current_until_ms=20_000)


class Ledger:
    """Keeps entries in memory; `fail_at` are the places (0 first) whose append fails, `now` its time."""

    origin = "test/log"
    now = 1000

    def __init__(self, error: BrightlineError) -> None:
        self.entries: list[Entry] = []
        self.fail_at: set[int] = set()
        self.error = error
        self.asked = 0
        self.before: Callable[[], None] | None = None

    def now_ms(self) -> int:
        """The time that the test set."""
        return self.now

    async def append(self, entry: Entry) -> Appended:
        """Keep an entry, or fail as told."""
        place, self.asked = self.asked, self.asked + 1
        if self.before is not None:
            self.before()
        await asyncio.sleep(0)
        if place in self.fail_at:
            raise self.error
        self.entries.append(entry)
        return Appended(len(self.entries) - 1, bytes([place % 256]) * 32, 1000 + place)

    @property
    def leaves(self) -> list[Leaf]:
        """The leaves kept, decoded."""
        return [decode(entry.leaf) for entry in self.entries]


class Answer:
    """An answer in pieces; an exception among them is raised in its place, `None` waits for ever."""

    def __init__(
        self, status: int, kind: str, *pieces: bytes | Exception | None, headers: tuple[tuple[str, str], ...] = ()
    ) -> None:
        self.status = status
        self.content_type = kind
        self.headers = (("content-type", kind), *headers)
        self.pieces = pieces
        self.cancelled = False

    def get(self, name: str) -> str | None:
        """One header."""
        return dict(self.headers).get(name)

    async def read(self, limit: int) -> bytes:
        """The pieces, joined."""
        return b"".join([piece async for piece in self.chunks()])

    async def chunks(self) -> AsyncIterator[bytes]:
        """The pieces, as told."""
        for piece in self.pieces:
            if piece is None:
                await asyncio.get_running_loop().create_future()
            elif isinstance(piece, Exception):
                raise piece
            else:
                yield piece

    def cancel(self) -> None:
        """Remember that the answer was given up."""
        self.cancelled = True


class Upstream:
    """Gives one answer, and remembers what was sent and how many entries were durable then."""

    def __init__(self, ledger: Ledger) -> None:
        self.answer: Answer | ProvidersError = Answer(200, "application/json", b"{}")
        self.sent: list[UpstreamRequest] = []
        self.entries_then: list[int] = []
        self._ledger = ledger
        self.up = True

    async def send(self, deployment_id: str, request: UpstreamRequest) -> Answer:
        """Remember the request, give the answer."""
        self.sent.append(request)
        self.entries_then.append(len(self._ledger.entries))
        if isinstance(self.answer, ProvidersError):
            raise self.answer
        return self.answer

    def available(self, deployment_id: str) -> bool:
        """Whether the deployment is up."""
        return self.up


class Replays:
    """Answers given before."""

    def __init__(self) -> None:
        self.known: dict[bytes, Replay] = {}

    def find(self, scope: bytes) -> Replay | None:
        """What the test put there."""
        return self.known.get(scope)


class Wire:
    """A connection that keeps what is written to it."""

    limits = Limits()
    date = b"now"
    closing = False
    draining = False
    blocked = False

    def __init__(self) -> None:
        self.out = bytearray()
        self.aborted = False
        self.on_write: Callable[[bytes], None] | None = None

    def write(self, data: bytes) -> None:
        """Keep what is written."""
        self.out += data
        if self.on_write is not None:
            self.on_write(data)

    async def drained(self) -> None:
        """Caught up at once."""
        self.blocked = False

    def want_body(self) -> None:
        """Nothing to do: the body is there."""
        return

    def abort(self) -> None:
        """Remember that the connection was dropped."""
        self.aborted = True


class House:
    """All rooms of one test."""

    def __init__(self, ledger_error: BrightlineError) -> None:
        self.door = Door()
        self.agreement = Agreement()
        self.ledger = Ledger(ledger_error)
        self.upstream = Upstream(self.ledger)
        self.replays = Replays()
        self.counters = Counters()
        self.log = io.StringIO()
        self.wire = Wire()
        self.standing = Standing(term_of(self.agreement))
        self.rooms = Rooms(
            door=self.door,
            standing=self.standing,
            upstream=self.upstream,
            ledger=self.ledger,
            replays=self.replays,
            recorder=Recorder(wrapping_key=WRAPPING_KEY, tag_keys=TagKeys(b"t" * 32)),
            counters=self.counters,
            counting=no_counting(),
            log=Log(self.log, level=Level.DEBUG),
            limits=Limits(uses=4),
            answer_bytes=10_000,
            clock=lambda: 0.0,
            random=lambda size: b"r" * size,
        )

    def with_holds(self) -> MemoryHolds:
        """Let what is held wait in memory, and give every use an id of its own."""
        holds = MemoryHolds(self.ledger)
        counter = itertools.count(1)
        self.rooms = replace(self.rooms, holds=holds, random=lambda size: next(counter).to_bytes(size, "big"))
        return holds

    def exchange(self, path: str, body: bytes, *headers: tuple[str, str], method: str = "POST") -> Exchange:
        """One exchange whose body is there already."""
        exchange = Exchange(self.wire, Head(method, path, "", headers), "127.0.0.1")
        exchange.take_body(body)
        exchange.end_body()
        return exchange

    @property
    def told(self) -> bytes:
        """Everything the caller got."""
        return bytes(self.wire.out)
