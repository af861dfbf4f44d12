"""The console, put together: its pages behind the guard, its journeys behind the bridge."""

import asyncio
from collections.abc import Callable

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from brightline.console.action import Action
from brightline.console.bridge import Bridge
from brightline.console.config import ConsoleConfig
from brightline.console.desk import Desk, SignInLimit, see
from brightline.console.errors import ConsoleError
from brightline.console.frame import Frame
from brightline.console.guard import Guard
from brightline.console.judging import Judging
from brightline.console.lists import Lists
from brightline.console.ports import ConsoleJourneys
from brightline.console.sessions import Sessions
from brightline.console.sign_in import SignIn
from brightline.console.static_files import StaticFiles
from brightline.domain.errors import BrightlineError

Fault = Callable[[BaseException], None]


def create_app(
    config: ConsoleConfig,
    journeys: ConsoleJourneys,
    *,
    limit: SignInLimit,
    fault: Fault,
    clock_ms: Callable[[], int],
    random: Callable[[int], bytes],
    loop: asyncio.AbstractEventLoop | None = None,
) -> Guard:
    """The console as an ASGI application.

    Journeys run on `loop`, the gateway's; `fault` logs what nobody expected; `limit` bounds failures to sign in.
    """
    desk = Desk(
        config=config,
        journeys=journeys,
        bridge=Bridge(loop),
        sessions=Sessions(random=random, clock_ms=clock_ms),
        frame=Frame(marking=config.marking),
        limit=limit,
        clock_ms=clock_ms,
        random=random,
    )
    tell = _refusal(desk)
    rooms = (SignIn(desk), Lists(desk), Action(desk), Judging(desk), StaticFiles())
    pages = Starlette(
        routes=[route for room in rooms for route in room.routes()],
        exception_handlers={BrightlineError: tell, HTTPException: tell, Exception: tell},
    )
    pages.router.redirect_slashes = False
    return Guard(pages, config=config, refuse=desk.refuse, fault=fault)


def _refusal(desk: Desk) -> Callable[[Request, Exception], Response]:
    """Tells a refusal; whoever is not signed in and asked for a page is asked to sign in first."""

    def tell(request: Request, error: Exception) -> Response:
        if isinstance(error, HTTPException):
            error = ConsoleError("console/no-method" if error.status_code == 405 else "console/no-page")
        elif not isinstance(error, BrightlineError):
            # It is raised again behind this page, and the guard logs it.
            error = ConsoleError("console/broken")
        if error.code == "console/signed-out" and request.method == "GET":
            return see(f"/sign-in?next={request.url.path}")
        return desk.refuse(error)

    return tell
