"""Decodes a streamed Chat Completions answer (OpenAI API reference, chat completion chunk objects).

What must hold: `data: [DONE]` alone ends an answer, and nothing follows it; every chunk parses strictly; pieces of a
call are put together by the index they carry and never by their order. A name is whole once the arguments begin, a call
once its choice finishes or the answer ends; a later piece refuses: one client would join it, another would not.
"""

from brightline.domain.event import AnswerEvent, EventKind, ProposedCall
from brightline.wire.decoder import AnswerDecoder
from brightline.wire.openai_chat.called import (
    GrowingCall,
    called_part,
    calls_in_message,
    garbage,
    objects,
    optional_object,
    unclear,
)
from brightline.wire.sse import Block
from brightline.wire.strict_json import JsonObject, read_answer_object

_DONE = b"[DONE]"
_DATA = EventKind.DATA
_LEGACY = -1  # the deprecated `function_call` of a choice has no index of its own
_CallKey = tuple[int, int]


class _Found:
    """What one chunk adds: names that became whole, calls that became whole, and whether it speaks of a call."""

    __slots__ = ("called", "calls", "names")

    def __init__(self) -> None:
        self.called = False
        self.names: list[str] = []
        self.calls: list[ProposedCall] = []


class OpenAIChatDecoder(AnswerDecoder):
    """One streamed Chat Completions answer."""

    __slots__ = ("_growing", "_whole")

    def __init__(self) -> None:
        super().__init__(b"content")
        self._growing: dict[_CallKey, GrowingCall] = {}  # by choice and call
        self._whole: set[_CallKey] = set()

    def _event(self, block: Block) -> AnswerEvent:
        self._alike.forget()
        if block.data is None:
            return AnswerEvent(EventKind.DATA, block.raw, (), bool(self._growing))
        if block.data == _DONE:
            self._terminal = True
            found = _Found()
            self._finish(list(self._growing), found)
            return AnswerEvent(EventKind.TERMINAL, block.raw, tuple(found.names), False, tuple(found.calls))
        chunk = read_answer_object(block.data)
        if block.event == b"error" or chunk.get("error") is not None:
            self._failed = True
            return AnswerEvent(EventKind.ERROR, block.raw)
        choices = chunk.get("choices")
        if type(choices) is not list:
            raise garbage()
        found = _Found()
        for choice in objects(choices):
            self._read_choice(choice, found)
        if found.called:
            names, calls = tuple(found.names), tuple(found.calls)
            return AnswerEvent(EventKind.TOOL_CALL, block.raw, names, bool(self._growing), calls)
        if not self._growing:
            self._alike.learn(block.raw)
        return AnswerEvent(_DATA, block.raw, (), bool(self._growing))

    def _read_choice(self, choice: JsonObject, found: _Found) -> None:
        index = choice.get("index", 0)
        if type(index) is not int:
            raise garbage()
        delta = optional_object(choice.get("delta"))
        if delta:
            self._read_delta(index, delta, found)
        message = optional_object(choice.get("message"))
        if message:
            calls = list(calls_in_message(message))
            found.called |= bool(calls)
            found.names += [call.tool for call in calls]
            found.calls += calls
        if self._growing and choice.get("finish_reason") is not None:
            self._finish([key for key in self._growing if key[0] == index], found)

    def _read_delta(self, choice: int, delta: JsonObject, found: _Found) -> None:
        for call in objects(delta.get("tool_calls")):
            index = call.get("index")
            if type(index) is not int or index < 0:
                raise unclear()
            part, custom = called_part(call)
            self._grow((choice, index), call, part, custom=None if part is None else custom, found=found)
        legacy = optional_object(delta.get("function_call"))
        if legacy is not None:
            self._grow((choice, _LEGACY), {}, legacy, custom=False, found=found)

    def _grow(
        self, key: _CallKey, call: JsonObject, part: JsonObject | None, *, custom: bool | None, found: _Found
    ) -> None:
        """Take in one more piece of the call `key`."""
        found.called = True
        if key in self._whole:
            raise unclear()
        growing = self._growing.get(key)
        if growing is None:
            growing = self._growing[key] = GrowingCall()
        if growing.grow(call, part or {}, custom=custom):
            found.names.append(growing.name)

    def _finish(self, keys: list[_CallKey], found: _Found) -> None:
        """The calls `keys` are whole."""
        found.called |= bool(keys)
        for key in keys:
            growing = self._growing.pop(key)
            if growing.complete_name():
                found.names.append(growing.name)
            self._whole.add(key)
            found.calls.append(growing.proposed())
