import pytest

from brightline.domain.event import ProposedCall
from brightline.wire.errors import AnswerError
from brightline.wire.openai_chat.called import (
    GrowingCall,
    called_part,
    calls_in_message,
    garbage,
    objects,
    optional_object,
    optional_text,
)


@pytest.mark.parametrize("value", [{}, "x", 1, [1], [{}, None]])
def test_what_is_no_array_of_objects_raises(value):
    with pytest.raises(AnswerError):
        objects(value)


def test_what_is_no_object_or_text_raises():
    with pytest.raises(AnswerError):
        optional_object([])
    with pytest.raises(AnswerError):
        optional_text({"id": 1}, "id")


@pytest.mark.parametrize(
    "call",
    [
        {"type": "robot"},
        {"function": {}, "custom": {}},
        {"type": "function", "custom": {"name": "a"}},
        {"type": "custom", "function": {"name": "a"}},
    ],
)
def test_a_call_of_a_kind_nobody_knows_raises(call):
    with pytest.raises(AnswerError) as refused:
        called_part(call)
    assert refused.value.code == "wire/answer-unclear-tool"


def test_absent_is_nothing():
    assert objects(None) == []
    assert optional_object(None) is None
    assert optional_text({"id": None}, "id") == ""
    assert called_part({}) == (None, False)
    assert list(calls_in_message({})) == []
    assert garbage().code == "wire/answer-garbage"


def test_function_and_custom_are_told_apart():
    assert called_part({"function": {"name": "a"}}) == ({"name": "a"}, False)
    assert called_part({"type": "custom", "custom": {"name": "b"}}) == ({"name": "b"}, True)


def test_a_message_proposes_its_calls_in_its_order():
    message = {
        "tool_calls": [
            {"id": "c1", "type": "function", "function": {"name": "a", "arguments": '{"x":1}'}},
            {"id": "c2", "type": "custom", "custom": {"name": "b", "input": 'say "no"'}},
        ],
        "function_call": {"name": "old", "arguments": "{}"},
    }
    assert list(calls_in_message(message)) == [
        ProposedCall("a", "c1", b'{"x":1}'),
        ProposedCall("b", "c2", b'{"input":"say \\"no\\""}'),
        ProposedCall("old", "", b"{}"),
    ]


@pytest.mark.parametrize(
    "call",
    [
        {"function": {"arguments": "{}"}},
        {"function": {"name": "a", "input": "x"}},
        {"custom": {"name": "a", "arguments": "{}"}},
        {"function": {"name": "a", "arguments": "{}", "input": "x"}},
        {"id": "c"},
    ],
)
def test_a_whole_call_that_can_be_read_as_two_raises(call):
    with pytest.raises(AnswerError) as refused:
        list(calls_in_message({"tool_calls": [call]}))
    assert refused.value.code == "wire/answer-unclear-tool"


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (({"id": "c"}, {"name": "a"}, False), ({"id": "d"}, {}, False)),
        (({}, {"name": "a"}, False), ({}, {"input": "x"}, True)),
        (({}, {"name": "a", "arguments": "{"}, False), ({}, {"name": "b"}, False)),
    ],
)
def test_a_later_piece_that_says_otherwise_raises(first, then):
    growing = GrowingCall()
    growing.grow(first[0], first[1], custom=first[2])
    with pytest.raises(AnswerError):
        growing.grow(then[0], then[1], custom=then[2])


def test_pieces_are_joined_and_a_repeated_id_is_one():
    growing = GrowingCall()
    assert not growing.grow({"id": "c"}, {"name": "set_"}, custom=False)
    assert growing.grow({"id": "c"}, {"name": "valve", "arguments": "{"}, custom=None)
    assert not growing.grow({}, {"arguments": "}"}, custom=False)
    assert growing.proposed() == ProposedCall("set_valve", "c", b"{}")
