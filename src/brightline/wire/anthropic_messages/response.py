"""Reads a whole Messages answer, or a count of tokens (Anthropic API reference)."""

from brightline.domain.call import Operation
from brightline.domain.event import AnswerEvent, EventKind
from brightline.wire.anthropic_messages.called import Called, called_in, garbage, proposed_of
from brightline.wire.errors import AnswerError
from brightline.wire.strict_json import JsonObject, read_answer_object


def read_answer(operation: Operation, body: bytes) -> tuple[AnswerEvent, ...]:
    """The events of a whole answer, as `DialectCodec.read_answer` says; raises `AnswerError`."""
    answer = read_answer_object(body)
    if answer.get("type") == "error" or answer.get("error") is not None:
        return (AnswerEvent(EventKind.ERROR, body),)
    called = _no_calls(answer) if operation is Operation.COUNT_TOKENS else _calls(answer)
    end = AnswerEvent(EventKind.TERMINAL, body[-1:])
    if not called:
        return (AnswerEvent(EventKind.DATA, body[:-1]), end)
    names = tuple([call.tool for call in called])
    return (AnswerEvent(EventKind.TOOL_CALL, body[:-1], names, False, proposed_of(called)), end)


def _calls(answer: JsonObject) -> list[Called]:
    if answer.get("type") != "message":
        raise garbage()
    return called_in(answer.get("content"))


def _no_calls(answer: JsonObject) -> list[Called]:
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
