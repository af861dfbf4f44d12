import json

import pytest

from brightline.domain.event import EventKind, ProposedCall
from brightline.wire.anthropic_messages.stream import AnthropicMessagesDecoder
from brightline.wire.errors import AnswerError, TruncatedError


def event(kind: str, rest: str = "") -> bytes:
    return f'event: {kind}\ndata: {{"type":"{kind}"{rest}}}\n\n'.encode()


# The many shapes of streams are vectors, read in tests/properties/test_wire_streams.py; here are the states.
TEXT = event("content_block_delta", ',"index":0,"delta":{"type":"text_delta","text":"a"}')
TOOL = event("content_block_start", ',"index":1,"content_block":{"type":"tool_use","name":"now","id":"t","input":{}}')
JSON_DELTA = event("content_block_delta", ',"index":1,"delta":{"type":"input_json_delta","partial_json":"{}"}')
ERROR = event("error", ',"error":{"type":"api_error","message":"x"}')
BLOCK_STOP = event("content_block_stop", ',"index":1')
STOP = event("message_stop")


def feed(decoder: AnthropicMessagesDecoder, data: bytes, step: int) -> None:
    for start in range(0, len(data), step):
        decoder.feed(data[start : start + step])


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (STOP + b"\n", "wire/answer-after-end"),
        (STOP + b"e", "wire/answer-after-end"),
        (STOP + STOP, "wire/answer-after-end"),
        (event("message_start"), "wire/answer-garbage"),
        (event("message_start", ',"message":{"content":"x"}'), "wire/answer-garbage"),
        (event("content_block_start", ',"index":0'), "wire/answer-garbage"),
        (event("content_block_start", ',"content_block":{"type":"text","text":""}'), "wire/answer-garbage"),
        (event("content_block_start", ',"index":0,"content_block":{"text":""}'), "wire/answer-garbage"),
        (event("content_block_delta", ',"index":0'), "wire/answer-garbage"),
        (event("content_block_delta", ',"index":"0","delta":{}'), "wire/answer-garbage"),
        (b"event: ping\n\n", "wire/answer-garbage"),
        (event("robot"), "wire/answer-unknown-event"),
        (JSON_DELTA, "wire/answer-unclear-tool"),
        (b'event: x\ndata: {"type":7}\n\n', "wire/answer-garbage"),
        (TOOL + STOP, "wire/answer-unclear-tool"),
        (TOOL + TOOL, "wire/answer-unclear-tool"),
        (TOOL + BLOCK_STOP + JSON_DELTA, "wire/answer-unclear-tool"),
        (TOOL.replace(b'"input":{}', b'"input":{"x":1}') + JSON_DELTA, "wire/answer-unclear-tool"),
        (TOOL + JSON_DELTA.replace(b'"{}"', b"7"), "wire/answer-garbage"),
        (event("content_block_stop", ',"index":"1"'), "wire/answer-garbage"),
    ],
)
def test_what_cannot_be_read_raises_whole_or_byte_by_byte(data, code):
    for step in (len(data), 1):
        with pytest.raises(AnswerError) as refused:
            feed(AnthropicMessagesDecoder(), data, step)
        assert refused.value.code == code


def test_an_end_without_message_stop_is_truncated():
    decoder = AnthropicMessagesDecoder()
    decoder.feed(TEXT)
    assert not decoder.finished
    with pytest.raises(TruncatedError):
        decoder.close()


def test_what_follows_a_reported_failure_is_dropped():
    decoder = AnthropicMessagesDecoder()
    assert [found.kind for found in decoder.feed(TEXT + ERROR + TEXT)] == [EventKind.DATA, EventKind.ERROR]
    assert decoder.feed(b"<html>") == []
    assert decoder.finished
    assert decoder.close() == []


def test_a_tool_is_named_by_the_start_of_its_block():
    decoder = AnthropicMessagesDecoder()
    start, delta, stop, end = decoder.feed(TOOL + JSON_DELTA + BLOCK_STOP + STOP)
    assert (start.kind, start.tools, start.pending) == (EventKind.TOOL_CALL, ("now",), True)
    assert (delta.kind, delta.tools, delta.pending) == (EventKind.TOOL_CALL, (), True)
    assert (stop.kind, stop.pending, stop.calls) == (EventKind.TOOL_CALL, False, (ProposedCall("now", "t", b"{}"),))
    assert end.kind is EventKind.TERMINAL
    assert decoder.close() == []


def begin(index: int, block: dict[str, object]) -> bytes:
    return event("content_block_start", f',"index":{index},"content_block":{json.dumps(block)}')


def test_interleaved_blocks_are_put_together_by_index():
    def delta(index: int, text: str) -> bytes:
        piece = json.dumps({"type": "input_json_delta", "partial_json": text})
        return event("content_block_delta", f',"index":{index},"delta":{piece}')

    use = {"type": "tool_use", "input": {}}
    pieces = [begin(1, {**use, "name": "one", "id": "a"}), begin(2, {**use, "name": "two", "id": "b"})]
    pieces += [delta(2, '{"n"'), TEXT, delta(1, '{"m":1}'), delta(2, ":2}")]
    pieces += [event("content_block_stop", ',"index":2'), event("ping"), event("content_block_stop", ',"index":1')]
    events = AnthropicMessagesDecoder().feed(b"".join(pieces) + STOP)
    assert [found.pending for found in events] == [True] * 8 + [False, False]
    assert [call for found in events for call in found.calls] == [
        ProposedCall("two", "b", b'{"n":2}'),
        ProposedCall("one", "a", b'{"m":1}'),
    ]


def test_what_the_provider_runs_proposes_nothing():
    search = begin(1, {"type": "server_tool_use", "name": "now", "id": "s", "input": {}})
    events = AnthropicMessagesDecoder().feed(search + JSON_DELTA + BLOCK_STOP + STOP)
    assert [found.kind for found in events[:3]] == [EventKind.TOOL_CALL, EventKind.TOOL_CALL, EventKind.DATA]
    assert not any(found.pending or found.calls for found in events)


def test_calls_in_the_start_of_a_message_are_proposed():
    content = '{"content":[{"type":"tool_use","name":"now","id":"t","input":{"x":1}}]}'
    (start,) = AnthropicMessagesDecoder().feed(event("message_start", f',"message":{content}'))
    assert start.calls == (ProposedCall("now", "t", b'{"x":1}'),)


def test_events_alike_need_no_parsing_and_stay_the_same():
    decoder = AnthropicMessagesDecoder()
    other = TEXT.replace(b'"a"', '"é \\n"'.encode())
    events = decoder.feed(TEXT) + decoder.feed(other) + decoder.feed(other + TEXT)
    assert [found.raw for found in events] == [TEXT, other, other, TEXT]
    with pytest.raises(AnswerError):
        decoder.feed(TEXT.replace(b'"a"', b'"\xff"'))


def test_a_message_start_without_content_and_a_comment_are_data():
    decoder = AnthropicMessagesDecoder()
    text = event("content_block_start", ',"index":0,"content_block":{"type":"text","text":""}')
    events = decoder.feed(event("message_start", ',"message":{}') + b": note\n\n" + event("ping") + text)
    assert {found.kind for found in events} == {EventKind.DATA}
