import json

import pytest

from brightline.domain.call import Claimed, Dialect, Operation, PieceKind, ToolOffer
from brightline.wire.anthropic_messages.request import parse_request
from brightline.wire.errors import RequestError

HELLO = [{"role": "user", "content": "hello"}]


def parse(operation=Operation.GENERATE, headers=None, **fields):
    body = {"model": "chat", "max_tokens": 50, "messages": HELLO, **fields}
    return parse_request(operation, json.dumps(body).encode(), headers or {}, limit=100_000)


def blocks(*found):
    return [{"role": "user", "content": list(found)}]


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({"model": None}, "wire/missing-field", "model"),
        ({"messages": None}, "wire/missing-field", "messages"),
        ({"messages": {}}, "wire/wrong-type", "messages"),
        ({"messages": [1]}, "wire/wrong-type", "messages[]"),
        ({"messages": [{"content": "x"}]}, "wire/missing-field", "messages[].role"),
        ({"messages": [{"role": "user", "content": 1}]}, "wire/wrong-type", "messages[].content"),
        ({"messages": blocks("x")}, "wire/wrong-type", "messages[].content[]"),
        ({"messages": blocks({})}, "wire/missing-field", "messages[].content[].type"),
        ({"system": 1}, "wire/wrong-type", "system"),
        ({"messages": blocks({"type": "image", "source": 1})}, "wire/wrong-type", "messages[].content[].source"),
        ({"tools": [{}]}, "wire/missing-field", "tools[].name"),
        ({"tools": [{"name": "mcp:files"}]}, "wire/bad-name", "tools[].name"),
        ({"tools": [{"name": "a", "type": 1}]}, "wire/wrong-type", "tools[].type"),
        ({"tools": [{"type": "web_search_20250305"}]}, "wire/missing-field", "tools[].name"),
        ({"tools": [{"type": "mcp_toolset"}]}, "wire/missing-field", "tools[].mcp_server_name"),
        ({"tools": [{"type": "advisor_20260301", "name": "advisor", "model": "x"}]}, "wire/names-another-model", None),
        ({"mcp_servers": [{"url": "https://x"}]}, "wire/missing-field", "mcp_servers[].name"),
        ({"fallbacks": [{"model": "x"}]}, "wire/names-another-model", "fallbacks"),
        ({"thread": {"type": "continue", "previous_message_id": "m"}}, "wire/unseen-content", "thread"),
        ({"thread": "continue"}, "wire/wrong-type", "thread"),
        ({"max_tokens": "5"}, "wire/wrong-type", "max_tokens"),
        ({"stream": 0}, "wire/wrong-type", "stream"),
        ({"messages": blocks({"type": "tool_addition"})}, "wire/wrong-type", "messages[].content[].tool"),
    ],
)
def test_what_facts_rest_on_must_be_right(fields, code, field):
    with pytest.raises(RequestError) as refused:
        parse(**fields)
    assert refused.value.code == code
    assert field is None or refused.value.words["field"] == field


def test_a_plain_call():
    call = parse(stream=True, system="be kind", thread={"type": "create"}, unknown=[1])
    assert (call.dialect, call.operation, call.model) == (Dialect.ANTHROPIC_MESSAGES, Operation.GENERATE, "chat")
    assert call.stream
    assert (call.tools, call.message_count, call.max_output_tokens, call.claimed) == ((), 1, 50, Claimed())
    assert call.modalities == {"text"}
    assert not call.remote_urls


def test_a_count_is_never_streamed():
    call = parse(Operation.COUNT_TOKENS, stream=True)
    assert (call.operation, call.stream) == (Operation.COUNT_TOKENS, False)


def test_every_tool_counts():
    call = parse(
        tools=[
            {"name": "get_weather", "input_schema": {}},
            {"type": "custom", "name": "shell", "input_schema": {}},
            {"type": "web_search_20260318", "name": "web_search"},
            {"type": "code_execution_20250522", "name": "code_execution"},
            {"type": "browser_toolset_20260801"},
            {"type": "mcp_toolset", "mcp_server_name": "files"},
        ],
        mcp_servers=[
            {"type": "url", "name": "files", "url": "https://x"},
            {"type": "url", "name": "mail", "url": "https://y"},
        ],
    )
    assert call.tools == (
        ToolOffer("get_weather"),
        ToolOffer("shell"),
        ToolOffer("web_search", "web_search_20260318"),
        ToolOffer("code_execution", "code_execution_20250522"),
        ToolOffer("browser", "browser_toolset_20260801"),
        ToolOffer("mcp:files", "mcp_toolset"),
        ToolOffer("mcp:mail", "mcp_server"),
    )
    assert call.remote_urls


def test_code_execution_brings_its_parts():
    call = parse(tools=[{"type": "code_execution_20250825", "name": "code_execution"}])
    assert [tool.name for tool in call.tools] == [
        "code_execution",
        "bash_code_execution",
        "text_editor_code_execution",
    ]


def test_a_tool_added_on_the_way_counts():
    definition = {"type": "tool_definition", "definition": {"name": "late", "input_schema": {}}}
    reference = {"type": "tool_reference", "name": "known"}
    call = parse(
        messages=blocks(
            {"type": "tool_addition", "tool": definition},
            {"type": "tool_addition", "tool": reference},
            {"type": "tool_removal", "tool": reference},
        )
    )
    assert call.tools == (ToolOffer("late"),)


IMAGE = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AA"}}
IMAGE_LINK = {"type": "image", "source": {"type": "url", "url": "https://x"}}


@pytest.mark.parametrize(
    ("block", "modality", "remote"),
    [
        ({"type": "text", "text": "https://x"}, "text", False),
        ({"type": "thinking", "thinking": "x", "signature": "y"}, "text", False),
        (IMAGE, "image", False),
        (IMAGE_LINK, "image", True),
        ({"type": "image"}, "image", False),
        ({"type": "document", "source": {"type": "file", "file_id": "f"}}, "document", False),
        ({"type": "document", "source": {"type": "url", "url": "https://x"}}, "document", True),
        ({"type": "document", "source": {"type": "carrier_pigeon"}}, "document", True),
        ({"type": "document", "source": {"type": "content", "content": "plain"}}, "document", False),
        ({"type": "container_upload", "file_id": "f"}, "document", False),
        ({"type": "tool_result", "tool_use_id": "t", "content": "x"}, "text", False),
        ({"type": "tool_result", "tool_use_id": "t"}, "text", False),
        ({"type": "tool_result", "tool_use_id": "t", "content": [IMAGE]}, "image", False),
        ({"type": "mcp_tool_result", "tool_use_id": "t", "content": [IMAGE_LINK]}, "image", True),
        ({"type": "web_search_tool_result", "content": [{"url": "https://x"}]}, "text", False),
        ({"type": "hologram", "where": "https://x"}, "unknown", True),
        ({"type": "hologram"}, "unknown", False),
    ],
)
def test_kinds_of_content_and_links(block, modality, remote):
    call = parse(messages=blocks({"type": "text", "text": "x"}, block))
    assert call.modalities == {"text", modality}
    assert call.remote_urls is remote


def test_a_document_may_hold_images():
    document = {"type": "document", "source": {"type": "content", "content": [IMAGE_LINK]}}
    call = parse(messages=blocks(document), system=[{"type": "text", "text": "x"}])
    assert call.modalities == {"text", "document", "image"}
    assert call.remote_urls


def test_claims_come_from_header_and_metadata():
    call = parse(headers={"brightline-authority": "order 7"}, metadata={"user_id": "u", "brightline_mission": "m"})
    assert call.claimed == Claimed("m", None, "order 7")


def pieces(*messages, **fields):
    return [tuple(piece) for piece in parse(messages=list(messages), **fields).pieces]


def test_every_piece_of_content_is_there_in_order():
    text = {"type": "document", "source": {"type": "text", "data": "a report"}}
    inner = {"type": "document", "source": {"type": "content", "content": [{"type": "text", "text": "inside"}]}}
    found = pieces(
        {"role": "user", "content": "who"},
        {
            "role": "assistant",
            "content": [
                {"type": "thinking", "thinking": "hm", "signature": "s"},
                {"type": "redacted_thinking", "data": "AAAA"},
                {"type": "tool_use", "id": "c1", "name": "find", "input": {"q": 1}},
            ],
        },
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "c1", "content": "rows"}]},
        {
            "role": "user",
            "content": [{"type": "tool_result", "tool_use_id": "c1", "content": [{"type": "text", "text": "more"}]}],
        },
        {"role": "user", "content": [text, inner, {"type": "image", "source": {"type": "base64", "data": "BBBB"}}]},
        {"role": "user", "content": [{"type": "search_result", "content": [{"type": "text", "text": "found"}]}]},
        {"role": "user", "content": [{"type": "web_search_tool_result", "content": [{"title": "t"}]}]},
        {"role": "user", "content": [{"type": "mystery", "data": "CCCC"}, {"type": "text", "text": ""}]},
        system="be brief",
    )
    assert found == [
        (PieceKind.TEXT, "be brief", "", ""),
        (PieceKind.TEXT, "who", "", ""),
        (PieceKind.TEXT, '{"thinking":"hm"}', "", ""),
        (PieceKind.OPAQUE, '{"type":"redacted_thinking","data":"AAAA"}', "", ""),
        (PieceKind.ARGUMENTS, '{"q":1}', "find", "c1"),
        (PieceKind.RESULT, "rows", "find", "c1"),
        (PieceKind.RESULT, "more", "find", "c1"),
        (PieceKind.TEXT, "a report", "", ""),
        (PieceKind.TEXT, "inside", "", ""),
        (PieceKind.OPAQUE, '{"type":"image","source":{"type":"base64","data":"BBBB"}}', "", ""),
        (PieceKind.TEXT, "found", "", ""),
        (PieceKind.TEXT, '[{"title":"t"}]', "", ""),
        (PieceKind.OPAQUE, '{"type":"mystery","data":"CCCC"}', "", ""),
    ]


def test_words_outside_of_messages_are_a_piece_too():
    assert pieces({"role": "user", "content": "hi"}, stop_sequences=["ann@x.example"]) == [
        (PieceKind.TEXT, "hi", "", ""),
        (PieceKind.BESIDE, '{"stop_sequences":["ann@x.example"]}', "", ""),
    ]
