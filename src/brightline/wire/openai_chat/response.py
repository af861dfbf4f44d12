"""Reads a whole Chat Completions answer (OpenAI API reference, chat completion object)."""

from brightline.domain.event import AnswerEvent, EventKind, ProposedCall
from brightline.wire.errors import AnswerError
from brightline.wire.openai_chat.called import calls_in_message, garbage, objects, optional_object
from brightline.wire.strict_json import read_answer_object

_CALLS = frozenset({"tool_calls", "function_call"})


def read_answer(body: bytes) -> tuple[AnswerEvent, ...]:
    """The events of a whole answer, as `DialectCodec.read_answer` says; raises `AnswerError`."""
    answer = read_answer_object(body)
    if answer.get("error") is not None:
        return (AnswerEvent(EventKind.ERROR, body),)
    choices = answer.get("choices")
    if type(choices) is not list or not choices:
        raise garbage()
    calls: list[ProposedCall] = []
    for choice in objects(choices):
        message = optional_object(choice.get("message"))
        if message is None:
            raise garbage()
        if not _CALLS.isdisjoint(message):
            calls += calls_in_message(message)
    end = AnswerEvent(EventKind.TERMINAL, body[-1:])
    if not calls:
        return (AnswerEvent(EventKind.DATA, body[:-1]), end)
    names = tuple([call.tool for call in calls])
    return (AnswerEvent(EventKind.TOOL_CALL, body[:-1], names, False, tuple(calls)), end)


def is_error(body: bytes) -> bool:
    """Whether `body` is the dialect's error envelope."""
    try:
        error = read_answer_object(body).get("error")
    except AnswerError:
        return False
    return type(error) is dict and type(error.get("message")) is str
