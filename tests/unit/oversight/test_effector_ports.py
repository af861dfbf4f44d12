"""What goes into the check: arguments by value, whichever way they are given."""

import pytest

from brightline.domain.sign_off.errors import SignOffError
from brightline.oversight.effector_ports import Action


def test_arguments_have_one_form() -> None:
    assert Action("t", b' {"b": 1.0, "a": "x"} ').canonical_arguments() == b'{"a":"x","b":1}'
    assert Action("t", {"b": 1, "a": "x"}).canonical_arguments() == b'{"a":"x","b":1}'


@pytest.mark.parametrize("given", [b"{", b'{"a":1,"a":1}', b"\xff", b'{"a":1e400}'])
def test_arguments_that_can_be_read_in_two_ways_are_none(given: bytes) -> None:
    with pytest.raises(SignOffError):
        Action("t", given).canonical_arguments()
