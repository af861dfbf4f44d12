import json

import pytest

from brightline.domain.call import Operation
from brightline.domain.event import EventKind
from brightline.wire.anthropic_messages.response import is_error, read_answer
from brightline.wire.errors import AnswerError

GENERATE, COUNT = Operation.GENERATE, Operation.COUNT_TOKENS


def answer(*blocks, **fields):
    return json.dumps({"id": "m", "type": "message", "role": "assistant", "content": list(blocks), **fields}).encode()


@pytest.mark.parametrize(
    ("operation", "body", "code"),
    [
        (GENERATE, b"", "wire/answer-garbage"),
        (GENERATE, b"<html></html>", "wire/answer-garbage"),
        (GENERATE, b"{}", "wire/answer-garbage"),
        (GENERATE, b'{"type":"message"}', "wire/answer-garbage"),
        (GENERATE, b'{"type":"message","content":"x"}', "wire/answer-garbage"),
        (GENERATE, answer(type="completion"), "wire/answer-garbage"),
        (GENERATE, answer("x"), "wire/answer-garbage"),
        (GENERATE, answer({"type": "tool_use", "id": "t"}), "wire/answer-unclear-tool"),
        (GENERATE, answer({"type": "robot_use", "name": "x"}), "wire/answer-unknown-event"),
        (GENERATE, b'{"input_tokens":5}', "wire/answer-garbage"),
        (COUNT, b"{}", "wire/answer-garbage"),
        (COUNT, b'{"input_tokens":"5"}', "wire/answer-garbage"),
        (COUNT, b"[5]", "wire/answer-garbage"),
    ],
)
def test_what_is_not_an_answer_raises(operation, body, code):
    with pytest.raises(AnswerError) as refused:
        read_answer(operation, body)
    assert refused.value.code == code


@pytest.mark.parametrize("body", [b'{"type":"error","error":{"message":"x"}}', b'{"error":"x"}', answer(error={})])
@pytest.mark.parametrize("operation", Operation)
def test_an_error_inside_a_200_is_an_error(operation, body):
    (event,) = read_answer(operation, body)
    assert (event.kind, event.raw) == (EventKind.ERROR, body)


def test_text_is_data_and_the_last_byte_is_the_end():
    body = answer({"type": "text", "text": "hi"})
    first, last = read_answer(GENERATE, body)
    assert (first.kind, first.tools, last.kind) == (EventKind.DATA, (), EventKind.TERMINAL)
    assert (first.raw + last.raw, len(last.raw)) == (body, 1)


def test_every_tool_is_named():
    body = answer({"type": "tool_use", "id": "t", "name": "a"}, {"type": "server_tool_use", "name": "web_search"})
    first, _ = read_answer(GENERATE, body)
    assert (first.kind, first.tools) == (EventKind.TOOL_CALL, ("a", "web_search"))


def test_a_count_is_an_answer():
    first, last = read_answer(COUNT, b'{"input_tokens":5}')
    assert (first.kind, last.raw) == (EventKind.DATA, b"}")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"type":"error","error":{"type":"x","message":"y"}}', True),
        (b'{"error":{"type":"x","message":"y"}}', False),
        (b'{"type":"error","error":{"type":"x"}}', False),
        (b'{"type":"error"}', False),
        (b"<html>", False),
    ],
)
def test_only_the_dialects_envelope_is_an_error(body, expected):
    assert is_error(body) is expected
