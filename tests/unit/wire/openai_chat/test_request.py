import json

import pytest

from brightline.domain.call import Claimed, Dialect, Operation, PieceKind, ToolOffer
from brightline.wire.errors import RequestError
from brightline.wire.openai_chat.request import parse_request

HELLO = [{"role": "user", "content": "hello"}]


def parse(headers=None, **fields):
    body = {"model": "chat", "messages": HELLO, **fields}
    return parse_request(json.dumps(body).encode(), headers or {}, limit=100_000)


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({"model": None}, "wire/missing-field", "model"),
        ({"model": 7}, "wire/wrong-type", "model"),
        ({"messages": None}, "wire/missing-field", "messages"),
        ({"messages": "hi"}, "wire/wrong-type", "messages"),
        ({"messages": ["hi"]}, "wire/wrong-type", "messages[]"),
        ({"messages": [{"content": "x"}]}, "wire/missing-field", "messages[].role"),
        ({"messages": [{"role": "user", "content": 1}]}, "wire/wrong-type", "messages[].content"),
        ({"messages": [{"role": "user", "content": [1]}]}, "wire/wrong-type", "messages[].content[]"),
        ({"messages": [{"role": "user", "content": [{}]}]}, "wire/missing-field", "messages[].content[].type"),
        ({"stream": "yes"}, "wire/wrong-type", "stream"),
        ({"tools": {}}, "wire/wrong-type", "tools"),
        ({"tools": [1]}, "wire/wrong-type", "tools[]"),
        ({"tools": [{"function": {"name": "a"}}]}, "wire/missing-field", "tools[].type"),
        ({"tools": [{"type": "function"}]}, "wire/wrong-type", "tools[].function"),
        ({"tools": [{"type": "function", "function": {}}]}, "wire/missing-field", "tools[].function.name"),
        ({"tools": [{"type": "function", "function": {"name": "a b"}}]}, "wire/bad-name", "tools[].function.name"),
        ({"tools": [{"type": "mcp:x"}]}, "wire/bad-name", "tools[].type"),
        ({"tools": [{"type": "search", "name": ""}]}, "wire/bad-name", "tools[].name"),
        ({"tools": [{"type": "advisor", "model": "other"}]}, "wire/names-another-model", "tools[].model"),
        ({"functions": [{}]}, "wire/missing-field", "functions[].name"),
        ({"models": ["a"]}, "wire/names-another-model", "models"),
        ({"fallbacks": ["a"]}, "wire/names-another-model", "fallbacks"),
        ({"max_tokens": "9"}, "wire/wrong-type", "max_tokens"),
        ({"max_completion_tokens": 1.5}, "wire/wrong-type", "max_completion_tokens"),
        ({"modalities": "text"}, "wire/wrong-type", "modalities"),
        ({"metadata": []}, "wire/wrong-type", "metadata"),
    ],
)
def test_what_facts_rest_on_must_be_right(fields, code, field):
    with pytest.raises(RequestError) as refused:
        parse(**fields)
    assert (refused.value.code, refused.value.words["field"]) == (code, field)


def test_a_missing_image_refuses():
    with pytest.raises(RequestError):
        parse(messages=[{"role": "user", "content": [{"type": "image_url"}]}])


def test_a_plain_call():
    call = parse(stream=True, n=3, stream_options={"include_usage": True}, unknown={"x": 1})
    assert (call.dialect, call.operation, call.model) == (Dialect.OPENAI_CHAT, Operation.GENERATE, "chat")
    assert call.stream
    assert call.modalities == {"text"}
    assert not call.remote_urls
    assert (call.tools, call.message_count, call.max_output_tokens, call.claimed) == ((), 1, None, Claimed())
    assert json.loads(call.body)["n"] == 3
    assert "hello" not in repr(call)


def test_every_tool_counts():
    call = parse(
        tools=[
            {"type": "function", "function": {"name": "get_weather"}},
            {"type": "custom", "custom": {"name": "shell"}},
            {"type": "browser_search"},
            {"type": "mcp", "name": "files"},
        ],
        functions=[{"name": "old"}],
        web_search_options={},
    )
    assert call.tools == (
        ToolOffer("get_weather"),
        ToolOffer("shell"),
        ToolOffer("browser_search", "browser_search"),
        ToolOffer("files", "mcp"),
        ToolOffer("old"),
        ToolOffer("web_search", "web_search_options"),
    )


@pytest.mark.parametrize(
    ("part", "modality", "remote"),
    [
        ({"type": "text", "text": "https://x"}, "text", False),
        ({"type": "refusal", "refusal": "no"}, "text", False),
        ({"type": "image_url", "image_url": {"url": "data:image/png;base64,AA"}}, "image", False),
        ({"type": "image_url", "image_url": {"url": "https://x/y.png"}}, "image", True),
        ({"type": "image_url", "image_url": "file:///etc/passwd"}, "image", True),
        ({"type": "input_audio", "input_audio": {"data": "AA", "format": "wav"}}, "audio", False),
        ({"type": "input_audio", "input_audio": {"url": "https://x"}}, "audio", True),
        ({"type": "file", "file": {"file_id": "f1"}}, "document", False),
        ({"type": "file", "file": {"file_data": "https://x/y.pdf"}}, "document", True),
        ({"type": "video_url", "video_url": {"url": "https://x"}}, "unknown", True),
        ({"type": "hologram"}, "unknown", False),
    ],
)
def test_kinds_of_content_and_links(part, modality, remote):
    call = parse(messages=[*HELLO, {"role": "user", "content": [part]}])
    assert call.modalities == {"text", modality}
    assert call.remote_urls is remote
    assert call.message_count == 2


def test_kinds_of_content_asked_for():
    assert parse(modalities=["text", "audio"]).modalities == {"text", "audio"}
    assert parse(modalities=["smell"]).modalities == {"text", "unknown"}
    messages = [{"role": "assistant", "content": None, "audio": {"id": "a"}}]
    assert parse(messages=messages).modalities == {"text", "audio"}


@pytest.mark.parametrize(
    ("old", "new", "limit"), [(None, None, None), (5, None, 5), (None, 7, 7), (5, 7, 7), (0, None, 0), (-1, 7, 7)]
)
def test_the_larger_limit_holds(old, new, limit):
    assert parse(max_tokens=old, max_completion_tokens=new).max_output_tokens == limit


def test_claims_come_from_header_and_metadata():
    call = parse({"brightline-mission": "m"}, metadata={"brightline_purpose": "p", "other": "x"})
    assert call.claimed == Claimed("m", "p")


def pieces(*messages, **fields):
    return [tuple(piece) for piece in parse(messages=list(messages), **fields).pieces]


def test_every_piece_of_content_is_there_in_order():
    called = {"id": "c1", "function": {"name": "find", "arguments": '{"q":1}'}}
    custom = {"id": "c2", "custom": {"name": "note", "input": "words"}}
    legacy = {"role": "assistant", "content": None, "function_call": {"name": "old", "arguments": {"a": 1}}}
    found = pieces(
        {"role": "system", "content": "be brief"},
        {"role": "user", "name": "Ann", "content": [{"type": "text", "text": "who"}, {"type": "text", "text": ""}]},
        {"role": "assistant", "content": None, "tool_calls": [called, custom, {"id": "c3"}]},
        {"role": "tool", "tool_call_id": "c1", "content": [{"type": "text", "text": "rows"}]},
        legacy,
        {"role": "function", "name": "old", "content": "gave"},
        {"role": "user", "content": [{"type": "refusal", "refusal": "no"}], "audio": {"id": "a"}},
        {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}]},
    )
    assert found == [
        (PieceKind.TEXT, "be brief", "", ""),
        (PieceKind.TEXT, "who", "", ""),
        (PieceKind.TEXT, '{"name":"Ann"}', "", ""),
        (PieceKind.ARGUMENTS, '{"q":1}', "find", "c1"),
        (PieceKind.ARGUMENTS, "words", "note", "c2"),
        (PieceKind.RESULT, "rows", "find", "c1"),
        (PieceKind.ARGUMENTS, '{"a":1}', "old", ""),
        (PieceKind.RESULT, "gave", "old", ""),
        (PieceKind.TEXT, '{"name":"old"}', "", ""),
        (PieceKind.TEXT, "no", "", ""),
        (PieceKind.OPAQUE, "", "", ""),
        (PieceKind.OPAQUE, '{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}', "", ""),
    ]


def test_words_outside_of_messages_are_a_piece_too():
    assert pieces({"role": "user", "content": "hi"}, user="ann@x.example", seed=3) == [
        (PieceKind.TEXT, "hi", "", ""),
        (PieceKind.BESIDE, '{"user":"ann@x.example"}', "", ""),
    ]
    assert "hi" not in repr(parse().pieces)
