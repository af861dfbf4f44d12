import pytest

from brightline.identity.errors import TooManyFailuresError
from brightline.identity.limiter import FailureLimit, UnauthenticatedLimiter


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_refuses_after_the_burst_and_answers_again_after_the_wait() -> None:
    clock = Clock()
    limiter = UnauthenticatedLimiter(clock=clock, limit=FailureLimit(burst=3, seconds_per_failure=2.0))
    for _ in range(3):
        limiter.check("192.0.2.1")
        limiter.failed("192.0.2.1")
    with pytest.raises(TooManyFailuresError) as caught:
        limiter.check("192.0.2.1")
    assert caught.value.status == 429
    assert caught.value.hint.startswith("wait 2 seconds")
    limiter.check("192.0.2.2")
    clock.now += 2.0
    limiter.check("192.0.2.1")
    limiter.failed("192.0.2.1")
    with pytest.raises(TooManyFailuresError):
        limiter.check("192.0.2.1")


def test_going_on_failing_does_not_lengthen_the_wait_without_end() -> None:
    clock = Clock()
    limiter = UnauthenticatedLimiter(clock=clock, limit=FailureLimit(burst=3, seconds_per_failure=2.0))
    for _ in range(1000):
        limiter.failed("192.0.2.1")
    clock.now += 2.0
    limiter.check("192.0.2.1")


def test_a_rested_address_has_its_whole_burst_again() -> None:
    clock = Clock()
    limiter = UnauthenticatedLimiter(clock=clock, limit=FailureLimit(burst=2, seconds_per_failure=1.0))
    limiter.failed("192.0.2.1")
    limiter.failed("192.0.2.1")
    clock.now += 1000
    limiter.failed("192.0.2.1")
    limiter.check("192.0.2.1")


def test_memory_is_bounded() -> None:
    limiter = UnauthenticatedLimiter(clock=Clock(), limit=FailureLimit(addresses=10))
    for number in range(1000):
        limiter.failed(f"192.0.2.{number}")
    assert len(limiter) == 10


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("fe80::1%eth0", "fe80::2%eth0", True),
        ("not:an:address", "not:an:address", True),
        ("192.0.2.1", "192.0.2.2", False),
    ],
)
def test_an_ipv6_subscriber_is_one_caller(one: str, other: str, *, same: bool) -> None:
    limiter = UnauthenticatedLimiter(clock=Clock(), limit=FailureLimit(burst=1))
    limiter.failed(one)
    if same:
        with pytest.raises(TooManyFailuresError):
            limiter.check(other)
    else:
        limiter.check(other)
