"""Events of an answer, as the wire's decoders give them to screening and the release gate."""

from enum import Enum
from typing import NamedTuple


class EventKind(Enum):
    """What an event of an answer means for its release."""

    DATA = "data"  # text, reasoning, usage, pings: anything that no rule of this part binds
    TOOL_CALL = "tool-call"  # names a tool the model wants called
    ERROR = "error"  # the provider reports a failure inside the answer
    TERMINAL = "terminal"  # the dialect's own end of the answer; nothing may follow


class AnswerEvent(NamedTuple):
    """One event; `raw` is its exact bytes on the wire, framing included; `tools` are the names it calls.

    A name is given once it is whole; `pending` tells that after this event some called tool's name is not whole yet.
    (A named tuple, because a stream makes one for every chunk, and a frozen dataclass costs three times as much.)
    """

    kind: EventKind
    raw: bytes
    tools: tuple[str, ...] = ()
    pending: bool = False

    def __repr__(self) -> str:
        return f"AnswerEvent({self.kind.value}, {len(self.raw)} bytes, tools={self.tools}, pending={self.pending})"
