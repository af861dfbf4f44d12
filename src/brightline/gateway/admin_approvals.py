"""What an administrator may command about holds: look at them, hand out what is to be signed, hand in what was signed.

An administrator decides nothing here: a statement, and a review of broken glass, counts by the signature of its own
person, whoever brings it.
INVARIANT: what is held is shown to nobody by name alone: an entry of the ledger says who opened it, before it is given.
INVARIANT: how many have signed is told of no open hold, so that the second vote stays blind.
"""

import asyncio
import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import msgspec

from brightline.domain.record import Entry
from brightline.domain.sign_off.binding import MODEL_CALL, ActionBinding, Evidence
from brightline.domain.sign_off.rendering import shown
from brightline.domain.sign_off.review import SignedReview
from brightline.domain.sign_off.statement import REVOKE, SignedStatement
from brightline.gateway.admin import Caller, Command, Result
from brightline.gateway.admin_journeys import Nothing, command_of, user_name, utc, who_of
from brightline.gateway.admin_ports import AdminLedger
from brightline.gateway.approval_views import HoldStage, OpenedEvidence, ReviewDue
from brightline.gateway.errors import AdminError, UseError
from brightline.gateway.ports import HoldState, HoldView
from brightline.oversight.review_request import ReviewRequest
from brightline.oversight.signing import demands_of

# Each is built anew from what people signed.
MOST_LISTED = 200
_HOLD = re.compile("[0-9a-f]{32}")
_MOST_ECHOED = 64

Opening = Callable[[Mapping[str, object], str], Entry]


class HoldJourneys(Protocol):
    """What the commands ask of the approval journeys; each raises `BrightlineError` when it cannot or may not."""

    def latest(self, most: int, *, open_only: bool) -> Sequence[HoldView]:
        """The newest holds, newest first, at most so many; may be called from any thread."""
        ...

    def find(self, hold: bytes) -> HoldView | None:
        """A hold as it stands, rebuilt from signed statements."""
        ...

    async def request(self, hold: bytes) -> bytes:
        """The approval request of an action, canonical: what `brightline sign` reads."""
        ...

    def evidence(self, hold: bytes) -> Sequence[OpenedEvidence]:
        """Every item of an action's evidence."""
        ...

    async def release(self, hold: bytes) -> bytes:
        """The release of an approved action, canonical."""
        ...

    async def signed(self, hold: str, person: str, signed_statement: bytes) -> HoldStage:
        """Take a signed statement of this person; the hold's stage after it."""
        ...

    def reviews_due(self) -> tuple[ReviewDue, ...]:
        """The break-glass acts that still need a review, the first due first."""
        ...

    async def reviewed_action(self, hold: bytes) -> ReviewRequest:
        """What any reviewer is shown of broken glass."""
        ...

    async def reviewed(self, person: str, signed_review: bytes) -> None:
        """Take a signed review of this person; nobody reviews his own act."""
        ...


class Listing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The arguments of `hold.list`: how many, and whether those too that wait for nobody any more."""

    last: int = 50
    all: bool = False


class Show(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The arguments of `hold.show`; `request` asks for the approval file too."""

    hold: str
    request: bool = False


class OfHold(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The arguments of `hold.evidence`, `hold.release` and `hold.review-request`."""

    hold: str


class Signed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The arguments of `hold.sign` and `hold.revoke`: the signed statement's bytes in base64."""

    hold: str
    statement: str


class Reviewed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The arguments of `hold.review`: the signed review's bytes in base64."""

    review: str


class AdminApprovals:
    """The commands; `commands` gives them by name for the admin socket."""

    def __init__(
        self,
        journeys: HoldJourneys,
        *,
        ledger: AdminLedger,
        opening: Opening,
        name_of: Callable[[int], str] = user_name,
    ) -> None:
        self._journeys = journeys
        self._ledger = ledger
        self._opening = opening
        self._name_of = name_of

    @property
    def commands(self) -> Mapping[str, Command]:
        """Every command by its name."""
        return {
            "hold.list": command_of(Listing, self.listing),
            "hold.show": command_of(Show, self.show),
            "hold.evidence": command_of(OfHold, self.evidence),
            "hold.release": command_of(OfHold, self.release),
            "hold.sign": command_of(Signed, self.sign),
            "hold.revoke": command_of(Signed, self.revoke),
            "hold.reviews": command_of(Nothing, self.reviews),
            "hold.review-request": command_of(OfHold, self.review_request),
            "hold.review": command_of(Reviewed, self.review),
        }

    async def listing(self, asked: Listing, by: Caller) -> Result:
        """The newest holds, without contents."""
        most = max(0, min(asked.last, MOST_LISTED))
        # Beside the loop, which serves calls meanwhile.
        views = await asyncio.to_thread(self._journeys.latest, most, open_only=not asked.all)
        return {"holds": [_line(view) for view in views]}

    async def show(self, asked: Show, by: Caller) -> Result:
        """One held action as it is rendered for whoever signs it, and on request the file that he signs from."""
        view = self._view(asked.hold)
        request = await self._journeys.request(view.hold) if asked.request else None
        told = {**_line(view), **_whole(view), **await self._opened("show-hold", view.hold, view.binding, by)}
        return told if request is None else {**told, "request": request.decode()}

    async def evidence(self, asked: OfHold, by: Caller) -> Result:
        """The evidence of a held action, each item's bytes in base64."""
        view = self._view(asked.hold)
        items = self._journeys.evidence(view.hold)
        told = await self._opened("show-evidence", view.hold, view.binding, by)
        given = [{**_item(item), "content": b64encode(item.content).decode("ascii")} for item in items]
        return {"hold": asked.hold, "evidence": given, **told}

    async def release(self, asked: OfHold, by: Caller) -> Result:
        """The release, for the machine that acts."""
        view = self._view(asked.hold)
        release = await self._journeys.release(view.hold)
        return {
            "hold": asked.hold,
            "release": release.decode(),
            **await self._opened("show-release", view.hold, view.binding, by),
        }

    async def sign(self, asked: Signed, by: Caller) -> Result:
        """Hand in a signed vote."""
        return await self._take(asked, revocation=False)

    async def revoke(self, asked: Signed, by: Caller) -> Result:
        """Hand in a signed revocation."""
        return await self._take(asked, revocation=True)

    async def reviews(self, asked: Nothing, by: Caller) -> Result:
        """The broken glass that somebody must still judge."""
        return {"reviews": [_due(due) for due in self._journeys.reviews_due()]}

    async def review_request(self, asked: OfHold, by: Caller) -> Result:
        """What a reviewer is shown and signs."""
        hold = self._id(asked.hold)
        request = await self._journeys.reviewed_action(hold)
        told = await self._opened("show-broken-glass", hold, request.binding, by)
        return {"hold": asked.hold, "request": request.canonical.decode(), **told}

    async def review(self, asked: Reviewed, by: Caller) -> Result:
        """Hand in a signed review."""
        data = _decoded(asked.review)
        review = SignedReview.parse(data).review
        await self._journeys.reviewed(review.person, data)
        return {
            "hold": review.hold,
            "person": review.person,
            "verdict": review.verdict,
            "review": review.digest.hex(),
        }

    async def _take(self, asked: Signed, *, revocation: bool) -> Result:
        data = _decoded(asked.statement)
        statement = SignedStatement.parse(data).statement
        if (statement.decision == REVOKE) is not revocation:
            raise AdminError("hold/other-command", decision=statement.decision)
        hold = self._view(asked.hold).hold.hex()
        stage = await self._journeys.signed(hold, statement.person, data)
        return {
            "hold": hold,
            "state": stage.value,
            "person": statement.person,
            "role": statement.role,
            "decision": statement.decision,
            "statement": statement.digest.hex(),
        }

    async def _opened(self, act: str, hold: bytes, binding: ActionBinding, by: Caller) -> dict[str, object]:
        said = {"act": act, "hold": hold.hex(), "binding": binding.digest.hex()}
        appended = await self._ledger.append_all([self._opening(said, who_of(by, self._name_of))])
        return {"entry": appended[-1].index}

    def _view(self, hold: str) -> HoldView:
        """The hold with this id; raises `UseError`."""
        found = self._journeys.find(self._id(hold))
        if found is None:
            raise UseError("hold/not-found", hold=hold)
        return found

    def _id(self, hold: str) -> bytes:
        if not _HOLD.fullmatch(hold):
            raise UseError("hold/not-found", hold=shown(hold[:_MOST_ECHOED])[1:-1])
        return bytes.fromhex(hold)


def _line(view: HoldView) -> dict[str, object]:
    """What a list shows of a hold."""
    binding = view.binding
    return {
        "hold": view.hold.hex(),
        "state": view.state.value,
        "kind": view.kind,
        "what": f"call of {binding.model.deployment}" if view.kind == MODEL_CALL else binding.tool,
        "audience": binding.audience,
        "requester": binding.requester.person or binding.requester.app,
        "risk": binding.risk,
        "expires": utc(view.expires_ms),
    }


def _whole(view: HoldView) -> dict[str, object]:
    """What is shown of a hold beside its line; votes only where none can follow any more."""
    binding = view.binding
    told: dict[str, object] = {
        "digest": binding.digest.hex(),
        "rendering": binding.rendered,
        "demands": [asked.to_json() for asked in demands_of(binding)],
        "own_machine": binding.own_machine,
        "evidence": [_item(item) for item in binding.evidence],
    }
    if view.state is HoldState.OPEN:
        return told
    return {**told, "sign_offs": dict(view.sign_offs), "break_glass": dict(view.break_glass)}


def _item(item: Evidence | OpenedEvidence) -> dict[str, object]:
    return {"label": item.label, "type": item.type, "sha256": item.sha256}


def _due(due: ReviewDue) -> dict[str, object]:
    return {
        "hold": due.hold,
        "what": due.what,
        "person": due.person,
        "opened": utc(due.opened_ms),
        "due": utc(due.due_ms),
        "damaged": due.damaged,
    }


def _decoded(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except ValueError as error:
        raise AdminError("gateway/admin-bad-request") from error
