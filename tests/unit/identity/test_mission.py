from dataclasses import replace

import pytest

from brightline.identity import MissionError, NewKey, choose_mission


def test_refuses_when_none_is_stated_and_the_key_has_no_default(grant: NewKey) -> None:
    principal = replace(grant, default_mission=None).principal("00000001")
    with pytest.raises(MissionError) as caught:
        choose_mission(principal, None)
    assert caught.value.code == "identity/no-mission"
    assert caught.value.status == 403


def test_refuses_a_mission_the_key_does_not_allow(grant: NewKey) -> None:
    with pytest.raises(MissionError) as caught:
        choose_mission(grant.principal("00000001"), "palace-coup")
    assert caught.value.code == "identity/mission-not-allowed"
    assert "`palace-coup`" in caught.value.message


@pytest.mark.parametrize("claimed", ["", "a\nb", "x" * 5000, "é"])
def test_does_not_repeat_what_is_not_a_name(grant: NewKey, claimed: str) -> None:
    with pytest.raises(MissionError) as caught:
        choose_mission(grant.principal("00000001"), claimed)
    assert caught.value.code == "identity/bad-mission"


def test_takes_the_stated_mission_else_the_default(grant: NewKey) -> None:
    principal = grant.principal("00000001")
    assert choose_mission(principal, "harbour-watch") == "harbour-watch"
    assert choose_mission(principal, None) == "flood-relief"
