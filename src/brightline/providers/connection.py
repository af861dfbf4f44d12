"""One connection to a provider: HTTP/1.1, one exchange at a time (RFC 9112), read by llhttp.

llhttp, strict, refuses doubled and conflicting lengths, obs-fold, bare LF and malformed chunks; this file refuses what
it lets through: unbounded heads and trailers, upgrades, other transfer codings, bytes nobody asked for.
INVARIANT: a connection is kept only after an exchange that both sides finished, to the byte.
"""

import asyncio
from collections.abc import Callable
from typing import Protocol, cast

import httptools

from brightline.providers.answer import Answer
from brightline.providers.endpoint import Endpoint
from brightline.providers.errors import AnswerError, ProviderTimeoutError
from brightline.providers.ports import Headers

MAX_HEAD_BYTES = 64 * 1024  # providers' heads stay under 8 KiB, rate-limit headers included
MAX_HEADERS = 200
# Bytes that frame a body without being body (chunk sizes, extensions, trailers), between two pieces of it.
MAX_LOOSE_BYTES = 64 * 1024
SLICE_BYTES = 256 * 1024  # a longer request body goes out in slices, so that an early refusal stops it
IDLE_SECONDS = 30.0  # under the 60 s after which common load balancers drop an idle connection
_FRAMING = frozenset({"content-encoding", "transfer-encoding", "content-length"})
_VERSIONS = frozenset({"1.0", "1.1"})


class Keeper(Protocol):
    """The pool a connection belongs to."""

    def keep(self, connection: "Connection") -> None:
        """The connection is free again."""
        ...

    def forget(self, connection: "Connection") -> None:
        """The connection is gone."""
        ...


class Connection(asyncio.Protocol):
    """One connection; `ask` starts an exchange, the answer ends it."""

    __slots__ = (
        "_answer",
        "_asked_at",
        "_endpoint",
        "_fault",
        "_framed",
        "_head_bytes",
        "_headers",
        "_in_head",
        "_interim",
        "_keep",
        "_keeper",
        "_last_at",
        "_loop",
        "_loose",
        "_parser",
        "_paused",
        "_rest",
        "_sent_at",
        "_shortest",
        "_timer",
        "_timer_at",
        "_transport",
        "_write_paused",
        "asked",
        "touched",
    )

    def __init__(self, endpoint: Endpoint, keeper: Keeper, loop: asyncio.AbstractEventLoop) -> None:
        self._endpoint = endpoint
        self._keeper = keeper
        self._loop = loop
        self._transport: asyncio.Transport | None = None
        self._parser: httptools.HttpResponseParser | None = None
        self._answer: Answer | None = None
        self._headers: list[tuple[str, str]] = []
        self._rest: memoryview | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = 0.0
        self._asked_at = self._sent_at = self._last_at = 0.0
        self._shortest = min(endpoint.first_byte_timeout, endpoint.idle_timeout, endpoint.total_timeout)
        self._fault = ""
        self._head_bytes = self._loose = 0
        self._in_head = True
        self._framed = self._interim = self._keep = False
        self._paused = self._write_paused = False
        self.asked = 0
        self.touched = False

    # --- the pool and the service use these

    @property
    def usable(self) -> bool:
        """Whether an exchange may start here."""
        return self._transport is not None and self._answer is None and not self._transport.is_closing()

    def ask(self, head: bytes, body: bytes, *, on_fault: Callable[[], None]) -> Answer:
        """Send a request; the answer is still without its head."""
        transport = self._transport
        assert transport is not None, "asked on a connection that is not open"
        answer = Answer(
            self,
            deployment_id=self._endpoint.deployment_id,
            max_bytes=self._endpoint.max_answer_bytes,
            on_fault=on_fault,
        )
        self._answer = answer
        self._in_head = True
        self.asked += 1
        self.touched = False
        self._loose = 0
        self._asked_at = self._last_at = now = self._loop.time()
        if now + self._shortest < self._timer_at:
            self._arm(now + self._shortest)
        if len(body) <= SLICE_BYTES:
            transport.write(head + body)
        else:
            transport.write(head)
            self._rest = memoryview(body)
            self._write_on()
        return answer

    def close(self) -> None:
        """Close an idle connection, or cut a busy one."""
        if self._answer is not None:
            self._answer.cancel()
        elif self._transport is not None:
            self._transport.close()

    # --- the answer uses these

    def hold(self) -> None:
        """Stop reading: the caller is slower than the provider."""
        if self._transport is not None and not self._paused and not self._transport.is_closing():
            self._paused = True
            self._transport.pause_reading()

    def resume(self) -> None:
        """Read on."""
        if self._transport is not None and self._paused:
            self._paused = False
            self._last_at = self._loop.time()
            if not self._transport.is_closing():
                self._transport.resume_reading()

    def abandon(self) -> None:
        """Close at once, whatever is under way."""
        self._answer = None
        self._rest = None
        if self._transport is not None:
            self._transport.abort()

    # --- asyncio calls these

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection stands, TLS included."""
        # uvloop's transports are asyncio.Transport by shape, not by class.
        self._transport = cast("asyncio.Transport", transport)
        self._parser = httptools.HttpResponseParser(self)
        self._last_at = self._loop.time()
        self._arm(self._last_at + IDLE_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone: the end of a body without length, the middle of any other exchange."""
        if self._timer is not None:
            self._timer.cancel()
        self._transport = self._timer = self._parser = self._rest = None
        answer, self._answer = self._answer, None
        if answer is not None:
            # LIMIT: a body that neither a length nor chunks frame ends where the connection does (RFC 9112 section
            # 6.3); whether it is whole, only the dialect's terminal event can tell.
            if exc is None and not self._in_head and not self._framed:
                answer.end()
            else:
                answer.fail(AnswerError("providers/cut", deployment=self._endpoint.deployment_id))
        self._keeper.forget(self)

    def pause_writing(self) -> None:
        """The provider takes the request slower than we send it."""
        self._write_paused = True

    def resume_writing(self) -> None:
        """The provider caught up."""
        self._write_paused = False
        self._write_on()

    def data_received(self, data: bytes) -> None:
        """Bytes of an answer; bytes that nobody asked for end the connection."""
        answer, parser = self._answer, self._parser
        if answer is None or parser is None:
            if self._transport is not None:
                self._transport.abort()
            return
        self.touched = True
        self._last_at = self._loop.time()
        self._loose += len(data)
        try:
            parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._fault = self._fault or "malformed HTTP"
        if self._answer is None:  # whole, or given up meanwhile
            if answer.ended:
                self._settle()
        elif self._fault:
            self._give_up(self._fault)
        elif self._loose > MAX_LOOSE_BYTES + (len(data) if self._in_head else 0):
            self._give_up("its head or framing is too long")

    # --- the parser calls these

    def on_message_begin(self) -> None:
        """An answer starts; a second one after the first was not asked for."""
        self._in_head = True
        self._headers = []
        self._head_bytes = 0
        if self._answer is None:
            self._fault = "more than one answer"

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header, or one trailer, which is dropped (RFC 9110 section 6.5.1)."""
        if self._in_head:
            self._head_bytes += len(name) + len(value)
            if self._head_bytes > MAX_HEAD_BYTES or len(self._headers) >= MAX_HEADERS:
                self._fault = "too many headers"
            else:
                self._headers.append((name.decode("latin-1").lower(), value.decode("latin-1")))

    def on_headers_complete(self) -> None:
        """The head is whole."""
        parser, answer = self._parser, self._answer
        if parser is None or answer is None or self._fault:
            return
        status = parser.get_status_code()
        self._interim = 100 <= status < 200 and status != 101
        if self._interim:
            return
        version = parser.get_http_version()
        if version not in _VERSIONS:
            self._fault = "an unknown version of HTTP"
            return
        headers, self._headers = tuple(self._headers), []
        self._framed = status in {204, 304}
        for name, value in headers:
            if name in _FRAMING:
                self._check_framing(name, value, version)
        if not 200 <= status < 600 or self._fault:
            self._fault = self._fault or f"status {status}"
            return
        self._in_head = False
        self._loose = 0
        self._rest, self._keep = None, self._rest is None  # an answer before the request was out: stop sending
        answer.take_head(status, headers)

    def _check_framing(self, name: str, value: str, version: str) -> None:
        """Note how the body ends; an unasked-for coding is a fault (RFC 9112 section 6.1)."""
        if name == "content-length":
            self._framed = True
        elif name == "content-encoding":
            if value.strip().lower() not in {"", "identity"}:
                self._fault = "encoded:" + value.strip().lower()[:20]
        elif value.strip().lower() != "chunked" or version != "1.1":
            self._fault = "an unknown transfer coding"
        else:
            self._framed = True

    def on_body(self, data: bytes) -> None:
        """One piece of the body."""
        self._loose = 0
        if self._answer is not None:
            self._answer.take_body(data)

    def on_message_complete(self) -> None:
        """The answer is whole, by its own framing."""
        answer = self._answer
        if self._interim:
            self._interim = False
        elif answer is not None and not self._fault and not self._in_head:
            self._keep = self._keep and self._parser is not None and self._parser.should_keep_alive()
            self._answer = None
            answer.end()

    # --- inside

    def _settle(self) -> None:
        """After a whole answer: keep the connection if nothing speaks against it."""
        transport = self._transport
        if transport is None:
            return
        if self._paused:
            self._paused = False
            transport.resume_reading()
        if self._keep and not self._fault and not transport.is_closing():
            self._keeper.keep(self)
        else:
            transport.close()

    def _give_up(self, why: str) -> None:
        answer = self._answer
        if answer is None:
            return
        deployment = self._endpoint.deployment_id
        if why.startswith("encoded:"):
            encoding = why.removeprefix("encoded:")
            answer.fail(AnswerError("providers/encoded-answer", deployment=deployment, encoding=encoding))
        else:
            answer.fail(AnswerError("providers/garbage", deployment=deployment, why=why))

    def _write_on(self) -> None:
        """Send the next slice of a long body, one a turn of the loop, while the provider takes it."""
        rest = self._rest
        if rest is None or self._write_paused or self._transport is None:
            return
        self._sent_at = self._last_at = self._loop.time()
        self._transport.write(rest[:SLICE_BYTES])
        self._rest = rest[SLICE_BYTES:] or None
        if self._rest is not None:
            self._loop.call_soon(self._write_on)

    def _arm(self, when: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer_at = when
        self._timer = self._loop.call_at(when, self._tick)

    def _tick(self) -> None:
        """One timer serves all deadlines; it fires seldom and looks which of them has passed."""
        now = self._loop.time()
        answer, endpoint = self._answer, self._endpoint
        if self._transport is None:
            return
        if answer is None:
            if now >= self._last_at + IDLE_SECONDS:
                self._transport.close()
                return
            self._arm(self._last_at + IDLE_SECONDS)
            return
        phase, seconds, since = self._deadline()
        total_at = self._asked_at + endpoint.total_timeout
        if now >= total_at:
            phase, seconds = "the whole answer", endpoint.total_timeout
        elif now < since + seconds:
            self._arm(min(since + seconds, total_at))
            return
        error = ProviderTimeoutError(
            "providers/timeout", deployment=endpoint.deployment_id, phase=phase, seconds=f"{seconds:g}"
        )
        answer.fail(error)

    def _deadline(self) -> tuple[str, float, float]:
        """Which limit holds now: what is waited for, its seconds, and since when."""
        if self._rest is not None:
            return "taking the request", self._endpoint.idle_timeout, self._last_at
        if self._in_head:
            return "the answer's head", self._endpoint.first_byte_timeout, self._sent_at
        if self._paused:
            return "the whole answer", self._endpoint.total_timeout, self._asked_at
        return "the next piece", self._endpoint.idle_timeout, self._last_at


__all__ = ["Connection", "Headers", "Keeper"]
