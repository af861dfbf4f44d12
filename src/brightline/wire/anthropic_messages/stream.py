"""Decodes a streamed Messages answer (Anthropic API reference, streaming messages).

What must hold: `message_stop` alone ends an answer, and nothing follows it; every event has a name that its JSON `type`
repeats; an event or a block of a kind nobody knows refuses; arguments come only into a block that calls a tool.
"""

from brightline.domain.event import AnswerEvent, EventKind
from brightline.wire.anthropic_messages.called import called_in, called_tool, garbage
from brightline.wire.decoder import AnswerDecoder
from brightline.wire.errors import AnswerError
from brightline.wire.sse import Block
from brightline.wire.strict_json import JsonObject, read_answer_object

_DATA = EventKind.DATA
_PLAIN_EVENTS = frozenset({"content_block_stop", "message_delta", "ping"})


class AnthropicMessagesDecoder(AnswerDecoder):
    """One streamed Messages answer."""

    __slots__ = ("_calling",)

    def __init__(self) -> None:
        super().__init__(b"text")
        self._calling: set[int] = set()  # indexes of the blocks that call a tool

    def _event(self, block: Block) -> AnswerEvent:
        self._alike.forget()
        if block.data is None:
            if block.event:
                raise garbage()
            return AnswerEvent(_DATA, block.raw)
        event = read_answer_object(block.data)
        kind = event.get("type")
        if type(kind) is not str or kind.encode() != block.event:
            raise garbage()
        if kind == "content_block_delta":
            return self._delta(event, block.raw)
        if kind in _PLAIN_EVENTS:
            return AnswerEvent(_DATA, block.raw)
        if kind == "message_stop":
            self._terminal = True
            return AnswerEvent(EventKind.TERMINAL, block.raw)
        if kind == "error":
            self._failed = True
            return AnswerEvent(EventKind.ERROR, block.raw)
        names = self._started(kind, event)
        return AnswerEvent(EventKind.TOOL_CALL if names else EventKind.DATA, block.raw, tuple(names))

    def _delta(self, event: JsonObject, raw: bytes) -> AnswerEvent:
        delta, index = event.get("delta"), event.get("index")
        if type(delta) is not dict or type(index) is not int:
            raise garbage()
        if delta.get("type") != "input_json_delta":
            self._alike.learn(raw)
            return AnswerEvent(_DATA, raw)
        if index not in self._calling:
            raise AnswerError("wire/answer-unclear-tool")
        return AnswerEvent(EventKind.TOOL_CALL, raw)

    def _started(self, kind: str, event: JsonObject) -> list[str]:
        """The tools that the start of a message or of a block calls."""
        if kind == "message_start":
            message = event.get("message")
            if type(message) is not dict:
                raise garbage()
            return called_in(message.get("content", []))
        if kind != "content_block_start":
            raise AnswerError("wire/answer-unknown-event")
        index, name = event.get("index"), called_tool(event.get("content_block"))
        if type(index) is not int:
            raise garbage()
        if name is None:
            return []
        self._calling.add(index)
        return [name]
