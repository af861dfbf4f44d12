import pytest

from brightline.domain.event import ProposedCall
from brightline.wire.anthropic_messages.called import called_in, called_tool, proposed_of
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
        ({"type": "tool_use", "name": "a", "id": 1}, "wire/answer-unclear-tool"),
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
        {"type": "tool_use", "name": "a", "id": "t1", "input": {"x": 1}},
        {"type": "tool_use", "name": "left_click", "toolset_name": "browser", "id": "t2"},
        {"type": "server_tool_use", "name": "web_search"},
        {"type": "mcp_tool_use", "name": "read", "server_name": "files"},
        {"type": "web_search_tool_result"},
        {"type": "thinking"},
    ]
    called = called_in(content)
    assert [call.tool for call in called] == ["a", "browser", "web_search", "mcp:files"]
    assert proposed_of(called) == (
        ProposedCall("a", "t1", b'{"x":1}'),
        ProposedCall("browser", "t2", b"null", "left_click"),
    )


def test_pieces_of_arguments_stand_for_what_the_block_began_with():
    called = called_tool({"type": "tool_use", "name": "a", "id": "t1", "input": {}})
    assert called is not None
    assert called.whole(['{"x"', ":1}"]) == ProposedCall("a", "t1", b'{"x":1}')
    assert called.whole([]) == called.whole([""]) == ProposedCall("a", "t1", b"{}")
