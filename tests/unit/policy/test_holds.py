"""Which hold asks for as much as another, and the words for it."""

from dataclasses import replace

import pytest

from brightline.domain.decision import BreakGlass, Hold
from brightline.policy.holds import covers, demands_as_much, in_words

ASKED = Hold("a", "officer", 2)
GLASS = replace(ASKED, break_glass=BreakGlass("chief", 2))


@pytest.mark.parametrize(
    ("mine", "asked"),
    [
        (replace(ASKED, quorum=1), ASKED),
        (replace(ASKED, role="clerk", quorum=9), ASKED),
        (ASKED, replace(ASKED, own_machine=True)),
        (GLASS, ASKED),
        (replace(GLASS, break_glass=BreakGlass("chief", 1)), GLASS),
        (replace(GLASS, break_glass=BreakGlass("captain", 2)), GLASS),
    ],
)
def test_what_is_lifted_more_easily_does_not_cover(mine, asked):
    assert not covers(mine, asked)
    assert not demands_as_much(mine, asked)


@pytest.mark.parametrize(
    ("mine", "asked"),
    [
        (ASKED, ASKED),
        (replace(ASKED, policy_id="b", quorum=3, own_machine=True), ASKED),
        (ASKED, GLASS),
        (GLASS, GLASS),
        (replace(GLASS, break_glass=BreakGlass("chief", 3)), GLASS),
    ],
)
def test_what_is_lifted_no_more_easily_covers(mine, asked):
    assert covers(mine, asked)
    assert demands_as_much(mine, asked)


def test_less_care_or_more_time_is_less_and_still_covers():
    for less in (replace(ASKED, risk="low"), replace(ASKED, term_seconds=901)):
        assert covers(less, ASKED)
        assert not demands_as_much(less, ASKED)
    for more in (replace(ASKED, risk="top"), replace(ASKED, term_seconds=60), replace(ASKED, wait_seconds=0)):
        assert demands_as_much(more, ASKED)


def test_words():
    assert in_words(ASKED) == "2 of the role officer"
    assert in_words(GLASS, tick="`") == "2 of the role `officer`, or by 2 of the role `chief` who break the glass"
    assert in_words(Hold("a", "officer", 1, "low", 0, 3600, True)) == (
        "1 of the role officer, one of them on a machine of his own, at the risk low, within 3,600 s"
    )
