"""One request and its answer on one connection, as the pipeline sees them.

INVARIANT: an answer is started once and ended once; after the caller is gone every write raises `ClientGoneError`.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol

from brightline.gateway.errors import FrontError, UseError
from brightline.gateway.http1 import Head, Limits

Headers = Sequence[tuple[str, str]]

_REASONS = {
    200: "OK",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    408: "Request Timeout",
    409: "Conflict",
    413: "Content Too Large",
    422: "Unprocessable Content",
    429: "Too Many Requests",
    431: "Request Header Fields Too Large",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
    505: "HTTP Version Not Supported",
    529: "Overloaded",
}


class ClientGoneError(UseError):
    """The caller closed its connection before the answer was out."""

    def __init__(self) -> None:
        super().__init__("gateway/client-gone")


def head_bytes(status: int, headers: Headers, *, date: bytes) -> bytes:
    """The status line and header section of an answer; a value that could break the framing is a defect."""
    fields = "".join([f"{name}: {value}\r\n" for name, value in headers])
    raw = f"HTTP/1.1 {status} {_REASONS.get(status, 'Status')}\r\n{fields}".encode("latin-1")
    # INVARIANT: no header value carries a line end; a provider's headers were checked by its parser.
    return b"%sdate: %s\r\n" % (raw, date)


class ConnectionPort(Protocol):
    """What an exchange needs of the connection it came over."""

    @property
    def limits(self) -> Limits:
        """The front's bounds."""
        ...

    @property
    def date(self) -> bytes:
        """The Date header's value."""
        ...

    @property
    def closing(self) -> bool:
        """Whether the connection ends after this answer."""
        ...

    @property
    def draining(self) -> bool:
        """Whether the gateway stops, so that nobody should wait for long."""
        ...

    @property
    def blocked(self) -> bool:
        """Whether the caller reads slower than we write."""
        ...

    def write(self, data: bytes) -> None:
        """Send bytes."""
        ...

    async def drained(self) -> None:
        """Wait until the caller caught up."""
        ...

    def want_body(self) -> None:
        """The caller is known: take the rest of the body."""
        ...

    def abort(self) -> None:
        """Drop the connection at once."""
        ...


class Exchange:
    """One request; `head` is checked, `body()` arrives on demand, the answer is whole or streamed."""

    __slots__ = (
        "_body",
        "_body_done",
        "_connection",
        "_gone",
        "_on_gone",
        "_waiter",
        "answered",
        "finished",
        "head",
        "last",
        "peer",
        "received",
    )

    def __init__(self, connection: ConnectionPort, head: Head, peer: str) -> None:
        self._connection = connection
        self.head = head
        self.peer = peer
        self.received = 0
        self.answered = False
        self.finished = False
        self.last = False
        self._body: list[bytes] = []
        self._body_done = False
        self._waiter: asyncio.Future[None] | None = None
        self._gone = False
        self._on_gone: Callable[[], None] | None = None

    # --- the front feeds these

    def take_body(self, data: bytes) -> None:
        """One more piece of the body; raises `FrontError` beyond the limit."""
        self.received += len(data)
        if self.received > self._connection.limits.body_bytes:
            raise FrontError("gateway/body-too-large", limit=self._connection.limits.body_bytes)
        self._body.append(data)

    def end_body(self) -> None:
        """The body is whole."""
        self._body_done = True
        self._wake()

    def lose(self) -> None:
        """The caller is gone: wake whoever waits, and cancel what runs for it."""
        self._gone = True
        self._wake()
        if self._on_gone is not None:
            self._on_gone()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    # --- the pipeline uses these

    @property
    def gone(self) -> bool:
        """Whether the caller closed its connection."""
        return self._gone

    @property
    def draining(self) -> bool:
        """Whether the gateway stops, so that nobody should wait for long."""
        return self._connection.draining

    def on_gone(self, call: Callable[[], None] | None) -> None:
        """Have `call` run when the caller goes (now, if it is gone already)."""
        self._on_gone = call
        if call is not None and self._gone:
            call()

    async def body(self) -> bytes:
        """The whole request body; raises `ClientGoneError` when the caller leaves first."""
        while not self._body_done:
            if self._gone:
                raise ClientGoneError
            self._connection.want_body()
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter
        return self._body[0] if len(self._body) == 1 else b"".join(self._body)

    def respond(self, status: int, headers: Headers, body: bytes) -> None:
        """Send a whole answer, framed by its length."""
        if self._gone:
            raise ClientGoneError
        self.answered = self.finished = True
        head = head_bytes(status, headers, date=self._connection.date)
        sent = b"" if self.head.method == "HEAD" else body
        self._connection.write(b"%scontent-length: %d\r\n%s\r\n%s" % (head, len(body), self._closing(), sent))

    def start(self, status: int, headers: Headers) -> None:
        """Start a streamed answer (chunked, RFC 9112 section 7.1)."""
        if self._gone:
            raise ClientGoneError
        self.answered = True
        head = head_bytes(status, headers, date=self._connection.date)
        self._connection.write(b"%stransfer-encoding: chunked\r\n%s\r\n" % (head, self._closing()))

    def send(self, data: bytes) -> bool:
        """Send one piece of a streamed answer; true when the caller reads slower than we write, so wait `drained`."""
        if self._gone:
            raise ClientGoneError
        self._connection.write(b"%x\r\n%s\r\n" % (len(data), data))
        return self._connection.blocked

    async def drained(self) -> None:
        """Wait until the caller caught up; raises `ClientGoneError` when it left instead."""
        await self._connection.drained()

    async def write(self, data: bytes) -> None:
        """Send one piece of a streamed answer; waits while the caller reads slower than we write."""
        if self.send(data):
            await self.drained()

    def finish(self, data: bytes = b"") -> None:
        """Send the last piece and the end of a streamed answer in one write."""
        if self._gone:
            raise ClientGoneError
        self.finished = True
        last = b"%x\r\n%s\r\n" % (len(data), data) if data else b""
        self._connection.write(last + b"0\r\n\r\n")

    def abort(self) -> None:
        """Close the connection in the middle of an answer, so that nobody takes it for whole."""
        self.answered = self.finished = True
        self._connection.abort()

    def _closing(self) -> bytes:
        return b"connection: close\r\n" if self._connection.closing else b""
