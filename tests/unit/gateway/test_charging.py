"""What a call costs at most, and what it took."""

from dataclasses import replace

import pytest

from brightline.domain.agreement import Deployment, Price
from brightline.domain.call import Call, Dialect, Operation
from brightline.domain.metering import NOTHING, Tally
from brightline.gateway.charging import charge, correction
from tests.unit.gateway.counting_rig import ACTS, MONEY, PEOPLE, TOKENS

CALL = Call(Dialect.OPENAI_CHAT, Operation.GENERATE, "any", False, b"x" * 100, max_output_tokens=10)
DEAR = Deployment("dep", "vendor", "model", frozenset(Dialect), price=Price(3_000, 15_001))
FREE = replace(DEAR, price=None)


@pytest.mark.parametrize(
    ("call", "where", "tokens", "money"),
    [
        (CALL, FREE, 110, 0),
        (CALL, DEAR, 110, 451),
        (replace(CALL, answers=3), FREE, 130, 0),
        (replace(CALL, max_output_tokens=None), FREE, 150, 0),
        (replace(CALL, max_output_tokens=None, answers=2), FREE, 200, 0),
        (replace(CALL, max_output_tokens=0), FREE, 100, 0),
    ],
)
def test_what_a_call_may_take_at_most(call: Call, where: Deployment, tokens: int, money: int) -> None:
    assert charge(call, where, (PEOPLE, TOKENS, MONEY)) == Tally(tokens=tokens, money=money)


def test_what_nobody_counts_or_nobody_charges_costs_nothing() -> None:
    assert charge(CALL, DEAR, (PEOPLE, ACTS)) is NOTHING
    assert charge(replace(CALL, operation=Operation.COUNT_TOKENS), DEAR, (TOKENS,)) is NOTHING


def test_more_than_was_thought_counts_too() -> None:
    answer = b'{"usage":{"prompt_tokens":200,"completion_tokens":4}}'
    assert correction(Tally(tokens=110), answer, FREE, time_ms=5, refused=False) == Tally(tokens=94, corrects_ms=5)
    assert correction(NOTHING, answer, FREE, time_ms=5, refused=False) is NOTHING
    assert correction(Tally(tokens=1), b"", FREE, time_ms=5, refused=False) is NOTHING
