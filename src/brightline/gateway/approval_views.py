"""What the journeys of approval hand out: frozen values without contents of other people's votes.

The console shows them and the command line prints them; neither decides anything by them.
"""

from dataclasses import dataclass
from enum import Enum

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
    FORKED = "forked"


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
    """A break-glass act that somebody must still judge, by `due_ms`; `damaged` if it cannot be read."""

    hold: str
    what: str
    person: str
    opened_ms: int
    due_ms: int
    damaged: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenGlass:
    """A break-glass act as its reviewer is shown it: the action, who broke the glass and why, and the head of the log.

    `roles` are those in which he may review, `file` is what `brightline hold review --request` reads.
    """

    hold: str
    binding: ActionBinding
    rendering: str
    broken: tuple[Vote, ...]
    log: ShownLog
    roles: tuple[str, ...]
    file: bytes
    now_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OversightNumbers:
    """What is measured of oversight, and what waits just now; `damaged` holds could not be read."""

    measured: Oversight
    open_holds: int
    reviews_overdue: int
    damaged: int = 0
