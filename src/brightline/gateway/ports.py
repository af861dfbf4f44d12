"""What the live journey needs from the rooms it joins."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from brightline.domain.principal import Principal
from brightline.domain.record import Appended, Entry
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
