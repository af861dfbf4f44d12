"""What providers say that an answer took."""

import json

import pytest

from brightline.wire import Spent, spent_in


def streamed(*rows: object) -> bytes:
    return b"".join(b"event: x\ndata: " + json.dumps(row).encode() + b"\n\n" for row in rows) + b"data: [DONE]\n\n"


OPENAI = {"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 5, "total_tokens": 12}}
START = {"type": "message_start", "message": {"usage": {"input_tokens": 7, "output_tokens": 1}}}
CACHED = {"input_tokens": 1, "cache_creation_input_tokens": 2, "cache_read_input_tokens": 4, "output_tokens": 5}


@pytest.mark.parametrize(
    "answer",
    [
        json.dumps(OPENAI).encode(),
        b"\n" + json.dumps({"usage": CACHED}).encode(),
        streamed({"choices": [{}], "usage": None}, OPENAI),
        streamed(START, {"type": "message_delta", "usage": {"output_tokens": 5}}),
    ],
)
def test_what_both_dialects_say(answer: bytes) -> None:
    assert spent_in(answer) == Spent(7, 5)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"{}",
        b'{"usage": 3}',
        b'{"usage"',
        b'data: ["usage"]',
        b'data: {"usage": nonsense}',
        streamed(START["message"]["usage"]),
        json.dumps({"usage": {"prompt_tokens": -7, "completion_tokens": 5}}).encode(),
        json.dumps({"usage": {"prompt_tokens": True, "completion_tokens": 5}}).encode(),
        json.dumps({"usage": {"prompt_tokens": 7, "completion_tokens": 10**10}}).encode(),
        streamed(START)[:-40].replace(b"output_tokens", b"x"),
    ],
)
def test_what_says_nothing_or_nonsense(answer: bytes) -> None:
    assert spent_in(answer) is None
