"""What a use adds to meters, as a value."""

import pytest

from brightline.domain.metering import CHOSEN, NOTHING, Per, Tally


@pytest.mark.parametrize(
    "tally",
    [
        Tally(data_subjects=frozenset({1})),
        Tally(mentions={1: 1}),
        Tally(settled={1: 0}),
        Tally(unreadable={1: 1}),
        Tally(effects={"read": 1}),
        Tally(tokens=-1),
        Tally(money=1),
    ],
)
def test_whatever_changes_a_meter_is_not_empty(tally: Tally) -> None:
    assert not tally.empty
    assert NOTHING.empty
    assert Tally(corrects_ms=5).empty


def test_what_a_caller_can_choose_keys_no_red_line() -> None:
    assert {Per.MISSION, Per.APP, Per.PRINCIPAL} == CHOSEN
