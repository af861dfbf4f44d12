"""The front: HTTP/1.1 on uvloop and httptools, one protocol object per connection (ADR 0003).

Why our own: a front that normalises before we see it cannot refuse smuggling attempts. Requests on one connection
run one after another; a connection that breaks a rule gets one answer and is closed.
INVARIANT: nothing of a request is handed on before its head was checked; after a refused byte nothing more is read.
"""

import asyncio
import ssl
from collections import deque
from collections.abc import Awaitable, Callable
from email.utils import formatdate
from typing import cast

import httptools

from brightline.domain.errors import BrightlineError
from brightline.gateway.errors import FrontError
from brightline.gateway.exchange import ClientGoneError, Exchange
from brightline.gateway.http1 import Head, Limits, check_head

Handler = Callable[[Exchange], Awaitable[None]]
Refuser = Callable[[Exchange, BrightlineError], None]

_SWEEP_SECONDS = 1.0
# Bytes read up to the end of a head, above which the head is not remembered for the connection's next request.
_MOST_KNOWN_BYTES = 16 * 1024
# What stands in for the head of a request whose own could not be read.
_NO_HEAD = Head("POST", "", "", ())


class Front:
    """A listener: its connections, their limits, and the handler that answers each exchange.

    `handler` answers a checked request; `refuser` words a refusal that came before it; `clock` is monotonic seconds,
    `wall` the time for the Date header.
    """

    def __init__(
        self,
        handler: Handler,
        refuser: Refuser,
        *,
        limits: Limits,
        clock: Callable[[], float],
        wall: Callable[[], float],
    ) -> None:
        self.handler = handler
        self.refuser = refuser
        self.limits = limits
        self.clock = clock
        self.connections: set[Connection] = set()
        self.refused = 0
        self.draining = False
        self._wall = wall
        self._server: asyncio.Server | None = None
        self._sweeper: asyncio.TimerHandle | None = None
        self.date = b""

    async def listen(self, host: str, port: int, *, tls: ssl.SSLContext | None = None) -> int:
        """Start accepting on `host`:`port` (0 picks one); returns the port. Raises `OSError` when it is taken."""
        loop = asyncio.get_running_loop()
        self._tick()
        self._server = await loop.create_server(lambda: Connection(self), host, port, ssl=tls, backlog=1024)
        return cast("int", self._server.sockets[0].getsockname()[1])

    def _tick(self) -> None:
        self.date = formatdate(self._wall(), usegmt=True).encode()
        now = self.clock()
        for connection in list(self.connections):
            connection.check_time(now)
        self._sweeper = asyncio.get_running_loop().call_later(_SWEEP_SECONDS, self._tick)

    async def drain(self, seconds: float) -> None:
        """Stop accepting, let running exchanges end for at most `seconds`, then close what is left."""
        self.draining = True
        if self._server is not None:
            self._server.close()
        for connection in list(self.connections):
            connection.closing = True
            connection.close_if_idle()
        deadline = self.clock() + seconds
        while self.connections and self.clock() < deadline:
            await asyncio.sleep(0.02)
        for connection in list(self.connections):
            connection.abort()
        if self._sweeper is not None:
            self._sweeper.cancel()


class Connection(asyncio.Protocol):
    """One client connection: feeds the parser, keeps the order of exchanges, enforces the time limits."""

    def __init__(self, front: Front) -> None:
        self.front = front
        self.limits = front.limits
        self.closing = False
        self.blocked = False
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpRequestParser(self)
        self._queue: deque[Exchange] = deque()
        self._current: Exchange | None = None  # being answered
        self._reading: Exchange | None = None  # its body is arriving
        self._task: asyncio.Task[None] | None = None
        self._drained: asyncio.Future[None] | None = None
        self._fault: FrontError | None = None
        self._paused = False
        self._wanted = False
        self._headers: list[tuple[bytes, bytes]] = []
        self._target: list[bytes] = []
        self._peer = ""
        # The last head checked on this connection, and the parsed pieces it was made of.
        self._known: tuple[bytes, bytes, str, list[tuple[bytes, bytes]]] | None = None
        self._known_head = _NO_HEAD
        self._head_bytes = 0
        self._head_done = False
        self._begun = 0.0
        self._active = 0.0
        self._blocked_at = 0.0

    # --- asyncio

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection, unless there are too many."""
        self._transport = cast("asyncio.Transport", transport)
        peer = transport.get_extra_info("peername")
        self._peer = str(peer[0]) if peer else ""
        self._active = self.front.clock()
        self.front.connections.add(self)
        if len(self.front.connections) > self.limits.connections:
            self._refuse(FrontError("gateway/too-many-connections"))

    def data_received(self, data: bytes) -> None:
        """Feed the parser; any fault ends the connection after one answer."""
        if self._fault is not None:
            return
        self._active = self.front.clock()
        if not self._head_done:
            self._head_bytes += len(data)
            if self._begun == 0.0:
                self._begun = self._active
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserCallbackError as error:
            cause = error.__context__
            self._refuse(cause if isinstance(cause, FrontError) else FrontError("gateway/bad-http"))
            return
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._refuse(FrontError("gateway/bad-http"))
            return
        if not self._head_done and self._head_bytes > self.limits.head_bytes:
            self._refuse(FrontError("gateway/head-too-large"))
        self._throttle()

    def eof_received(self) -> bool:
        """A half-closed socket counts as a caller that left: nobody can be told apart who only stopped writing."""
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell whoever works for this caller that it is gone."""
        self.front.connections.discard(self)
        self.closing = True
        self._wake_writer()
        waiting = [self._current, self._reading, *self._queue]
        self._queue.clear()
        for exchange in waiting:
            if exchange is not None and not exchange.finished:
                exchange.lose()

    def pause_writing(self) -> None:
        """The caller reads slower than we write."""
        self.blocked = True
        self._blocked_at = self.front.clock()

    def resume_writing(self) -> None:
        """The caller caught up."""
        self._wake_writer()

    # --- httptools

    def on_message_begin(self) -> None:
        """A request starts."""
        self._headers, self._target = [], []
        self._head_done = False

    def on_url(self, url: bytes) -> None:
        """A piece of the request target."""
        self._target.append(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header field; trailers and floods are refused."""
        if self._head_done:
            raise FrontError("gateway/trailers")
        if len(self._headers) >= self.limits.header_count:
            raise FrontError("gateway/head-too-large")
        self._headers.append((name, value))

    def on_headers_complete(self) -> None:
        """The head is whole: check it and queue the exchange."""
        if self._head_bytes > self.limits.head_bytes + self.limits.early_body_bytes:
            raise FrontError("gateway/head-too-large")
        if self._parser.should_upgrade():
            raise FrontError("gateway/bad-http")
        head = self._check_head()
        self._head_done = True
        if "expect" in head.mapping():
            self._expect(head)
        exchange = Exchange(self, head, self._peer)
        self._reading = exchange
        self._begun = self._active
        exchange.last = not self._parser.should_keep_alive()
        if self._current is None:
            self._begin(exchange)
        elif len(self._queue) >= self.limits.pipelined:
            raise FrontError("gateway/too-many-requests")
        else:
            self._queue.append(exchange)

    def _check_head(self) -> Head:
        """The checked head; raises `FrontError`. A kept connection mostly sends the same one again, byte for byte."""
        parser = self._parser
        pieces = (parser.get_method(), b"".join(self._target), parser.get_http_version(), self._headers)
        if pieces != self._known:
            method, target, version, headers = pieces
            self._known_head = check_head(method=method, target=target, version=version, headers=headers)
            # A large one would be kept for as long as the connection idles.
            self._known = pieces if self._head_bytes <= _MOST_KNOWN_BYTES else None
        return self._known_head

    def on_body(self, data: bytes) -> None:
        """A piece of the body."""
        if self._reading is not None:
            self._reading.take_body(data)

    def on_message_complete(self) -> None:
        """The request is whole."""
        if self._reading is not None:
            self._reading.end_body()
        self._reading = None
        self._head_bytes = 0
        self._head_done = False
        self._begun = 0.0
        self._wanted = False

    def _expect(self, head: Head) -> None:
        expected = head.get("expect")
        if expected is None:
            return
        if expected.lower() != "100-continue":
            raise FrontError("gateway/bad-http")
        self.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    # --- exchanges, in order

    def _begin(self, exchange: Exchange) -> None:
        self._current = exchange
        self.closing |= exchange.last  # not before its turn: what was sent ahead of it is answered
        self._task = asyncio.get_running_loop().create_task(self._run(exchange))

    async def _run(self, exchange: Exchange) -> None:
        try:
            await self.front.handler(exchange)
        finally:
            self._task = None
            self._next(exchange)

    def _next(self, exchange: Exchange) -> None:
        self._current = None
        self._active = self.front.clock()
        if self._transport is None or self._transport.is_closing():
            return
        # A body that was never read to its end leaves the framing behind it unknown: the connection ends here.
        if self.closing or not exchange.finished or self._reading is exchange:
            self._transport.close()
        elif self._queue:
            self._begin(self._queue.popleft())
        elif self._fault is not None:
            self._answer_fault(self._fault)
        self._throttle()

    def _refuse(self, fault: FrontError) -> None:
        self._fault = fault
        self.front.refused += 1
        reading, self._reading = self._reading, None
        if self._current is None:
            self._answer_fault(fault)
        elif self._current is reading and not reading.answered:
            self._answer_fault(fault, reading.head)
            reading.lose()
        elif self._current is reading:
            self.closing = True
        elif reading is not None and reading in self._queue:
            # What came before it is answered first; then `_next` tells the fault.
            self._queue.remove(reading)

    def _answer_fault(self, fault: FrontError, head: Head = _NO_HEAD) -> None:
        """Word the fault, in the dialect of the path where `head` was read."""
        self.closing = True
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        exchange = Exchange(self, head, "")
        self.front.refuser(exchange, fault)
        transport.close()

    # --- bytes

    @property
    def draining(self) -> bool:
        """Whether the gateway stops."""
        return self.front.draining

    @property
    def date(self) -> bytes:
        """The Date header's value."""
        return self.front.date

    def write(self, data: bytes) -> None:
        """Send bytes."""
        if self._transport is not None:
            self._transport.write(data)

    async def drained(self) -> None:
        """Wait until the caller caught up; raises `ClientGoneError` when it left instead."""
        while self.blocked:
            self._drained = asyncio.get_running_loop().create_future()
            await self._drained
        if self._transport is None or self._transport.is_closing():
            raise ClientGoneError

    def _wake_writer(self) -> None:
        self.blocked = False
        if self._drained is not None and not self._drained.done():
            self._drained.set_result(None)

    def want_body(self) -> None:
        """The pipeline knows the caller and takes the rest of the body."""
        self._wanted = True
        self._throttle()

    def _throttle(self) -> None:
        """Stop reading while enough waits: an unknown caller's body, or requests behind the current one."""
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        reading = self._reading
        early = reading is not None and not self._wanted and reading.received > self.limits.early_body_bytes
        behind = bool(self._queue)
        if (early or behind) and not self._paused:
            self._paused = True
            transport.pause_reading()
        elif not early and not behind and self._paused:
            self._paused = False
            transport.resume_reading()

    def abort(self) -> None:
        """Drop the connection at once."""
        if self._transport is not None:
            self._transport.abort()

    def close_if_idle(self) -> None:
        """Close unless an exchange runs."""
        if self._current is None and self._transport is not None:
            self._transport.close()

    # --- time

    def check_time(self, now: float) -> None:
        """Refuse what takes too long: a slow head, a slow body, an idle connection, a caller that stopped reading."""
        if self._fault is not None:
            if now - self._active > self.limits.head_seconds:
                self.abort()
        elif self.blocked and now - self._blocked_at > self.limits.write_seconds:
            self.abort()
        elif self._reading is not None and not self._paused:
            self._check_body(now, self._reading)
        elif self._begun and not self._head_done and now - self._begun > self.limits.head_seconds:
            self._refuse(FrontError("gateway/too-slow"))
        elif self._current is None and now - self._active > self.limits.idle_seconds:
            self.close_if_idle()

    def _check_body(self, now: float, reading: Exchange) -> None:
        taken = now - self._begun
        late = taken > self.limits.body_seconds
        floor = self.limits.body_bytes_per_second * (taken - self.limits.body_grace_seconds)
        if late or (taken > self.limits.body_grace_seconds and reading.received < floor):
            self._refuse(FrontError("gateway/too-slow"))
