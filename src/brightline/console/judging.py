"""The pages of one broken glass: what was done under it and why, and a review of it, signed by a passkey or elsewhere.

INVARIANT: what is signed is made from the action's own bytes, on this request; a form says only what was found.
"""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from brightline.console.desk import Desk, Form, Seat, file_of, hold_in, see
from brightline.console.errors import ConsoleError
from brightline.console.exact import exact
from brightline.console.offers import Offer
from brightline.console.ports import BrokenGlass, Passkey
from brightline.console.sign_in import answer_in
from brightline.domain.errors import BrightlineError
from brightline.domain.sign_off.review import JUSTIFIED, MAX_WORDS, NOT_JUSTIFIED, VERDICTS, Review, SignedReview

_VERDICTS = ((JUSTIFIED, "Justified"), (NOT_JUSTIFIED, "Not justified"))


class Judging:
    """The pages of one broken glass, for whoever may review it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[Route]:
        """Where they stand."""
        return [
            Route("/reviews/{hold}", self.show, methods=["GET"]),
            Route("/reviews/{hold}", self.upload, methods=["POST"]),
            Route("/reviews/{hold}/request", self.request_file, methods=["GET"]),
            Route("/reviews/{hold}/judge", self.judge, methods=["POST"]),
            Route("/reviews/{hold}/signature", self.sign, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        """What is to be judged."""
        seat = await self._desk.seat(request)
        return self._page(seat, await self._glass(request, seat))

    async def request_file(self, request: Request) -> Response:
        """What a reviewer signs, for `brightline hold review` on his own machine."""
        glass = await self._glass(request, await self._desk.seat(request))
        return file_of(glass.file, f"review-{glass.hold}.json")

    async def upload(self, request: Request) -> Response:
        """Take a review that was signed elsewhere."""
        seat = await self._desk.seat(request)
        form = await self._desk.form(request, seat.session)
        glass = await self._glass(request, seat)
        try:
            content = form.fields.get("review", "").encode()
            if SignedReview.parse(content).review.hold != glass.hold:
                raise ConsoleError("console/bad-form", field="review")
            await self._desk.ask(self._desk.journeys.reviewed(seat.person.name, content))
        except BrightlineError as error:
            return self._page(seat, glass, error=error)
        return see("/reviews?done=recorded")

    async def judge(self, request: Request) -> Response:
        """The review that the person would sign for what he found."""
        seat = await self._desk.seat(request)
        form = await self._desk.form(request, seat.session)
        glass = await self._glass(request, seat)
        verdict, words = form.choice("verdict", VERDICTS), form.text("words", most=MAX_WORDS)
        try:
            passkeys = await self._desk.ask(self._desk.journeys.passkeys(seat.person.name))
            if not passkeys:
                raise ConsoleError("console/no-passkey")
            role = _role(form, glass)
            offers = [
                Offer.of(_review(glass, key, verdict=verdict, words=words, role=role), key)
                for key in seat.in_order(passkeys)
            ]
        except ConsoleError as error:
            return self._page(seat, glass, error=error, words=words)
        for offer in offers:
            seat.session.give(offer.digest, self._desk.clock_ms())
        return self._desk.page(
            "sign_review.html",
            seat,
            **exact(glass.binding, glass.log),
            said=offers[0].said,
            offers=offers,
            kind="review",
            place=f"/reviews/{glass.hold}/signature",
        )

    async def sign(self, request: Request) -> Response:
        """Take what the passkey signed."""
        seat = await self._desk.seat(request)
        form = await self._desk.form(request, seat.session)
        glass = await self._glass(request, seat)
        try:
            review = Review.parse(form.octets("said"))
            if review.hold != glass.hold or not seat.session.take(review.digest, self._desk.clock_ms()):
                raise ConsoleError("console/old-challenge")
            answer = answer_in(form, review.digest)
            await self._desk.ask(self._desk.journeys.reviewed_with_passkey(seat.person.name, review.canonical, answer))
        except BrightlineError as error:
            return self._page(seat, glass, error=error)
        return see("/reviews?done=recorded")

    async def _glass(self, request: Request, seat: Seat) -> BrokenGlass:
        return await self._desk.ask(self._desk.journeys.review_request(hold_in(request), seat.person.name))

    def _page(
        self, seat: Seat, glass: BrokenGlass, *, error: BrightlineError | None = None, words: str = ""
    ) -> Response:
        return self._desk.page(
            "review.html",
            seat,
            200 if error is None else error.status,
            **exact(glass.binding, glass.log),
            glass=glass,
            error=error,
            words=words,
            verdicts=_VERDICTS,
        )


def _role(form: Form, glass: BrokenGlass) -> str:
    role = form.text("role")
    if role not in glass.roles:
        raise ConsoleError("console/not-your-role", decision="review")
    return role


def _review(glass: BrokenGlass, passkey: Passkey, *, verdict: str, words: str, role: str) -> Review:
    """The review that `passkey` shall sign; raises `ConsoleError` for no words, or where another action is shown."""
    binding = glass.binding
    if glass.rendering != binding.rendered or binding.rendering.sha256 != binding.rendered_digest:
        raise ConsoleError("console/other-rendering")
    if not words.strip():
        raise ConsoleError("console/reason-needed")
    return Review(
        hold=glass.hold,
        binding=binding.digest.hex(),
        verdict=verdict,
        person=passkey.person,
        key=passkey.key,
        role=role,
        log=glass.log,
        words=words,
        signed_at_ms=glass.now_ms,
    )
