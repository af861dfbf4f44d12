import pytest

from brightline.domain.event import ProposedCall
from brightline.screening import ScreeningError, read_arguments
from brightline.screening.arguments import MAX_ARGUMENT_BYTES

LARGE = b'{"a":"' + b"x" * MAX_ARGUMENT_BYTES + b'"}'


@pytest.mark.parametrize(
    "text",
    [b"", b"null", b"[]", b'{"a":1', b'{"a":1}{', b'{"a":1,"a":1}', b'{"a":"\\ud800"}', b'{"a":1e400}', b"\xff", LARGE],
)
def test_what_is_not_one_whole_object_is_refused_by_the_name_of_its_tool(text):
    with pytest.raises(ScreeningError) as refused:
        read_arguments(ProposedCall("set_valve", "c", text))
    assert refused.value.code == "screening/bad-arguments"
    assert "set_valve" in refused.value.message


def test_an_object_is_read():
    assert read_arguments(ProposedCall("a", "c", b' {"x": [1.0, "\\u00e9"]} ')) == {"x": [1, "é"]}


def test_the_member_of_a_toolset_is_bound_and_cannot_be_talked_over():
    assert read_arguments(ProposedCall("a", "c", b'{"x":1}', "click")) == {"input": {"x": 1}, "tool": "click"}
    with pytest.raises(ScreeningError):
        read_arguments(ProposedCall("a", "c", b'1},"tool":"other","z":{"x":1', "click"))
