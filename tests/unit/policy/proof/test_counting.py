from itertools import product

import pytest

from brightline.policy.proof.counting import fewer_than
from brightline.policy.proof.terms import FALSE, TRUE


@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_counts_what_is_true(count: int) -> None:
    for values in product([TRUE, FALSE], repeat=4):
        expected = TRUE if values.count(TRUE) < count else FALSE
        assert fewer_than(count, values) == expected
