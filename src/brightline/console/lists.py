"""The pages that list: the inbox, the reviews that are due, the meters, and what is measured of oversight."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from brightline.console.desk import Desk, wants_part
from brightline.console.errors import ConsoleError

_MOST_PAGE = 10_000
_MOST_METERS = 500


class Lists:
    """The inbox, the reviews, the meters and the numbers."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[Route]:
        """Where they stand."""
        return [
            Route("/", self.inbox, methods=["GET"]),
            Route("/reviews", self.reviews, methods=["GET"]),
            Route("/meters", self.meters, methods=["GET"]),
            Route("/oversight", self.oversight, methods=["GET"]),
        ]

    async def inbox(self, request: Request) -> Response:
        """What waits for this person, one row an action."""
        seat = await self._desk.seat(request)
        page = _page_number(request.query_params.get("page", "0"))
        inbox = await self._desk.ask(self._desk.journeys.inbox(seat.person.name, page))
        part = "_rows.html" if wants_part(request) else "inbox.html"
        return self._desk.page(part, seat, here="/", inbox=inbox)

    async def reviews(self, request: Request) -> Response:
        """Break-glass acts that somebody must still judge."""
        seat = await self._desk.seat(request)
        found = await self._desk.ask(self._desk.journeys.reviews(seat.person.name))
        told = "Your review was recorded" if request.query_params.get("done") == "recorded" else ""
        return self._desk.page(
            "reviews.html", seat, here="/reviews", told=told, reviews=found, now_ms=self._desk.clock_ms()
        )

    async def meters(self, request: Request) -> Response:
        """What each meter tells against its limits."""
        seat = await self._desk.seat(request)
        found = await self._desk.ask(self._desk.journeys.meters())
        shown, more = found[:_MOST_METERS], max(0, len(found) - _MOST_METERS)
        return self._desk.page("meters.html", seat, here="/meters", meters=shown, more=more)

    async def oversight(self, request: Request) -> Response:
        """What is measured of oversight."""
        seat = await self._desk.seat(request)
        numbers = await self._desk.ask(self._desk.journeys.numbers())
        return self._desk.page("oversight.html", seat, here="/oversight", numbers=numbers, measured=numbers.measured)


def _page_number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 6) or int(text) > _MOST_PAGE:
        raise ConsoleError("console/bad-form", field="page")
    return int(text)
