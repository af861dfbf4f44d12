"""The one gate that every event of an answer passes, streamed or whole.

Rules of the gate:
1. A tool that the call did not offer stops the answer before a byte of that event is released.
2. An event after which a tool's name is not whole yet is held, and all that follow it, until every name is known.
3. A failure that the provider reports inside its answer stops it.
4. The terminal event is held until `release_terminal`, which the pipeline calls once the outcome is durable.
5. After a stop nothing passes, and nothing passes after the terminal event.
"""

from brightline.domain.call import ToolOffer
from brightline.domain.event import AnswerEvent, EventKind
from brightline.domain.leaf import Check
from brightline.screening.errors import GateError, ReportedFailureError, ScreeningError

_DATA, _ERROR, _TERMINAL = EventKind.DATA, EventKind.ERROR, EventKind.TERMINAL
# Plain numbers inside, since `|` on flags builds a new flag each time.
_TOOLS_SCREENED, _STREAM_COMPLETE = int(Check.TOOLS_SCREENED), int(Check.STREAM_COMPLETE)
_NO_TOOLS: frozenset[str] = frozenset()
HELD_BYTES = 1024 * 1024  # a name comes within a few events; more is no name


class ReleaseGate:
    """One answer's gate; `offered` are the tools of its call."""

    __slots__ = ("_checks", "_held", "_held_bytes", "_limit", "_offered", "_open", "_stop", "_terminal")

    def __init__(self, offered: tuple[ToolOffer, ...], *, held_bytes: int = HELD_BYTES) -> None:
        self._offered = frozenset([tool.name for tool in offered]) if offered else _NO_TOOLS
        self._limit = held_bytes
        self._held: list[bytes] = []
        self._held_bytes = 0
        self._terminal: bytes | None = None
        self._stop: GateError | None = None
        self._checks = 0
        self._open = True  # not stopped, not ended, nothing held: plain data passes at once

    @property
    def checks(self) -> int:
        """The checks done so far, as bits of `Check`; an answer without its end has not been screened whole."""
        return self._checks

    def take(self, event: AnswerEvent) -> bytes:
        """The bytes that may leave now that `event` has come, often none; raises `GateError`, then for ever."""
        if event.kind is _DATA and self._open and not event.tools and not event.pending:
            return event.raw
        if self._stop is not None:
            raise self._stop
        try:
            return self._judge(event)
        except GateError as error:
            self._stop = error
            self._open = False
            self._held.clear()
            self._terminal = None
            raise

    def release_terminal(self) -> bytes:
        """The terminal event's bytes, once; raises `GateError` when there is none to release."""
        if self._stop is not None:
            raise self._stop
        if self._terminal is None:
            raise ScreeningError("screening/out-of-order")
        terminal, self._terminal = self._terminal, None
        self._stop = ScreeningError("screening/after-end")
        return terminal

    def _judge(self, event: AnswerEvent) -> bytes:
        if self._terminal is not None:
            raise ScreeningError("screening/after-end")
        if event.kind is _ERROR:
            raise ReportedFailureError
        if not self._offered.issuperset(event.tools):
            self._checks |= _TOOLS_SCREENED
            raise ScreeningError("screening/tool-not-offered")
        if event.kind is _TERMINAL:
            return self._end(event)
        if event.pending:
            return self._hold(event.raw)
        return self._let_go() + event.raw

    def _end(self, event: AnswerEvent) -> bytes:
        """What was held may leave, since every name is known; the end itself waits."""
        if event.pending:
            raise ScreeningError("screening/out-of-order")
        self._terminal = event.raw
        released = self._let_go()
        self._open = False
        self._checks |= _TOOLS_SCREENED | _STREAM_COMPLETE
        return released

    def _hold(self, raw: bytes) -> bytes:
        self._open = False
        self._held.append(raw)
        self._held_bytes += len(raw)
        if self._held_bytes > self._limit:
            raise ScreeningError("screening/too-much-held", limit=self._limit)
        return b""

    def _let_go(self) -> bytes:
        released = b"".join(self._held)
        self._held.clear()
        self._held_bytes = 0
        self._open = True
        return released
