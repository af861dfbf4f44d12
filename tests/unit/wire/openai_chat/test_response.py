import json

import pytest

from brightline.domain.event import EventKind
from brightline.wire.errors import AnswerError
from brightline.wire.openai_chat.response import is_error, read_answer


def answer(*messages, **fields):
    choices = [{"index": i, "message": m, "finish_reason": "stop"} for i, m in enumerate(messages)]
    return json.dumps({"id": "x", "object": "chat.completion", "choices": choices, **fields}).encode()


def call(name):
    return {"id": "c", "type": "function", "function": {"name": name, "arguments": "{}"}}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "wire/answer-garbage"),
        (b"<html></html>", "wire/answer-garbage"),
        (b"[]", "wire/answer-garbage"),
        (b"{}", "wire/answer-garbage"),
        (b'{"choices":[]}', "wire/answer-garbage"),
        (b'{"choices":[1]}', "wire/answer-garbage"),
        (b'{"choices":[{}]}', "wire/answer-garbage"),
        (b'{"choices":[{"message":1}]}', "wire/answer-garbage"),
        (b'{"choices":[{"message":{}}],"choices":[{"message":{}}]}', "wire/answer-garbage"),
        (answer({"tool_calls": {}}), "wire/answer-garbage"),
        (answer({"tool_calls": [1]}), "wire/answer-garbage"),
        (answer({"tool_calls": [{"type": "function", "function": 1}]}), "wire/answer-garbage"),
        (answer({"tool_calls": [{"type": "function"}]}), "wire/answer-unclear-tool"),
        (answer({"tool_calls": [call("")]}), "wire/answer-unclear-tool"),
        (answer({"tool_calls": [call(None)]}), "wire/answer-unclear-tool"),
        (answer({"tool_calls": [{"type": "computer", "function": {"name": "a"}}]}), "wire/answer-unclear-tool"),
        (answer({"tool_calls": [{"function": {"name": "a"}, "custom": {"name": "b"}}]}), "wire/answer-unclear-tool"),
        (answer({"function_call": {"arguments": ""}}), "wire/answer-unclear-tool"),
    ],
)
def test_what_is_not_an_answer_raises(body, code):
    with pytest.raises(AnswerError) as refused:
        read_answer(body)
    assert refused.value.code == code


def test_an_error_inside_a_200_is_an_error():
    body = b'{"error":{"message":"x"}}'
    (event,) = read_answer(body)
    assert (event.kind, event.raw) == (EventKind.ERROR, body)
    assert read_answer(answer({"content": "x"}, error="odd"))[0].kind is EventKind.ERROR


def test_text_is_data_and_the_last_byte_is_the_end():
    body = answer({"content": "hi", "tool_calls": None, "function_call": None}, error=None)
    first, last = read_answer(body)
    assert (first.kind, first.tools, last.kind) == (EventKind.DATA, (), EventKind.TERMINAL)
    assert (first.raw + last.raw, len(last.raw)) == (body, 1)


def test_every_tool_of_every_choice_is_named():
    custom = {"id": "d", "type": "custom", "custom": {"name": "shell", "input": "ls"}}
    body = answer({"tool_calls": [call("a"), custom]}, {"function_call": {"name": "old", "arguments": "{}"}})
    first, _ = read_answer(body)
    assert (first.kind, first.tools) == (EventKind.TOOL_CALL, ("a", "shell", "old"))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"error":{"message":"x","type":"y"}}', True),
        (b'{"error":{"message":1}}', False),
        (b'{"error":"x"}', False),
        (b"{}", False),
        (b"<html>", False),
    ],
)
def test_only_the_dialects_envelope_is_an_error(body, expected):
    assert is_error(body) is expected
