"""Calls of tools in a choice of a Chat Completions answer.

What must hold: a call is known by its index or its place in a whole message and by nothing else; what a custom tool is
given as free text becomes the one member `input`.
"""

from collections.abc import Iterator

import orjson

from brightline.domain.event import ProposedCall
from brightline.wire.errors import AnswerError
from brightline.wire.strict_json import Json, JsonObject


def garbage() -> AnswerError:
    """The error of an answer that is not the dialect's."""
    return AnswerError("wire/answer-garbage")


def unclear() -> AnswerError:
    """The error of a call that two clients would read differently."""
    return AnswerError("wire/answer-unclear-tool")


def objects(value: Json) -> list[JsonObject]:
    """The objects of the array `value`, none when it is null; raises `AnswerError`."""
    if value is None:
        return []
    if type(value) is not list:
        raise garbage()
    found = [item for item in value if type(item) is dict]
    if len(found) != len(value):
        raise garbage()
    return found


def optional_object(value: Json) -> JsonObject | None:
    """The object `value`, or none when it is null; raises `AnswerError`."""
    if value is not None and type(value) is not dict:
        raise garbage()
    return value


def optional_text(part: JsonObject, name: str) -> str:
    """The string `name` of `part`, empty when it is absent or null; raises `AnswerError`."""
    value = part.get(name)
    if value is None:
        return ""
    if type(value) is not str:
        raise garbage()
    return value


def called_part(call: JsonObject) -> tuple[JsonObject | None, bool]:
    """The part of `call` that names the tool, and whether it is a custom one; raises `AnswerError` for any other."""
    kind = call.get("type")
    function, custom = optional_object(call.get("function")), optional_object(call.get("custom"))
    if kind not in (None, "", "function", "custom") or (function is not None and custom is not None):
        raise unclear()
    part = custom if function is None else function
    if part is not None and kind and kind != ("function" if custom is None else "custom"):
        raise unclear()
    return part, custom is not None


class GrowingCall:
    """One call, gathered piece by piece."""

    __slots__ = ("_id", "_name", "_named", "_pieces", "custom")

    def __init__(self) -> None:
        self._name = self._id = ""
        self._named = False
        self._pieces: list[str] = []
        self.custom: bool | None = None

    def grow(self, call: JsonObject, part: JsonObject, *, custom: bool | None) -> bool:
        """Take in one more piece; whether it made the name whole. Raises `AnswerError`.

        A client may join the pieces of an id or take the first, so an id that changes refuses.
        """
        call_id, piece = optional_text(call, "id"), optional_text(part, "name")
        if call_id and self._id not in ("", call_id):
            raise unclear()
        self._id = self._id or call_id
        if custom is not None:
            if self.custom not in (None, custom):
                raise unclear()
            self.custom = custom
        if part.get("arguments") and part.get("input"):
            raise unclear()
        begins = optional_text(part, "arguments") or optional_text(part, "input")
        if self._named and piece:
            raise unclear()
        self._name += piece
        if not begins:
            return False
        if bool(part.get("input")) is not bool(self.custom):
            raise unclear()
        self._pieces.append(begins)
        return self.complete_name()

    def complete_name(self) -> bool:
        """Let the name be whole; whether it was not before. Raises `AnswerError` when there is none."""
        if self._named:
            return False
        if not self._name:
            raise unclear()
        self._named = True
        return True

    @property
    def name(self) -> str:
        """The tool's name, as far as it came."""
        return self._name

    def proposed(self) -> ProposedCall:
        """The whole call."""
        text = "".join(self._pieces)
        arguments = orjson.dumps({"input": text}) if self.custom else text.encode()
        return ProposedCall(self._name, self._id, arguments)


def calls_in_message(message: JsonObject) -> Iterator[ProposedCall]:
    """Every call of a whole message, in its order; raises `AnswerError` when one is unclear."""
    for call in objects(message.get("tool_calls")):
        part, custom = called_part(call)
        yield _whole(call, part, custom=custom)
    legacy = optional_object(message.get("function_call"))
    if legacy is not None:
        yield _whole({}, legacy, custom=False)


def _whole(call: JsonObject, part: JsonObject | None, *, custom: bool) -> ProposedCall:
    growing = GrowingCall()
    growing.grow(call, part or {}, custom=custom)
    growing.complete_name()
    return growing.proposed()
