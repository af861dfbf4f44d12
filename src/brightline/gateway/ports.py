"""What the live journey needs from the rooms it joins."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

from brightline.domain.agreement import AgreementRef, Deployment
from brightline.domain.decision import Decision
from brightline.domain.principal import Principal
from brightline.domain.record import Appended, Entry
from brightline.domain.sign_off.binding import ActionBinding
from brightline.domain.sign_off.canonical import JsonObject
from brightline.domain.use import Use
from brightline.gateway.counting import Counting
from brightline.gateway.describing import Describing
from brightline.gateway.http1 import Limits
from brightline.gateway.logs import Log
from brightline.gateway.metrics import Counters
from brightline.gateway.records import Recorder
from brightline.gateway.standing import Standing
from brightline.identity import Headers
from brightline.providers import UpstreamPort


class LedgerPort(Protocol):
    """The ledger behind its one port; it may stand in another process."""

    @property
    def origin(self) -> str:
        """The log's name."""
        ...

    def now_ms(self) -> int:
        """The ledger's time, UTC milliseconds, by which agreements begin and end."""
        ...

    async def append(self, entry: Entry) -> Appended:
        """Make `entry` durable; raises `BrightlineError` when it cannot, and then nothing may leave.

        Raises `AgreementChangedError` when it was decided under an agreement that is not in force any more.
        """
        ...


class DoorPort(Protocol):
    """Who may call."""

    def authenticate(self, headers: Headers, peer: str) -> Principal:
        """The caller behind a request's headers; raises `BrightlineError` (401, 429)."""
        ...


class ReplayPort(Protocol):
    """Answers already given under an idempotency key."""

    def find(self, scope: bytes) -> "Replay | None":
        """What is known of the key with this scope (32 bytes)."""
        ...


@dataclass(frozen=True, slots=True)
class Replay:
    """An earlier use under the same idempotency key; `answer` is none unless it ended whole."""

    body: bytes
    intent: Appended
    answer: bytes | None
    ended: bool


class HoldState(Enum):
    """Where a hold stands; what is approved, denied, revoked or expired follows from signed statements and the time."""

    OPEN = "open"
    APPROVED = "approved"
    DENIED = "denied"
    REVOKED = "revoked"
    EXPIRED = "expired"
    STARTED = "started"
    ENDED = "ended"
    # Of a shard that another one took the place of: nothing more comes of it.
    FORKED = "forked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One exact action that the agreement holds, for `HoldsPort.place`.

    `kind` is `tool-call` or `model-call`. Of a tool call: `tool`, its `definition` as offered (canonical JSON), the
    dialect's `call_id`, and `audience`, the effector that acts. Of a model call: `arguments` are `dialect`,
    `body_sha256` and `request`, the rest is empty (`definition` is `{}`). `use` is what was decided about and
    `decision` what holds it. `body_sha256` (32 bytes) is of the client's body; `content` is sealed with the hold: the
    answer's bytes, or the call's body.
    """

    kind: str
    tool: str
    definition: bytes
    call_id: str
    arguments: JsonObject = field(repr=False)
    use: Use
    decision: Decision
    principal: Principal
    mission: str
    agreement: AgreementRef
    deployment: Deployment
    audience: str
    body_sha256: bytes
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldView:
    """A hold as it stands now.

    `use_id` is of the use that was held, `principal` the name of who asked, `binding` what is signed. `sign_offs` and
    `break_glass` count distinct persons by role, from valid signed statements. `begun_by` is the use id in the entry
    that started it, `outcome` the index that `finish` was told.
    """

    hold: bytes
    use_id: bytes
    state: HoldState
    kind: str
    principal: str
    body_sha256: bytes
    binding: ActionBinding = field(repr=False)
    sign_offs: Mapping[str, int]
    break_glass: Mapping[str, int]
    expires_ms: int
    begun_by: bytes | None = None
    outcome: int | None = None


class HoldsPort(Protocol):
    """Holds as stored and recorded things; ids are 16 bytes."""

    async def place(self, proposal: Proposal) -> bytes:
        """Hold `proposal`: its id, once its leaf is durable and its row stored.

        Raises `BrightlineError`: `hold/queue-full`, `hold/too-many`, `hold/cannot-bind`; `hold/no-state`,
        `hold/bad-state` of the machine that would act; `hold/changed` when `proposal.agreement` is in force no more.
        """
        ...

    async def settled(self, hold: bytes, seconds: float) -> HoldState:
        """Where the hold stands once it is not open any more, or after `seconds`."""
        ...

    def find(self, hold: bytes) -> HoldView | None:
        """The hold as it stands, rebuilt from signed statements; none when there is none."""
        ...

    def of_use(self, use_id: bytes) -> tuple[HoldView, ...]:
        """The holds of one use, in the order in which they were placed."""
        ...

    async def start(self, holds: tuple[bytes, ...], entry: Entry) -> Appended:
        """Append `entry` and bring every one of `holds` from approved to started, in one transaction, at most once.

        `entry` is the intent of a held model call, or the outcome with which a held answer leaves. Raises
        `BrightlineError`: `hold/not-approved`, `hold/started`; and what `LedgerPort.append` raises. Then nothing began.
        """
        ...

    async def finish(self, hold: bytes, outcome: int) -> None:
        """A started hold ended with the entry at index `outcome`."""
        ...

    def content(self, hold: bytes) -> bytes:
        """What was sealed with the hold."""
        ...

    def answer(self, hold: bytes) -> bytes | None:
        """The answer of a held model call that ended whole, from its outcome's sealed record; none otherwise."""
        ...

    async def release(self, hold: bytes) -> bytes:
        """The Release of an approved, started or ended hold, canonical; raises `hold/not-approved`."""
        ...

    async def receive(self, receipt: bytes, principal: Principal) -> Appended:
        """Take an effector's signed ExecutionReceipt into the ledger; raises `BrightlineError` for what is none."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Rooms:
    """Everything one use passes through."""

    door: DoorPort
    standing: Standing
    upstream: UpstreamPort
    ledger: LedgerPort
    replays: ReplayPort
    recorder: Recorder
    counters: Counters
    log: Log
    limits: Limits
    answer_bytes: int
    clock: Callable[[], float]
    random: Callable[[int], bytes]
    counting: Counting
    describing: Describing = field(default_factory=Describing)
    # Without one, whatever the agreement holds is refused.
    holds: HoldsPort | None = None
