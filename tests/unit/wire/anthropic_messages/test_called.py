import pytest

from brightline.wire.anthropic_messages.called import called_in, called_tool
from brightline.wire.errors import AnswerError


@pytest.mark.parametrize(
    ("block", "code"),
    [
        (None, "wire/answer-garbage"),
        ({}, "wire/answer-garbage"),
        ({"type": 1}, "wire/answer-garbage"),
        ({"type": "fallback"}, "wire/answer-unknown-event"),
        ({"type": "robot_tool_use", "name": "a"}, "wire/answer-unknown-event"),
        ({"type": "tool_use"}, "wire/answer-unclear-tool"),
        ({"type": "tool_use", "name": ""}, "wire/answer-unclear-tool"),
        ({"type": "tool_use", "name": "a", "toolset_name": 1}, "wire/answer-unclear-tool"),
        ({"type": "mcp_tool_use", "name": "a"}, "wire/answer-unclear-tool"),
        ({"type": "mcp_tool_use", "server_name": "a"}, "wire/answer-unclear-tool"),
    ],
)
def test_a_block_that_might_call_anything_raises(block, code):
    with pytest.raises(AnswerError) as refused:
        called_tool(block)
    assert refused.value.code == code


def test_content_that_is_no_array_raises():
    with pytest.raises(AnswerError):
        called_in(None)


def test_callers_are_named_as_they_were_offered():
    content = [
        {"type": "text", "text": "x"},
        {"type": "tool_use", "name": "a"},
        {"type": "tool_use", "name": "left_click", "toolset_name": "browser"},
        {"type": "server_tool_use", "name": "web_search"},
        {"type": "mcp_tool_use", "name": "read", "server_name": "files"},
        {"type": "web_search_tool_result"},
        {"type": "thinking"},
    ]
    assert called_in(content) == ["a", "browser", "web_search", "mcp:files"]
