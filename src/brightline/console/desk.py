"""What every page works with: the session, the person, the form, the journeys and the templates.

INVARIANT: a form counts only with the token of its session; a page only for a person whom the directory has now.
"""

import base64
import binascii
import re
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from brightline.console.bridge import Bridge
from brightline.console.config import MOST_BODY_BYTES, SESSION_HOURS, ConsoleConfig
from brightline.console.errors import ConsoleError
from brightline.console.frame import Frame
from brightline.console.ports import ConsoleJourneys, Passkey, Person
from brightline.console.sessions import Session, Sessions
from brightline.domain.errors import BrightlineError

_HOLD = re.compile(r"[0-9a-f]{32}")
_MOST_FIELDS = 24
# Where a refusal leads on, if not to the inbox.
_BACK = {
    "console/signed-out": ("/sign-in", "Sign in"),
    "console/not-asserted": ("/passkeys", "Go to your passkeys"),
}
_Result = TypeVar("_Result")


class SignInLimit(Protocol):
    """Bounds how often an address may fail to sign in."""

    def check(self, peer: str) -> None:
        """Raises `BrightlineError` (429) when the address has to wait."""
        ...

    def failed(self, peer: str) -> None:
        """Count a failure."""
        ...


@dataclass(frozen=True, slots=True)
class Seat:
    """A signed-in person at the desk."""

    session: Session
    person: Person

    def in_order(self, passkeys: Sequence[Passkey]) -> list[Passkey]:
        """The passkeys as they are offered: first the one with which the person signed in, which is at hand."""
        return sorted(passkeys, key=lambda passkey: passkey.credential != self.session.credential)


@dataclass(frozen=True, slots=True)
class Form:
    """A form's fields, once its token was found to be the session's."""

    fields: dict[str, str]

    def text(self, name: str, *, most: int = 512) -> str:
        """A field; empty when it is missing. Raises `ConsoleError` when it is too long."""
        value = self.fields.get(name, "").replace("\r\n", "\n")
        if len(value) > most:
            raise ConsoleError("console/bad-form", field=name)
        return value

    def choice(self, name: str, allowed: tuple[str, ...]) -> str:
        """A field that must be one of `allowed`."""
        value = self.fields.get(name, "")
        if value not in allowed:
            raise ConsoleError("console/bad-form", field=name)
        return value

    def octets(self, name: str) -> bytes:
        """A field's bytes, from canonical base64; may not be empty."""
        value = self.fields.get(name, "")
        try:
            data = base64.b64decode(value.encode("ascii"), validate=True)
        except (UnicodeEncodeError, binascii.Error) as error:
            raise ConsoleError("console/bad-form", field=name) from error
        if not data or base64.b64encode(data).decode("ascii") != value:
            raise ConsoleError("console/bad-form", field=name)
        return data

    def hex(self, name: str, count: int) -> str:
        """A field that writes `count` bytes in lower-case hexadecimal."""
        value = self.fields.get(name, "")
        if re.fullmatch(rf"[0-9a-f]{{{2 * count}}}", value) is None:
            raise ConsoleError("console/bad-form", field=name)
        return value


@dataclass(frozen=True, kw_only=True)
class Desk:
    """The console's parts; `random` gives n random bytes, `clock_ms` UTC milliseconds."""

    config: ConsoleConfig
    journeys: ConsoleJourneys
    bridge: Bridge
    sessions: Sessions
    frame: Frame
    limit: SignInLimit
    clock_ms: Callable[[], int]
    random: Callable[[int], bytes]

    async def ask(self, journey: Coroutine[None, None, _Result]) -> _Result:
        """Run a journey on the gateway's loop."""
        return await self.bridge.ask(journey)

    async def seat(self, request: Request) -> Seat:
        """Who asks; raises `BrightlineError` for nobody, a newcomer, or whom the directory has no more."""
        seat = await self.newcomers_seat(request)
        if not seat.person.roles:
            raise ConsoleError("console/not-asserted")
        return seat

    async def newcomers_seat(self, request: Request) -> Seat:
        """Who asks, where he may be one of whom the directory has said nothing yet; raises as `seat` does otherwise."""
        session = self.sessions.find(request.cookies.get(self.config.cookie, ""))
        if session is None or not session.person:
            raise ConsoleError("console/signed-out", hours=SESSION_HOURS)
        journeys, name = self.journeys, session.person
        return Seat(session, await self.ask(journeys.newcomer(name) if session.newcomer else journeys.person(name)))

    async def form(self, request: Request, session: Session) -> Form:
        """The request's form; raises `ConsoleError` unless it carries the session's token."""
        try:
            async with request.form(max_files=1, max_fields=_MOST_FIELDS, max_part_size=MOST_BODY_BYTES) as sent:
                fields = {name: await _field(value) for name, value in sent.multi_items()}
        except HTTPException as error:
            raise ConsoleError("console/bad-form", field="the whole form") from error
        if not session.owns(fields.get("token", "")):
            raise ConsoleError("console/foreign-form")
        return Form(fields)

    def page(self, template: str, seat: Seat | None, status: int = 200, /, **values: object) -> Response:
        """A whole page, or the part of it that `template` is."""
        shared: dict[str, object] = {
            "here": "",
            "told": "",
            "error": None,
            "person": None if seat is None else seat.person,
            "token": "" if seat is None else seat.session.form_token,
            "rp_id": self.config.rp_id,
        }
        return HTMLResponse(self.frame.page(template, {**shared, **values}), status)

    def refuse(self, error: BrightlineError) -> Response:
        """The page that tells a refusal."""
        back, label = _BACK.get(error.code, ("/", "Go to the inbox"))
        return self.page("error.html", None, error.status, error=error, back=back, back_label=label)


def hold_in(request: Request) -> str:
    """The hold that the address names; raises `ConsoleError` when it is none."""
    hold = str(request.path_params["hold"])
    if _HOLD.fullmatch(hold) is None:
        raise ConsoleError("console/no-page")
    return hold


def peer_of(request: Request) -> str:
    """The address of the socket, never what a header claims."""
    return "" if request.client is None else request.client.host


def see(path: str) -> Response:
    """Go on to `path` after a form was taken, so that loading the page again sends nothing twice."""
    return RedirectResponse(path, 303)


def file_of(content: bytes, name: str) -> Response:
    """A file to keep, never to be shown as a page."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type="application/octet-stream", headers=headers)


def wants_part(request: Request) -> bool:
    """Whether htmx asks for a part of the page only."""
    return request.headers.get("hx-request") == "true"


async def _field(value: UploadFile | str) -> str:
    if isinstance(value, str):
        return value
    try:
        return (await value.read()).decode()
    except UnicodeDecodeError as error:
        raise ConsoleError("console/bad-form", field="statement") from error
