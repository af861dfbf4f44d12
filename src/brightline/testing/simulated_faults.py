"""What a simulated provider does with a connection, chosen by the model's name alone.

A performance is a list of acts: send bytes, wait, stop, close, reset. `perform` gives it for a request; a model name
that stands for no fault is answered properly.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum

from brightline.testing.simulated_answers import UNOFFERED_TOOL, Ask, Voice

SERVER = b"brightline-provider-simulator"


class Ending(Enum):
    """How a performance leaves the connection."""

    KEEP = "keep"
    CLOSE = "close"
    RESET = "reset"
    HANG = "hang"
    CLOSE_ON_NEXT = "close-on-next"
    LINGER = "linger"  # our side closed, theirs read on


@dataclass(frozen=True, slots=True)
class Performance:
    """Bytes to send one after the other, `pause` seconds between them, and how it ends."""

    acts: tuple[bytes, ...]
    ending: Ending = Ending.KEEP
    pause: float = 0.0


@dataclass(frozen=True, slots=True)
class Stage:
    """What a performance may use: the request, the dialect's voice, and the simulator's settings."""

    ask: Ask
    voice: Voice
    stream_pieces: int = 30
    slow_seconds: float = 0.05
    big_bytes: int = 4 * 1024 * 1024

    @property
    def text(self) -> str:
        """What a simulated model has to say."""
        return f"Simulated answer, no model behind it. You said: {self.ask.text[:2000]}"


def head(status: int, *fields: bytes, kind: bytes = b"application/json", version: bytes = b"1.1") -> bytes:
    """A status line and headers; the framing is among `fields`."""
    lines = [b"HTTP/%s %d Simulated" % (version, status), b"server: " + SERVER, b"content-type: " + kind, *fields]
    return b"\r\n".join(lines) + b"\r\n\r\n"


def whole(body: bytes, status: int = 200, *fields: bytes, kind: bytes = b"application/json") -> bytes:
    """A complete answer framed by its length."""
    return head(status, *fields, b"content-length: %d" % len(body), kind=kind) + body


def chunk(data: bytes) -> bytes:
    """One chunk (RFC 9112 section 7.1)."""
    return b"%x\r\n%s\r\n" % (len(data), data)


_EVENTS = b"text/event-stream"
_END = b"0\r\n\r\n"
_STREAM_HEAD = head(200, b"transfer-encoding: chunked", b"cache-control: no-cache", kind=_EVENTS)


def _body(stage: Stage, calls: tuple[str, ...] = ()) -> bytes:
    return stage.voice.whole(stage.ask, stage.text, calls)


def _events(stage: Stage, calls: tuple[str, ...] = ()) -> list[bytes]:
    return stage.voice.events(stage.ask, stage.text, calls, stage.stream_pieces)


def _streamed(events: list[bytes], *, end: bytes = _END, ending: Ending = Ending.KEEP, pause: float = 0) -> Performance:
    acts = [_STREAM_HEAD + chunk(events[0]), *map(chunk, events[1:])]
    if end:
        acts[-1] += end
    return Performance(tuple(acts), ending, pause)


def _answer(stage: Stage, calls: tuple[str, ...] = (), pause: float = 0.0) -> Performance:
    if stage.ask.stream:
        return _streamed(_events(stage, calls), pause=pause)
    body = whole(_body(stage, calls))
    return Performance((body[:20], body[20:]), pause=pause) if pause else Performance((body,))


def _echo(stage: Stage) -> Performance:
    return _answer(stage, stage.ask.tools[:1] if stage.ask.must_call else ())


def _tool(stage: Stage) -> Performance:
    return _answer(stage, stage.ask.tools[:1] or (UNOFFERED_TOOL,))


def _two_tools(stage: Stage) -> Performance:
    return _answer(stage, (stage.ask.tools * 2)[:2] or (UNOFFERED_TOOL,))


def _tool_not_offered(stage: Stage) -> Performance:
    return _answer(stage, (UNOFFERED_TOOL,))


def _slow(stage: Stage) -> Performance:
    return _answer(stage, pause=stage.slow_seconds)


def _cut(stage: Stage) -> Performance:
    if stage.ask.stream:
        events = _events(stage)
        return _streamed(events[: len(events) // 2], end=b"", ending=Ending.CLOSE)
    body = whole(_body(stage))
    return Performance((body[:-10],), Ending.CLOSE)


def _no_terminal(stage: Stage) -> Performance:
    return _streamed(_events(stage)[:-1]) if stage.ask.stream else _echo(stage)


def _after_terminal(stage: Stage) -> Performance:
    events = _events(stage)
    return _streamed([*events, events[-2]]) if stage.ask.stream else _echo(stage)


def _reset(stage: Stage) -> Performance:
    return Performance(_cut(stage).acts, Ending.RESET)


def _hang_mid(stage: Stage) -> Performance:
    if stage.ask.stream:
        return _streamed(_events(stage)[:3], end=b"", ending=Ending.HANG)
    return Performance((whole(_body(stage))[:-10],), Ending.HANG)


def _html(_: Stage) -> Performance:
    return Performance((whole(b"<html><body>Simulated login page</body></html>", kind=b"text/html"),))


def _garbage(stage: Stage) -> Performance:
    if stage.ask.stream:
        return _streamed([b"data: {simulated garbage\n\n", b"\xff\xfe\x00garbage\n\n"])
    return Performance((whole(b"\x00\xff{simulated garbage"),))


def _truncated_json(stage: Stage) -> Performance:
    return Performance((whole(_body(stage)[:-12]),)) if not stage.ask.stream else _no_terminal(stage)


def _invalid_utf8(stage: Stage) -> Performance:
    broken = [event.replace(b"Simulated", b"Simul\xff\xfed") for event in _events(stage)]
    return _streamed(broken) if stage.ask.stream else Performance((whole(_body(stage).replace(b"Sim", b"\xff\xfe")),))


def _error_in_200(stage: Stage) -> Performance:
    if stage.ask.stream:
        return _streamed([*_events(stage)[:4], stage.voice.error_event("overloaded_error", "overloaded mid-stream")])
    return Performance((whole(stage.voice.error("overloaded_error", "an error inside a 200")),))


def _big(stage: Stage) -> Performance:
    text = "simulated " * (stage.big_bytes // 10)
    if stage.ask.stream:
        return _streamed(stage.voice.events(stage.ask, text, (), stage.big_bytes // 16_384))
    return Performance((whole(stage.voice.whole(stage.ask, text, ())),))


def _refusal(status: int, kind: str, *fields: bytes) -> Callable[[Stage], Performance]:
    def perform(stage: Stage) -> Performance:
        return Performance((whole(stage.voice.error(kind, f"status {status}"), status, *fields),))

    return perform


def _raw(*acts: bytes, ending: Ending = Ending.CLOSE) -> Callable[[Stage], Performance]:
    def perform(_: Stage) -> Performance:
        return Performance(acts, ending)

    return perform


def _framed(
    prefix: bytes, *fields: bytes, version: bytes = b"1.1", ending: Ending = Ending.CLOSE
) -> Callable[[Stage], Performance]:
    """A proper body under a head of another kind; `fields` may hold `%d` for the body's length."""

    def perform(stage: Stage) -> Performance:
        body = _body(stage)
        lines = [field % len(body) if b"%d" in field else field for field in fields]
        return Performance((prefix + head(200, *lines, version=version) + body,), ending)

    return perform


def _trailers(stage: Stage) -> Performance:
    start = head(200, b"transfer-encoding: chunked")
    trailing = b"0\r\nx-sim-trailer: 1\r\n\r\n"
    return Performance((start + chunk(_body(stage)), trailing))


def _twice(stage: Stage) -> Performance:
    return Performance((whole(_body(stage)) * 2,))


def _stale(stage: Stage) -> Performance:
    return Performance(_echo(stage).acts, Ending.CLOSE_ON_NEXT)


_FLOOD = b"HTTP/1.1 200 OK\r\n" + b"".join(b"x-sim-%d: 1\r\n" % at for at in range(20_000)) + b"\r\n"
_ENDLESS = b"HTTP/1.1 200 OK\r\nx-sim: "

FAULTS: Mapping[str, Callable[[Stage], Performance]] = {
    "sim-echo": _echo,
    "sim-tool": _tool,
    "sim-two-tools": _two_tools,
    "sim-tool-not-offered": _tool_not_offered,
    "sim-slow": _slow,
    "sim-big": _big,
    "sim-cut": _cut,
    "sim-reset": _reset,
    "sim-reset-early": _raw(ending=Ending.RESET),
    "sim-close-early": _raw(),
    "sim-hang": _raw(ending=Ending.HANG),
    "sim-hang-mid": _hang_mid,
    "sim-no-terminal": _no_terminal,
    "sim-after-terminal": _after_terminal,
    "sim-html": _html,
    "sim-garbage": _garbage,
    "sim-truncated-json": _truncated_json,
    "sim-invalid-utf8": _invalid_utf8,
    "sim-200-error": _error_in_200,
    "sim-302": _refusal(302, "redirect", b"location: http://127.0.0.1:9/elsewhere"),
    "sim-400": _refusal(400, "invalid_request_error"),
    "sim-401": _refusal(401, "authentication_error"),
    "sim-404": _refusal(404, "not_found_error"),
    "sim-429": _refusal(429, "rate_limit_error", b"retry-after: 7", b"retry-after-ms: 7000"),
    "sim-500": _refusal(500, "api_error"),
    "sim-503": _refusal(503, "api_error", b"retry-after: 3"),
    "sim-529": _refusal(529, "overloaded_error", b"retry-after: 5"),
    "sim-not-http": _raw(b"220 simulated.example ESMTP\r\n"),
    "sim-header-flood": _raw(_FLOOD, ending=Ending.HANG),
    "sim-endless-header": _raw(_ENDLESS, *[b"y" * 16_384] * 64, ending=Ending.HANG),
    "sim-endless-interim": _raw(*[b"HTTP/1.1 103 Early\r\nx-sim: 1\r\n\r\n" * 300] * 40, ending=Ending.HANG),
    "sim-endless-trailer": _raw(
        head(200, b"transfer-encoding: chunked") + b"2\r\n{}\r\n0\r\nx: ", *[b"y" * 16_384] * 64, ending=Ending.HANG
    ),
    "sim-encoded": _framed(b"", b"content-encoding: gzip", b"content-length: %d"),
    "sim-odd-coding": _framed(b"", b"transfer-encoding: gzip"),
    "sim-two-lengths": _framed(b"", b"content-length: %d", b"content-length: 3"),
    "sim-length-and-chunks": _framed(b"", b"content-length: %d", b"transfer-encoding: chunked"),
    "sim-version-2": _framed(b"", b"content-length: %d", version=b"2.0"),
    "sim-interim": _framed(
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nx-sim: 1\r\n\r\n",
        b"content-length: %d",
        ending=Ending.KEEP,
    ),
    "sim-upgrade": _framed(b"HTTP/1.1 101 Switching\r\nupgrade: sim\r\nconnection: upgrade\r\n\r\n"),
    "sim-http10": _framed(b"", version=b"1.0"),
    "sim-until-close": _framed(b"", b"connection: close"),
    "sim-close": _framed(b"", b"connection: close", b"content-length: %d"),
    "sim-trailers": _trailers,
    "sim-twice": _twice,
    "sim-stale": _stale,
}


def perform(stage: Stage) -> Performance:
    """What to do with a request: a named fault, else a proper answer."""
    return FAULTS.get(stage.ask.model, _echo)(stage)
