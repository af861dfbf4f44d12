"""Decodes a streamed Messages answer (Anthropic API reference, streaming messages).

What must hold: `message_stop` alone ends an answer, and nothing follows it; every event has a name that its JSON `type`
repeats; an event or a block of a kind nobody knows refuses; arguments come only into a block that calls a tool, by its
index, and such a block is whole once it stops. A block that begins twice or never stops refuses.
"""

from brightline.domain.event import AnswerEvent, EventKind, ProposedCall
from brightline.wire.anthropic_messages.called import Called, called_in, called_tool, garbage, proposed_of, unclear
from brightline.wire.decoder import AnswerDecoder
from brightline.wire.errors import AnswerError
from brightline.wire.sse import Block
from brightline.wire.strict_json import JsonObject, read_answer_object

_DATA, _TOOL_CALL = EventKind.DATA, EventKind.TOOL_CALL
_PLAIN_EVENTS = frozenset({"message_delta", "ping"})


class AnthropicMessagesDecoder(AnswerDecoder):
    """One streamed Messages answer."""

    __slots__ = ("_begun", "_open", "_proposing")

    def __init__(self) -> None:
        super().__init__(b"text")
        self._begun: set[int] = set()  # indexes of the blocks that call a tool
        self._open: dict[int, tuple[Called, list[str]]] = {}  # those that have not stopped, and their arguments
        self._proposing = 0  # how many of them the caller would run

    def _event(self, block: Block) -> AnswerEvent:
        self._alike.forget()
        if block.data is None:
            if block.event:
                raise garbage()
            return self._plain(block.raw)
        event = read_answer_object(block.data)
        kind = event.get("type")
        if type(kind) is not str or kind.encode() != block.event:
            raise garbage()
        if kind == "content_block_delta":
            return self._delta(event, block.raw)
        if kind == "content_block_stop":
            return self._stopped(event, block.raw)
        if kind in _PLAIN_EVENTS:
            return self._plain(block.raw)
        if kind == "message_stop":
            if self._proposing:
                raise unclear()
            self._terminal = True
            return AnswerEvent(EventKind.TERMINAL, block.raw)
        if kind == "error":
            self._failed = True
            return AnswerEvent(EventKind.ERROR, block.raw)
        return self._started(kind, event, block.raw)

    def _plain(self, raw: bytes) -> AnswerEvent:
        return AnswerEvent(_DATA, raw, (), self._proposing > 0)

    def _delta(self, event: JsonObject, raw: bytes) -> AnswerEvent:
        delta, index = event.get("delta"), event.get("index")
        if type(delta) is not dict or type(index) is not int:
            raise garbage()
        if delta.get("type") != "input_json_delta":
            self._alike.learn(raw)
            return self._plain(raw)
        if index not in self._open:
            raise unclear()
        piece = delta.get("partial_json", "")
        if type(piece) is not str:
            raise garbage()
        called, pieces = self._open[index]
        if called.proposed:
            if piece and called.input not in (None, {}):
                raise unclear()  # one client would take what the block began with, another what came after it
            pieces.append(piece)
        return AnswerEvent(_TOOL_CALL, raw, (), self._proposing > 0)

    def _started(self, kind: str, event: JsonObject, raw: bytes) -> AnswerEvent:
        """The start of a message or of a block."""
        if kind == "message_start":
            message = event.get("message")
            if type(message) is not dict:
                raise garbage()
            called = called_in(message.get("content", []))
            return self._naming(raw, called, proposed_of(called)) if called else self._plain(raw)
        if kind != "content_block_start":
            raise AnswerError("wire/answer-unknown-event")
        index, begun = event.get("index"), called_tool(event.get("content_block"))
        if type(index) is not int:
            raise garbage()
        if index in self._begun:
            raise unclear()
        if begun is None:
            return self._plain(raw)
        self._begun.add(index)
        self._open[index] = (begun, [])
        self._proposing += begun.proposed
        return self._naming(raw, [begun], ())

    def _naming(self, raw: bytes, called: list[Called], calls: tuple[ProposedCall, ...]) -> AnswerEvent:
        return AnswerEvent(_TOOL_CALL, raw, tuple([call.tool for call in called]), self._proposing > 0, calls)

    def _stopped(self, event: JsonObject, raw: bytes) -> AnswerEvent:
        index = event.get("index")
        if type(index) is not int:
            raise garbage()
        called, pieces = self._open.pop(index, (None, []))
        if called is None or not called.proposed:
            return self._plain(raw)
        self._proposing -= 1
        return AnswerEvent(_TOOL_CALL, raw, (), self._proposing > 0, (called.whole(pieces),))
