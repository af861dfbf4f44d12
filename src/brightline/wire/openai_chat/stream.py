"""Decodes a streamed Chat Completions answer (OpenAI API reference, chat completion chunk objects).

What must hold: `data: [DONE]` alone ends an answer, and nothing follows it; every chunk parses strictly; a tool's name
may come in pieces and counts as whole once its arguments begin, the choice finishes or the answer ends. A piece of a
name after that refuses: one client would join it, another would not.
"""

from brightline.domain.event import AnswerEvent, EventKind
from brightline.wire.decoder import AnswerDecoder
from brightline.wire.errors import AnswerError
from brightline.wire.openai_chat.called import called_function, garbage, names_in_message, objects, optional_object
from brightline.wire.sse import Block
from brightline.wire.strict_json import JsonObject, read_answer_object

_DONE = b"[DONE]"
_DATA = EventKind.DATA
_LEGACY = -1  # the deprecated `function_call` of a choice has no index of its own
_CallKey = tuple[int, int]


class OpenAIChatDecoder(AnswerDecoder):
    """One streamed Chat Completions answer."""

    __slots__ = ("_growing", "_whole")

    def __init__(self) -> None:
        super().__init__(b"content")
        self._growing: dict[_CallKey, str] = {}  # names that may still grow, by choice and call
        self._whole: set[_CallKey] = set()

    def _event(self, block: Block) -> AnswerEvent:
        self._alike.forget()
        if block.data is None:
            return AnswerEvent(EventKind.DATA, block.raw, (), bool(self._growing))
        if block.data == _DONE:
            self._terminal = True
            return AnswerEvent(EventKind.TERMINAL, block.raw, self._complete_all())
        chunk = read_answer_object(block.data)
        if block.event == b"error" or chunk.get("error") is not None:
            self._failed = True
            return AnswerEvent(EventKind.ERROR, block.raw)
        choices = chunk.get("choices")
        if type(choices) is not list:
            raise garbage()
        called = False
        names: list[str] = []
        for choice in objects(choices):
            called |= self._read_choice(choice, names)
        kind = EventKind.TOOL_CALL if called or names else EventKind.DATA
        if kind is EventKind.DATA and not self._growing:
            self._alike.learn(block.raw)
        return AnswerEvent(kind, block.raw, tuple(names), bool(self._growing))

    def _read_choice(self, choice: JsonObject, names: list[str]) -> bool:
        """Whether `choice` speaks of a tool call; names that became whole are added to `names`."""
        index = choice.get("index", 0)
        if type(index) is not int:
            raise garbage()
        called = False
        delta = optional_object(choice.get("delta"))
        if delta:
            called = self._read_delta(index, delta, names)
        message = optional_object(choice.get("message"))
        if message:
            names += names_in_message(message)
        if choice.get("finish_reason") is not None:
            for key in [key for key in self._growing if key[0] == index]:
                names.append(self._complete(key))
        return called

    def _read_delta(self, choice: int, delta: JsonObject, names: list[str]) -> bool:
        calls = objects(delta.get("tool_calls"))
        for call in calls:
            index = call.get("index")
            if type(index) is not int or index < 0:
                raise AnswerError("wire/answer-unclear-tool")
            self._grow((choice, index), called_function(call), names)
        legacy = optional_object(delta.get("function_call"))
        if legacy is not None:
            self._grow((choice, _LEGACY), legacy, names)
        return bool(calls) or legacy is not None

    def _grow(self, key: _CallKey, part: JsonObject | None, names: list[str]) -> None:
        """Take in one more piece of the call `key`."""
        part = part or {}
        piece = part.get("name") or ""
        begins = part.get("arguments") or part.get("input")
        if type(piece) is not str:
            raise garbage()
        if key in self._whole:
            if piece:
                raise AnswerError("wire/answer-unclear-tool")
            return
        self._growing[key] = self._growing.get(key, "") + piece
        if begins:
            names.append(self._complete(key))

    def _complete(self, key: _CallKey) -> str:
        name = self._growing.pop(key)
        if not name:
            raise AnswerError("wire/answer-unclear-tool")
        self._whole.add(key)
        return name

    def _complete_all(self) -> tuple[str, ...]:
        return tuple(self._complete(key) for key in list(self._growing))
