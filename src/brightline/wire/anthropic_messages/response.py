"""Reads a whole Messages answer, or a count of tokens (Anthropic API reference)."""

from brightline.domain.call import Operation
from brightline.domain.event import AnswerEvent, EventKind
from brightline.wire.anthropic_messages.called import called_in, garbage
from brightline.wire.errors import AnswerError
from brightline.wire.strict_json import JsonObject, read_answer_object


def read_answer(operation: Operation, body: bytes) -> tuple[AnswerEvent, ...]:
    """The events of a whole answer, as `DialectCodec.read_answer` says; raises `AnswerError`."""
    answer = read_answer_object(body)
    if answer.get("type") == "error" or answer.get("error") is not None:
        return (AnswerEvent(EventKind.ERROR, body),)
    names = _no_names(answer) if operation is Operation.COUNT_TOKENS else _names(answer)
    kind = EventKind.TOOL_CALL if names else EventKind.DATA
    return (AnswerEvent(kind, body[:-1], tuple(names)), AnswerEvent(EventKind.TERMINAL, body[-1:]))


def _names(answer: JsonObject) -> list[str]:
    if answer.get("type") != "message":
        raise garbage()
    return called_in(answer.get("content"))


def _no_names(answer: JsonObject) -> list[str]:
    if type(answer.get("input_tokens")) is not int:
        raise garbage()
    return []


def is_error(body: bytes) -> bool:
    """Whether `body` is the dialect's error envelope."""
    try:
        answer = read_answer_object(body)
    except AnswerError:
        return False
    error = answer.get("error")
    return answer.get("type") == "error" and type(error) is dict and type(error.get("message")) is str
