import json

import pytest

from brightline.domain.event import EventKind, ProposedCall
from brightline.wire.errors import AnswerError, TruncatedError
from brightline.wire.openai_chat.stream import OpenAIChatDecoder

# The many shapes of streams are vectors, read in tests/properties/test_wire_streams.py; here are the states.
TEXT = b'data: {"choices":[{"index":0,"delta":{"content":"a"}}]}\n\n'
NAME = b'data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"name":"now"}}]}}]}\n\n'
BEGIN = b'data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{}"}}]}}]}\n\n'
ERROR = b'data: {"error":{"message":"x"}}\n\n'
FINISH = b'data: {"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}\n\n'
DONE = b"data: [DONE]\n\n"


def feed(decoder: OpenAIChatDecoder, data: bytes, step: int) -> None:
    for start in range(0, len(data), step):
        decoder.feed(data[start : start + step])


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (DONE + b"\n", "wire/answer-after-end"),
        (DONE + b"d", "wire/answer-after-end"),
        (DONE + DONE, "wire/answer-after-end"),
        (b'data: {"choices":{}}\n\n', "wire/answer-garbage"),
        (b'data: {"choices":[{"index":"0","delta":{}}]}\n\n', "wire/answer-garbage"),
        (b'data: {"choices":[{"delta":[]}]}\n\n', "wire/answer-garbage"),
        (NAME.replace(b'"now"', b"7"), "wire/answer-garbage"),
        (NAME.replace(b'"index":0,"function"', b'"index":-1,"function"'), "wire/answer-unclear-tool"),
        (NAME.replace(b'"index":0,"function"', b'"index":true,"function"'), "wire/answer-unclear-tool"),
        (NAME.replace(b'"now"', b'""') + DONE, "wire/answer-unclear-tool"),
        (b"data: " + b"x" * 5_000_000, "wire/answer-too-large"),
    ],
)
def test_what_cannot_be_read_raises_whole_or_byte_by_byte(data, code):
    for step in (len(data), 4096 if len(data) > 10_000 else 1):
        with pytest.raises(AnswerError) as refused:
            feed(OpenAIChatDecoder(), data, step)
        assert refused.value.code == code


def test_an_end_without_done_is_truncated():
    decoder = OpenAIChatDecoder()
    assert len(decoder.feed(TEXT)) == 1
    assert not decoder.finished
    with pytest.raises(TruncatedError):
        decoder.close()


def test_what_follows_a_reported_failure_is_dropped():
    decoder = OpenAIChatDecoder()
    events = decoder.feed(TEXT + ERROR + TEXT)
    assert [event.kind for event in events] == [EventKind.DATA, EventKind.ERROR]
    assert decoder.feed(b"<html>") == []
    assert decoder.finished
    assert decoder.close() == []


def test_a_name_is_pending_until_it_is_whole():
    decoder = OpenAIChatDecoder()
    first, between, begin, after, end = decoder.feed(NAME + TEXT + BEGIN + TEXT + FINISH)
    assert (first.kind, first.tools, first.pending) == (EventKind.TOOL_CALL, (), True)
    assert (between.kind, between.pending) == (EventKind.DATA, True)
    assert (begin.tools, begin.pending, begin.calls) == (("now",), True, ())
    assert after.pending
    assert (end.kind, end.pending, end.calls) == (EventKind.TOOL_CALL, False, (ProposedCall("now", "", b"{}"),))


def piece(index: int, **call: object) -> bytes:
    chunk = {"choices": [{"index": 0, "delta": {"tool_calls": [{"index": index, **call}]}}]}
    return b"data: " + json.dumps(chunk).encode() + b"\n\n"


def test_parallel_calls_are_put_together_by_index_and_not_by_order():
    pieces = [
        piece(1, id="b", function={"name": "two", "arguments": '{"n'}),
        piece(0, id="a", type="function", function={"name": "one", "arguments": ""}),
        piece(0, function={"arguments": '{"m":'}),
        piece(1, function={"arguments": '":2}'}),
        piece(0, function={"arguments": "1}"}),
        piece(2, id="c", type="custom", custom={"name": "three", "input": "free "}),
        piece(2, custom={"input": "text"}),
    ]
    events = OpenAIChatDecoder().feed(b"".join(pieces) + DONE)
    assert [event.pending for event in events] == [True] * 7 + [False]
    assert sorted(events[-1].calls) == [
        ProposedCall("one", "a", b'{"m":1}'),
        ProposedCall("three", "c", b'{"input":"free text"}'),
        ProposedCall("two", "b", b'{"n":2}'),
    ]


def test_a_piece_after_its_choice_finished_is_nobodys():
    with pytest.raises(AnswerError) as refused:
        OpenAIChatDecoder().feed(NAME + BEGIN + FINISH + BEGIN)
    assert refused.value.code == "wire/answer-unclear-tool"


def test_a_deprecated_call_and_a_whole_message_are_proposed_too():
    legacy = b'data: {"choices":[{"index":0,"delta":{"function_call":{"name":"old","arguments":"{}"}}}]}\n\n'
    whole = b'data: {"choices":[{"index":1,"message":{"function_call":{"name":"older","arguments":"[]"}}}]}\n\n'
    first, second, end = OpenAIChatDecoder().feed(legacy + whole + DONE)
    assert (first.tools, first.calls) == (("old",), ())
    assert (second.tools, second.calls) == (("older",), (ProposedCall("older", "", b"[]"),))
    assert end.calls == (ProposedCall("old", "", b"{}"),)


def test_a_comment_between_pieces_is_pending_too():
    decoder = OpenAIChatDecoder()
    assert [event.pending for event in decoder.feed(NAME + b": wait\n\n")] == [True, True]


def test_the_end_makes_a_name_whole():
    decoder = OpenAIChatDecoder()
    *_, terminal = decoder.feed(NAME + DONE)
    assert (terminal.kind, terminal.tools, terminal.pending) == (EventKind.TERMINAL, ("now",), False)
    assert decoder.close() == []


def test_events_alike_need_no_parsing_and_stay_the_same():
    decoder = OpenAIChatDecoder()
    other = TEXT.replace(b'"a"', '"é \\n"'.encode())
    events = decoder.feed(TEXT) + decoder.feed(other) + decoder.feed(other + TEXT)
    assert [event.raw for event in events] == [TEXT, other, other, TEXT]
    assert {event.kind for event in events} == {EventKind.DATA}
    with pytest.raises(AnswerError):
        decoder.feed(TEXT.replace(b'"a"', b'"\xff"'))


def test_a_last_event_ended_by_a_lone_cr_comes_with_the_close():
    decoder = OpenAIChatDecoder()
    assert decoder.feed(b"data: [DONE]\r\r") == []
    (terminal,) = decoder.close()
    assert terminal.raw == b"data: [DONE]\r\r"


def chunk(delta, finish=None, index=0):
    choice = {"index": index, "delta": delta, "finish_reason": finish}
    return f"data: {json.dumps({'choices': [choice]})}\n\n".encode()


def test_a_finished_choice_makes_its_own_names_whole_and_no_others():
    decoder = OpenAIChatDecoder()
    events = decoder.feed(
        chunk({"tool_calls": [{"index": 0, "function": {"name": "a"}}]})
        + chunk({"tool_calls": [{"index": 0, "function": {"name": "b"}}]}, index=1)
        + chunk({}, "tool_calls")
        + chunk({}, "tool_calls", 1)
    )
    assert [(event.tools, event.pending) for event in events[2:]] == [(("a",), True), (("b",), False)]
    assert {event.kind for event in events} == {EventKind.TOOL_CALL}


def test_the_deprecated_function_call_is_a_call():
    decoder = OpenAIChatDecoder()
    first, second = decoder.feed(chunk({"function_call": {"name": "a"}}) + chunk({"function_call": {"arguments": "{"}}))
    assert (first.pending, second.tools) == (True, ("a",))


def test_a_whole_message_in_a_chunk_names_its_tools():
    body = {"choices": [{"message": {"tool_calls": [{"type": "function", "function": {"name": "a"}}]}}]}
    (event,) = OpenAIChatDecoder().feed(f"data: {json.dumps(body)}\n\n".encode())
    assert (event.kind, event.tools) == (EventKind.TOOL_CALL, ("a",))


def test_more_of_a_name_after_its_arguments_began_raises():
    decoder = OpenAIChatDecoder()
    decoder.feed(NAME + BEGIN + BEGIN)
    with pytest.raises(AnswerError) as refused:
        decoder.feed(NAME)
    assert refused.value.code == "wire/answer-unclear-tool"
