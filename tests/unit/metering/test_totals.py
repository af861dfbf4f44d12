"""Sums by parts, read back strictly."""

import pytest

from brightline.metering.errors import MeterStateError
from brightline.metering.totals import Totals


def test_a_sum_slides() -> None:
    made = Totals()
    made.add(5, 1)
    made.add(7, 2)
    made.add(-2, 1)
    made.add(0, 3)
    assert made.live == 10
    made.advance(2)
    made.advance(1)
    made.add(9, 1)
    assert made.live == 7
    assert Totals.decode(made.encode()).live == 7


@pytest.mark.parametrize(
    "bend", [lambda data: data[:2], lambda data: data + b"x", lambda data: data[:4] + data[16:] + data[4:16]]
)
def test_what_was_bent_is_not_read(bend: object) -> None:
    made = Totals()
    made.add(5, 1)
    made.add(7, 2)
    with pytest.raises(MeterStateError):
        Totals.decode(bend(made.encode()))  # type: ignore[operator]
