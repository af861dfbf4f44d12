"""What an administrator may command about holds: look at them, hand out what is to be signed, hand in what was signed.

An administrator decides nothing here: a statement counts by the signature of its own person, whoever brings it, and
whoever reviews a broken glass shows first who he is, with his own Brightline key.
"""

from base64 import b64decode
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Protocol

import msgspec

from brightline.domain.sign_off.statement import MAX_STATEMENT_BYTES, REVOKE, SignedStatement
from brightline.gateway.admin import Caller, Command, Result
from brightline.gateway.admin_journeys import MOST_SHOWN, command_of, user_name, utc, who_of
from brightline.gateway.approval_views import HoldStage, Person, ReviewDue
from brightline.gateway.errors import AdminError, UseError
from brightline.gateway.ports import HoldView


class HoldJourneys(Protocol):
    """What the commands ask of the approval journeys; each raises `BrightlineError` when it cannot or may not."""

    def latest(self, most: int, *, open_only: bool) -> Sequence[HoldView]:
        """The newest holds, newest first, at most so many."""
        ...

    def find(self, hold: bytes) -> HoldView | None:
        """A hold as it stands, rebuilt from signed statements."""
        ...

    async def request(self, hold: bytes) -> bytes:
        """The approval request of an action, canonical: what `brightline sign` reads."""
        ...

    async def release(self, hold: bytes) -> bytes:
        """The release of an approved action, canonical."""
        ...

    async def signed(self, hold: str, person: str, signed_statement: bytes) -> HoldStage:
        """Take a signed statement of this person; the hold's stage after it."""
        ...

    async def sign_in_with_key(self, secret: str, peer: str) -> Person:
        """The person to whom a Brightline key belongs."""
        ...

    async def reviews(self, person: str) -> tuple[ReviewDue, ...]:
        """The break-glass acts that still need a review."""
        ...

    async def review(self, hold: str, person: str, *, justified: bool, words: str) -> None:
        """Judge a break-glass act; nobody reviews his own."""
        ...


class Listing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The arguments of `hold.list`: how many, and whether those too that wait for nobody any more."""

    last: int = 50
    all: bool = False


class OfHold(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The arguments of `hold.show` and `hold.release`."""

    hold: str


class Signed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The arguments of `hold.sign` and `hold.revoke`: the signed statement's bytes in base64."""

    hold: str
    statement: str


class Reviewer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The arguments of `hold.reviews`: the reviewer's Brightline key."""

    secret: str

    def __repr__(self) -> str:
        return "Reviewer()"


class Judged(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The arguments of `hold.review`: the reviewer's Brightline key, and the judgement with its reason."""

    hold: str
    secret: str
    justified: bool
    words: str

    def __repr__(self) -> str:
        return f"Judged({self.hold})"


class AdminApprovals:
    """The commands; `commands` gives them by name for the admin socket."""

    def __init__(self, journeys: HoldJourneys, name_of: Callable[[int], str] = user_name) -> None:
        self._journeys = journeys
        self._name_of = name_of

    @property
    def commands(self) -> Mapping[str, Command]:
        """Every command by its name."""
        return {
            "hold.list": command_of(Listing, self.list),
            "hold.show": command_of(OfHold, self.show),
            "hold.release": command_of(OfHold, self.release),
            "hold.sign": command_of(Signed, self.sign),
            "hold.revoke": command_of(Signed, self.revoke),
            "hold.reviews": command_of(Reviewer, self.reviews),
            "hold.review": command_of(Judged, self.review),
        }
