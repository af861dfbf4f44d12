import pytest

from brightline.wire.errors import AnswerError
from brightline.wire.openai_chat.called import called_function, garbage, names_in_message, objects, optional_object


@pytest.mark.parametrize("value", [{}, "x", 1, [1], [{}, None]])
def test_what_is_no_array_of_objects_raises(value):
    with pytest.raises(AnswerError):
        objects(value)


def test_what_is_no_object_raises():
    with pytest.raises(AnswerError):
        optional_object([])
    with pytest.raises(AnswerError):
        called_function({"type": "robot"})


def test_absent_is_nothing():
    assert objects(None) == []
    assert optional_object(None) is None
    assert called_function({}) is None
    assert list(names_in_message({})) == []
    assert garbage().code == "wire/answer-garbage"


def test_function_and_custom_are_named():
    assert called_function({"function": {"name": "a"}}) == {"name": "a"}
    assert called_function({"type": "custom", "custom": {"name": "b"}}) == {"name": "b"}
