"""What tokens cost."""

import pytest

from brightline.domain.agreement import Price


@pytest.mark.parametrize(
    ("price", "read", "written", "money"),
    [
        (Price(3_000, 15_000), 1_000, 100, 4_500),
        (Price(0, 0), 10**9, 10**9, 0),
        (Price(150, 600), 1, 1, 1),
        (Price(1, 0), 1, 0, 1),
    ],
)
def test_a_price_is_for_a_million_tokens_and_rounds_up(price: Price, read: int, written: int, money: int) -> None:
    assert price.of(read, written) == money
