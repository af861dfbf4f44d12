"""Sums of acts, tokens and money, with what is reserved."""

import pytest

from brightline.domain.metering import MeterRule, Tally
from brightline.metering.sum_window import SumWindow
from tests.unit.metering.rig import ACTS, HOUR_MS, MONEY, TOKENS

TALLY = Tally(effects={"read": 2, "write": 5}, tokens=11, money=7)


@pytest.mark.parametrize(("rule", "amount"), [(ACTS, 2), (TOKENS, 11), (MONEY, 7)])
def test_each_measure_adds_its_own(rule: MeterRule, amount: int) -> None:
    window = SumWindow(rule, b"k" * 16)
    assert window.reserve(TALLY) == amount
    assert window.reading == amount
    window.take(TALLY, position=0, time_ms=HOUR_MS)
    window.give_back(TALLY, amount)
    assert window.reading == amount
    again = SumWindow(rule, b"k" * 16)
    again.decode(window.encode())
    assert (again.reading, again.upto) == (amount, 1)
    assert again.kept_bytes > 0
