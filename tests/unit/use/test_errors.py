"""What describing a use refuses."""

from brightline.use import CountError


def test_a_count_that_nobody_can_read_refuses_with_the_next_step():
    error = CountError("use/unreadable-count", most=500)
    assert (error.status, "500" in error.message, bool(error.hint)) == (403, True, True)
