"""What a machine says itself is an error of its own, with its words in the message."""

from brightline.oversight.errors import EffectorError, NotDoneError


def test_what_was_not_done_says_why() -> None:
    error = NotDoneError("the interlock is closed")
    assert isinstance(error, EffectorError)
    assert (error.code, error.message) == ("effector/not-done", "nothing was done: the interlock is closed")
