"""How long a part is: a window is never shorter than it says."""

import pytest

from brightline.metering.sliding import Sliding


@pytest.mark.parametrize(("seconds", "parts", "part_ms"), [(60, 6, 10_000), (1, 3, 334), (86_400, 1, 86_400_000)])
def test_a_part_is_rounded_up(seconds: int, parts: int, part_ms: int) -> None:
    assert Sliding(seconds, parts).part_ms == part_ms
