"""The one gate that every event of an answer passes, streamed or whole.

Rules of the gate:
1. A tool that the call did not offer stops the answer before a byte of that event is released.
2. From the first piece of a call that the caller's program would run, everything is held until the answer's end.
3. What is held leaves with the end, and only once every proposed call was cleared.
4. A failure that the provider reports inside its answer stops it.
5. The terminal event is held until `release_terminal`, which the pipeline calls once the outcome is durable.
6. After a stop nothing passes, and nothing passes after the terminal event.
"""

from brightline.domain.call import ToolOffer
from brightline.domain.event import AnswerEvent, EventKind, ProposedCall
from brightline.domain.leaf import Check
from brightline.screening.errors import GateError, ReportedFailureError, ScreeningError

_DATA, _ERROR, _TERMINAL = EventKind.DATA, EventKind.ERROR, EventKind.TERMINAL
# Plain numbers inside, since `|` on flags builds a new flag each time.
_TOOLS_SCREENED, _STREAM_COMPLETE = int(Check.TOOLS_SCREENED), int(Check.STREAM_COMPLETE)
_ACTS_DECIDED = int(Check.ACTS_DECIDED)
_NO_TOOLS: frozenset[str] = frozenset()
HELD_BYTES = 16 * 1024 * 1024  # a stream sends some fifty bytes for each of an argument
MAX_CALLS = 64  # proposed in one answer; each is decided, and perhaps signed, by itself


class ReleaseGate:
    """One answer's gate; `offered` are the tools of its call."""

    __slots__ = ("_calls", "_checks", "_held", "_held_bytes", "_limit", "_offered", "_open", "_stop", "_terminal")

    def __init__(self, offered: tuple[ToolOffer, ...], *, held_bytes: int = HELD_BYTES) -> None:
        self._offered = frozenset([tool.name for tool in offered]) if offered else _NO_TOOLS
        self._limit = held_bytes
        self._held: list[bytes] = []
        self._held_bytes = 0
        self._calls: list[ProposedCall] | None = None  # proposed and not cleared
        self._terminal: bytes | None = None
        self._stop: GateError | None = None
        self._checks = 0
        self._open = True  # not stopped, not ended, nothing held: plain data passes at once

    @property
    def checks(self) -> int:
        """The checks done so far, as bits of `Check`; an answer without its end has not been screened whole."""
        return self._checks

    @property
    def holding(self) -> bool:
        """Whether anything waits for the end of the answer."""
        return bool(self._held)

    @property
    def proposed(self) -> tuple[ProposedCall, ...]:
        """The calls that wait to be cleared, once the end of the answer came."""
        return tuple(self._calls or ())

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

    def clear(self) -> None:
        """Each of `proposed` was decided, and signed where it had to be: they may leave with the end."""
        self._calls = None
        self._checks |= _ACTS_DECIDED

    def release_terminal(self) -> bytes:
        """What was held and the terminal event, once; raises `GateError` before the end or with calls not cleared."""
        if self._stop is not None:
            raise self._stop
        if self._terminal is None or self._calls is not None:
            raise ScreeningError("screening/out-of-order")
        released, self._terminal = self._terminal, None
        if self._held:
            released = b"".join([*self._held, released])
            self._held.clear()
        self._stop = ScreeningError("screening/after-end")
        return released

    def _judge(self, event: AnswerEvent) -> bytes:
        if self._terminal is not None:
            raise ScreeningError("screening/after-end")
        if event.kind is _ERROR:
            raise ReportedFailureError
        if not self._offered.issuperset(event.tools):
            self._checks |= _TOOLS_SCREENED
            raise ScreeningError("screening/tool-not-offered")
        if event.calls:
            self._propose(event.calls)
        if event.kind is _TERMINAL:
            return self._end(event)
        if event.pending or event.calls or self._held:
            return self._hold(event.raw)
        return event.raw

    def _propose(self, calls: tuple[ProposedCall, ...]) -> None:
        self._calls = [*(self._calls or ()), *calls]
        if len(self._calls) > MAX_CALLS:
            raise ScreeningError("screening/too-many-calls", limit=MAX_CALLS)

    def _end(self, event: AnswerEvent) -> bytes:
        if event.pending:
            raise ScreeningError("screening/out-of-order")
        self._terminal = event.raw
        self._open = False
        self._checks |= _TOOLS_SCREENED | _STREAM_COMPLETE
        return b""

    def _hold(self, raw: bytes) -> bytes:
        self._open = False
        self._held.append(raw)
        self._held_bytes += len(raw)
        if self._held_bytes > self._limit:
            raise ScreeningError("screening/too-much-held", limit=self._limit)
        return b""
