"""Each way of evading is counted in full by the gateway's own reader."""

import pytest

from tests.benchmarks.surveillance import Reader, undercount
from tests.benchmarks.surveillance_ways import UNSEEN, WAYS


@pytest.mark.parametrize("way", WAYS)
def test_nobody_is_missed(way: str) -> None:
    make, size = WAYS[way]
    assert undercount(Reader(), make, size) == 0


def test_a_name_in_a_sentence_alone_is_what_no_meter_sees() -> None:
    assert undercount(Reader(), UNSEEN, 1) == 1
