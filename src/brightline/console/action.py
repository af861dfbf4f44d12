"""One held action: what it is, its evidence, and the two ways to decide on it.

INVARIANT: what is signed is made from the action's own bytes, on this request; a form says only what was chosen. The
evidence is looked at again when the choice arrives and when the signature does.
"""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from brightline.console.desk import Desk, Form, Seat, file_of, hold_in, see, wants_part
from brightline.console.errors import ConsoleError
from brightline.console.exact import describe, exact
from brightline.console.frame import Lines, lines_of
from brightline.console.offers import Offer
from brightline.console.ports import Approval, HoldStage, OpenedEvidence
from brightline.console.sign_in import answer_in
from brightline.console.statements import Choice, check_choice, check_evidence, make_statement
from brightline.domain.errors import BrightlineError
from brightline.domain.sign_off.statement import DECISIONS, MAX_REASON, Statement

# What is shown of an item on the page; the whole of it can be downloaded.
_MOST_SHOWN = 64 * 1024
_TOLD = {
    "recorded": "Your decision was recorded",
    "uploaded": "The signed statement was taken",
}


class Action:
    """The pages of one held action."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[Route]:
        """Where they stand."""
        return [
            Route("/holds/{hold}", self.show, methods=["GET"]),
            Route("/holds/{hold}/decide", self.decide, methods=["POST"]),
            Route("/holds/{hold}/signature", self.sign, methods=["POST"]),
            Route("/holds/{hold}/statement", self.upload, methods=["POST"]),
            Route("/holds/{hold}/request", self.request_file, methods=["GET"]),
            Route("/holds/{hold}/evidence/{sha256}", self.open_evidence, methods=["POST"]),
            Route("/holds/{hold}/evidence/{sha256}", self.download_evidence, methods=["GET"]),
        ]

    async def show(self, request: Request) -> Response:
        """The action's page; after a vote, also who has signed."""
        seat = await self._desk.seat(request)
        approval = await self._approval(request, seat)
        told = _TOLD.get(request.query_params.get("done", ""), "")
        return self._page(seat, approval, told=told and f"{told}. The action is {approval.stage.value} now")

    async def open_evidence(self, request: Request) -> Response:
        """Open an item of evidence, and show it."""
        seat = await self._desk.seat(request)
        await self._desk.form(request, seat.session)
        sha256 = str(request.path_params["sha256"])
        journey = self._desk.journeys.open_evidence(hold_in(request), seat.person.name, sha256)
        opened = await self._desk.ask(journey)
        approval = await self._approval(request, seat)
        part = "_work.html" if wants_part(request) else "action.html"
        return self._page(seat, approval, template=part, opened=opened, told="The evidence is shown below")

    async def download_evidence(self, request: Request) -> Response:
        """The whole of an item that was opened before, as a file and never as a page."""
        seat = await self._desk.seat(request)
        approval = await self._approval(request, seat)
        sha256 = str(request.path_params["sha256"])
        if not any(item.sha256 == sha256 and item.opened for item in approval.evidence):
            raise ConsoleError("console/no-page")
        opened = await self._desk.ask(self._desk.journeys.open_evidence(approval.hold, seat.person.name, sha256))
        return file_of(opened.content, f"evidence-{sha256[:16]}")

    async def request_file(self, request: Request) -> Response:
        """The approval request, for `brightline sign`."""
        seat = await self._desk.seat(request)
        hold = hold_in(request)
        content = await self._desk.ask(self._desk.journeys.request_file(hold, seat.person.name))
        return file_of(content, f"approval-{hold}.json")

    async def upload(self, request: Request) -> Response:
        """Take a statement that was signed elsewhere."""
        seat = await self._desk.seat(request)
        form = await self._desk.form(request, seat.session)
        approval = await self._approval(request, seat)
        try:
            content = form.fields.get("statement", "").encode()
            await self._desk.ask(self._desk.journeys.signed(approval.hold, seat.person.name, content))
        except BrightlineError as error:
            return self._page(seat, approval, error=error)
        return see(f"/holds/{approval.hold}?done=uploaded")

    async def decide(self, request: Request) -> Response:
        """The statement that the person would sign for what he chose."""
        seat = await self._desk.seat(request)
        form = await self._desk.form(request, seat.session)
        approval = await self._approval(request, seat)
        choice = self._choice(form, approval, seat)
        try:
            check_choice(approval, choice)
            passkeys = await self._desk.ask(self._desk.journeys.passkeys(seat.person.name))
            if not passkeys:
                raise ConsoleError("console/no-passkey")
            offers = [Offer.of(make_statement(approval, choice, key), key) for key in seat.in_order(passkeys)]
        except ConsoleError as error:
            return self._page(seat, approval, error=error, reason=choice.reason)
        for offer in offers:
            seat.session.give(offer.digest, self._desk.clock_ms())
        return self._sign_page(seat, approval, offers)

    async def sign(self, request: Request) -> Response:
        """Take what the passkey signed."""
        seat = await self._desk.seat(request)
        form = await self._desk.form(request, seat.session)
        approval = await self._approval(request, seat)
        try:
            statement = Statement.parse(form.octets("said"))
            if not seat.session.take(statement.digest, self._desk.clock_ms()):
                raise ConsoleError("console/old-challenge")
            check_evidence(approval)
            answer = answer_in(form, statement.digest)
            await self._desk.ask(
                self._desk.journeys.signed_with_passkey(approval.hold, seat.person.name, statement.canonical, answer)
            )
        except BrightlineError as error:
            return self._page(seat, approval, error=error)
        return see(f"/holds/{approval.hold}?done=recorded")

    async def _approval(self, request: Request, seat: Seat) -> Approval:
        return await self._desk.ask(self._desk.journeys.show(hold_in(request), seat.person.name))

    def _choice(self, form: Form, approval: Approval, seat: Seat) -> Choice:
        decision = form.choice("decision", DECISIONS)
        first = seat.session.first_shown(approval.hold, self._desk.clock_ms())
        voted = [vote.role for vote in approval.votes or () if vote.person == seat.person.name]
        role = voted[0] if decision == "revoke" and voted else form.text("role")
        return Choice(
            decision=decision,
            role=role,
            reason=form.text("reason", most=MAX_REASON),
            dwell_ms=max(0, self._desk.clock_ms() - first),
        )

    def _page(
        self,
        seat: Seat,
        approval: Approval,
        *,
        template: str = "action.html",
        opened: OpenedEvidence | None = None,
        error: BrightlineError | None = None,
        told: str = "",
        reason: str = "",
    ) -> Response:
        seat.session.first_shown(approval.hold, self._desk.clock_ms())
        voted = any(vote.person == seat.person.name for vote in approval.votes or ())
        text = None if opened is None else _text_of(opened)
        return self._desk.page(
            template,
            seat,
            200 if error is None else error.status,
            **_exact(approval),
            error=error,
            told=told,
            work_told=told,
            reason=reason,
            opened=opened,
            opened_text=text,
            opened_cut=text is not None and opened is not None and len(opened.content) > _MOST_SHOWN,
            unopened=sum(not item.opened for item in approval.evidence),
            may_decide=approval.stage is HoldStage.OPEN and not voted,
            may_revoke=approval.stage in (HoldStage.OPEN, HoldStage.APPROVED) and voted,
            choices=_choices(approval.hold),
        )

    def _sign_page(self, seat: Seat, approval: Approval, offers: Sequence[Offer[Statement]]) -> Response:
        return self._desk.page(
            "sign.html",
            seat,
            **_exact(approval),
            said=offers[0].said,
            offers=offers,
            kind="statement",
            place=f"/holds/{approval.hold}/signature",
        )


def _exact(approval: Approval) -> dict[str, object]:
    return {
        "what": describe(approval.binding),
        "approval": approval,
        **exact(approval.binding, approval.log),
    }


def _choices(hold: str) -> tuple[tuple[str, str], ...]:
    """Allow and deny; which stands first is the hold's chance, so that no habit of the hand decides."""
    both = (("allow", "Allow"), ("deny", "Deny"))
    return both if int(hold[-1], 16) % 2 else both[::-1]


def _text_of(opened: OpenedEvidence) -> Lines | None:
    if not opened.type.startswith("text/") and opened.type != "application/json":
        return None
    return lines_of(opened.content[:_MOST_SHOWN].decode("utf-8", "replace"))
