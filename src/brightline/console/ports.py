"""What the console asks of the gateway, and the frozen values that pass between them.

Every journey runs on the gateway's own loop; the console only calls it and shows what comes back. Any of them may raise
`BrightlineError`, which becomes a page that names the code and the next step.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from brightline.domain.sign_off.binding import ActionBinding
from brightline.domain.sign_off.statement import ShownLog
from brightline.oversight.measure import Oversight


class HoldStage(Enum):
    """Where a hold stands, as an approver sees it."""

    OPEN = "open"
    APPROVED = "approved"
    DENIED = "denied"
    REVOKED = "revoked"
    EXPIRED = "expired"
    STARTED = "started"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Person:
    """A natural person who may sign, with the roles asserted of him now."""

    name: str
    roles: frozenset[str]


@dataclass(frozen=True, slots=True)
class Passkey:
    """A person's passkey: the id of its public key (hex64), and what the browser calls it."""

    person: str
    key: str
    credential: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeyAnswer:
    """What a browser returned for `challenge`; everything in it is the caller's word until it is verified."""

    challenge: bytes
    credential: bytes
    authenticator_data: bytes
    client_data: bytes
    signature: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPasskey:
    """What a browser returned when it made a passkey for the challenge of `nonce`; unverified."""

    nonce: str
    credential: bytes
    attestation: bytes
    client_data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One held action in the inbox; how many have signed is not in it."""

    hold: str
    what: str
    audience: str
    requester: str
    risk: str
    expires_ms: int
    voted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    """One page of what waits for this person."""

    rows: tuple[Row, ...]
    page: int
    more: bool
    now_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """An item that must be opened before anybody signs."""

    label: str
    type: str
    sha256: str
    opened: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedEvidence:
    """An item's bytes, as they were when the action was bound."""

    label: str
    type: str
    sha256: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """One person's signed decision."""

    person: str
    role: str
    decision: str
    assurance: str
    signed_at_ms: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """One held action as one person may see it; `votes` is none until he has voted himself."""

    hold: str
    stage: HoldStage
    binding: ActionBinding
    rendering: str
    evidence: tuple[Evidence, ...]
    log: ShownLog
    roles: tuple[str, ...]
    break_glass_roles: tuple[str, ...]
    votes: tuple[Vote, ...] | None
    needs_own_machine: bool
    floor_ms: int
    now_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewDue:
    """A break-glass act that somebody must still judge, by `due_ms`."""

    hold: str
    what: str
    person: str
    opened_ms: int
    due_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OversightNumbers:
    """What is measured of oversight, and what waits just now."""

    measured: Oversight
    open_holds: int
    reviews_overdue: int


class ConsoleJourneys(Protocol):
    """The journeys behind the pages; each raises `BrightlineError` when it cannot or may not."""

    async def sign_in_with_key(self, secret: str, peer: str) -> Person:
        """The person to whom a Brightline key belongs."""
        ...

    async def sign_in_with_passkey(self, answer: PasskeyAnswer) -> Person:
        """The person whose passkey answered the challenge, with user verification."""
        ...

    async def person(self, name: str) -> Person:
        """The person as the directory has him now; refuses one who was revoked since he signed in."""
        ...

    async def passkeys(self, person: str) -> tuple[Passkey, ...]:
        """The passkeys with which this person may sign now."""
        ...

    async def enrolment_challenge(self, person: str, nonce: str) -> bytes:
        """What a new passkey of this person registers over; `nonce` are 16 fresh bytes in hexadecimal."""
        ...

    async def enrol(self, person: str, made: NewPasskey) -> str:
        """Verify and keep a new passkey until the directory asserts it; returns its key id."""
        ...

    async def enrolment_file(self, person: str, key: str) -> bytes:
        """The enrolment of a passkey of this person, for whoever keeps the directory."""
        ...

    async def inbox(self, person: str, page: int) -> Inbox:
        """What waits for this person, soonest to expire first; pages count from 0."""
        ...

    async def show(self, hold: str, person: str) -> Approval:
        """One held action."""
        ...

    async def open_evidence(self, hold: str, person: str, sha256: str) -> OpenedEvidence:
        """Open an item, and remember that this person did."""
        ...

    async def request_file(self, hold: str, person: str) -> bytes:
        """The approval request, for `brightline sign` on the person's own machine."""
        ...

    async def signed(self, hold: str, person: str, signed_statement: bytes) -> HoldStage:
        """Take a signed statement of this person, as `brightline sign` wrote it; the hold's stage after it."""
        ...

    async def signed_with_passkey(self, hold: str, person: str, statement: bytes, answer: PasskeyAnswer) -> HoldStage:
        """Take a statement (its canonical bytes) whose digest a passkey of this person signed as a challenge."""
        ...

    async def reviews(self, person: str) -> tuple[ReviewDue, ...]:
        """The break-glass acts that still need a review."""
        ...

    async def review(self, hold: str, person: str, *, justified: bool, words: str) -> None:
        """Judge a break-glass act; nobody reviews his own."""
        ...

    async def numbers(self) -> OversightNumbers:
        """What is measured of oversight."""
        ...
