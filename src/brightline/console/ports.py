"""What the console asks of the gateway; the values that pass between them are the gateway's.

Every journey runs on the gateway's own loop; the console only calls it and shows what comes back. Any of them may raise
`BrightlineError`, which becomes a page that names the code and the next step.
"""

from typing import Protocol

from brightline.gateway.approval_views import (
    Approval,
    BrokenGlass,
    Evidence,
    HoldStage,
    Inbox,
    NewPasskey,
    OpenedEvidence,
    OversightNumbers,
    Passkey,
    PasskeyAnswer,
    Person,
    ReviewDue,
    Row,
    Vote,
)
from brightline.gateway.meter_readings import MeterReading

__all__ = [
    "Approval",
    "BrokenGlass",
    "ConsoleJourneys",
    "Evidence",
    "HoldStage",
    "Inbox",
    "MeterReading",
    "NewPasskey",
    "OpenedEvidence",
    "OversightNumbers",
    "Passkey",
    "PasskeyAnswer",
    "Person",
    "ReviewDue",
    "Row",
    "Vote",
]


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

    async def newcomer(self, name: str) -> Person:
        """The person, without any role while the directory has never said anything of him."""
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

    async def review_request(self, hold: str, person: str) -> BrokenGlass:
        """What this person is shown of broken glass before he reviews it; refused for his own act."""
        ...

    async def reviewed(self, person: str, signed_review: bytes) -> None:
        """Take a signed review of this person, as `brightline hold review` writes it."""
        ...

    async def reviewed_with_passkey(self, person: str, review: bytes, answer: PasskeyAnswer) -> None:
        """Take a review (its canonical bytes) whose digest a passkey of this person signed as a challenge."""
        ...

    async def meters(self) -> tuple[MeterReading, ...]:
        """What each meter tells against its limits, the fullest first; empty where the agreement has none."""
        ...

    async def numbers(self) -> OversightNumbers:
        """What is measured of oversight."""
        ...
