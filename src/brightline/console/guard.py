"""What stands around every page: one host name, bounded bodies, strict headers, and no fault that tells anything.

The checks come before any page sees the request. A body is read whole, within its bound and its time, before the page
is called, so that a page never waits for a slow sender.
"""

import asyncio
from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from brightline.console.config import BODY_SECONDS, MOST_BODY_BYTES, ConsoleConfig
from brightline.console.errors import ConsoleError
from brightline.domain.errors import BrightlineError

# Trusted Types: `default` is the policy of static/trusted.js, `brightline-parse` the parser it reads with.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types default brightline-parse",
    )
)
_PERMISSIONS = ", ".join(
    (
        "publickey-credentials-get=(self)",
        "publickey-credentials-create=(self)",
        *(f"{name}=()" for name in ("camera", "display-capture", "geolocation", "microphone", "payment", "usb")),
    )
)
HEADERS = (
    ("Content-Security-Policy", POLICY),
    ("Permissions-Policy", _PERMISSIONS),
    ("X-Content-Type-Options", "nosniff"),
    # Not `no-referrer`: a browser then sends `Origin: null` with our own forms (Fetch standard, request origins).
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("X-Frame-Options", "DENY"),
)
_HSTS = ("Strict-Transport-Security", "max-age=31536000")


class Guard:
    """Wraps the console's pages; `refuse` makes the page that tells a refusal, `fault` logs what nobody expected."""

    def __init__(
        self,
        pages: ASGIApp,
        *,
        config: ConsoleConfig,
        refuse: Callable[[BrightlineError], ASGIApp],
        fault: Callable[[BaseException], None],
        body_seconds: float = BODY_SECONDS,
    ) -> None:
        self._pages = pages
        self._config = config
        self._refuse = refuse
        self._fault = fault
        self._body_seconds = body_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            return
        answer = _Answer(send, secure=self._config.secure)
        try:
            self._check_host(scope)
            body = await self._body(Headers(scope=scope), receive)
            await self._pages(scope, _Replay(body, receive), answer.send)
        except BrightlineError as error:
            await self._tell(scope, receive, answer, error)
        except Exception as error:  # noqa: BLE001  # the outer edge: refuse, and say nothing of what it was
            self._fault(error)
            await self._tell(scope, receive, answer, ConsoleError("console/broken"))

    async def _tell(self, scope: Scope, receive: Receive, answer: "_Answer", error: BrightlineError) -> None:
        if answer.started:
            return
        await self._refuse(error)(scope, receive, answer.send)

    def _check_host(self, scope: Scope) -> None:
        hosts = Headers(scope=scope).getlist("host")
        if hosts != [self._config.netloc]:
            raise ConsoleError("console/other-host")
        origin = Headers(scope=scope).get("origin")
        if scope["method"] not in ("GET", "HEAD") and origin not in (None, self._config.origin):
            raise ConsoleError("console/foreign-form")

    async def _body(self, headers: Headers, receive: Receive) -> bytes:
        length = headers.get("content-length", "0")
        if not length.isascii() or not length.isdigit() or int(length[:12]) > MOST_BODY_BYTES:
            raise ConsoleError("console/too-large", limit=MOST_BODY_BYTES)
        try:
            async with asyncio.timeout(self._body_seconds):
                return await _read(receive)
        except TimeoutError as error:
            raise ConsoleError("console/too-slow", seconds=int(self._body_seconds)) from error


async def _read(receive: Receive) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConsoleError("console/too-slow", seconds=0)
        part: bytes = message.get("body", b"")
        size += len(part)
        if size > MOST_BODY_BYTES:
            raise ConsoleError("console/too-large", limit=MOST_BODY_BYTES)
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


class _Replay:
    """Gives a page the body that was read already."""

    def __init__(self, body: bytes, receive: Receive) -> None:
        self._body: bytes | None = body
        self._receive = receive

    async def __call__(self) -> Message:
        if self._body is None:
            return await self._receive()
        body, self._body = self._body, None
        return {"type": "http.request", "body": body, "more_body": False}


class _Answer:
    """Adds the headers that every answer carries."""

    def __init__(self, send: Send, *, secure: bool) -> None:
        self._send = send
        self._headers = (*HEADERS, _HSTS) if secure else HEADERS
        self.started = False

    async def send(self, message: Message) -> None:
        """Pass one message on."""
        if message["type"] == "http.response.start":
            self.started = True
            headers = MutableHeaders(scope=message)
            for name, value in self._headers:
                headers[name] = value
            headers.setdefault("Cache-Control", "no-store")
        await self._send(message)
