"""Names of the tools that a choice of a Chat Completions answer calls."""

from collections.abc import Iterator

from brightline.wire.errors import AnswerError
from brightline.wire.strict_json import Json, JsonObject


def garbage() -> AnswerError:
    """The error of an answer that is not the dialect's."""
    return AnswerError("wire/answer-garbage")


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


def called_function(call: JsonObject) -> JsonObject | None:
    """The part of `call` that names the tool, function or custom; raises `AnswerError` for any other kind of tool."""
    kind = call.get("type")
    function, custom = optional_object(call.get("function")), optional_object(call.get("custom"))
    if kind not in (None, "", "function", "custom") or (function is not None and custom is not None):
        raise AnswerError("wire/answer-unclear-tool")
    return custom if function is None else function


def names_in_message(message: JsonObject) -> Iterator[str]:
    """Every tool a whole message calls; raises `AnswerError` when one has no name."""
    parts = [called_function(call) for call in objects(message.get("tool_calls"))]
    legacy = optional_object(message.get("function_call"))
    for part in [*parts, legacy] if legacy is not None else parts:
        name = None if part is None else part.get("name")
        if type(name) is not str or not name:
            raise AnswerError("wire/answer-unclear-tool")
        yield name
