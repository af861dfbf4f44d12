"""Events of an answer, as the wire's decoders give them to screening and the release gate."""

from dataclasses import dataclass, field
from enum import Enum


class EventKind(Enum):
    """What an event of an answer means for its release."""

    DATA = "data"  # text, reasoning, usage, pings: anything that no rule of this part binds
    TOOL_CALL = "tool-call"  # names a tool the model wants called
    ERROR = "error"  # the provider reports a failure inside the answer
    TERMINAL = "terminal"  # the dialect's own end of the answer; nothing may follow


@dataclass(frozen=True, slots=True)
class AnswerEvent:
    """One event; `raw` is its exact bytes on the wire, framing included; `tools` are the names it calls.

    A name is given once it is whole; `pending` tells that after this event some called tool's name is not whole yet.
    """

    kind: EventKind
    raw: bytes = field(repr=False)
    tools: tuple[str, ...] = ()
    pending: bool = False
