"""Events of an answer, as the wire's decoders give them to screening and the release gate."""

from enum import Enum
from typing import NamedTuple


class EventKind(Enum):
    """What an event of an answer means for its release."""

    DATA = "data"  # text, reasoning, usage, pings: anything that no rule of this part binds
    TOOL_CALL = "tool-call"  # a piece of a call, of its name or of its end
    ERROR = "error"  # the provider reports a failure inside the answer
    TERMINAL = "terminal"  # the dialect's own end of the answer; nothing may follow


class ProposedCall(NamedTuple):
    """A call of a tool that the caller's program would run, whole, as the model proposes it; nothing is judged yet.

    `tool` is the name under which the call offered it, `call_id` the dialect's (empty where it has none), `arguments`
    the JSON text as it came. The free text that a custom tool takes is `{"input": TEXT}`. `member` names the tool
    inside a toolset that was offered as one.
    """

    tool: str
    call_id: str
    arguments: bytes
    member: str = ""

    def __repr__(self) -> str:
        return f"ProposedCall({self.tool}, {len(self.arguments)} bytes)"


class AnswerEvent(NamedTuple):
    """One event; `raw` is its exact bytes on the wire, framing included; `tools` are the names it calls.

    A name is given once it is whole, and a call that the caller's program would run, in `calls`, once it is whole to
    the end of its arguments; `pending` tells that after this event some call is not whole yet.
    (A named tuple, because a stream makes one for every chunk, and a frozen dataclass costs three times as much.)
    """

    kind: EventKind
    raw: bytes
    tools: tuple[str, ...] = ()
    pending: bool = False
    calls: tuple[ProposedCall, ...] = ()

    def __repr__(self) -> str:
        return f"AnswerEvent({self.kind.value}, {len(self.raw)} bytes, tools={self.tools}, pending={self.pending})"
