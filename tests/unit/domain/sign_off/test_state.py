"""A machine's state: what the vectors cannot say."""

from dataclasses import replace

import pytest

from brightline.domain.sign_off.binding import Change
from brightline.domain.sign_off.errors import SignOffError
from brightline.domain.sign_off.state import MAX_STATE_BYTES, EffectorState, SignedState, StateRequest

QUESTION = StateRequest("valve-7.example", "set_valve", {"state": "open"}, "ab" * 16)
STATE = EffectorState(
    "valve-7.example", QUESTION.digest.hex(), {"state": "closed"}, (Change("state", "closed", "open"),), 7
)


def test_a_question_has_another_digest_with_each_of_its_parts() -> None:
    others = [
        replace(QUESTION, audience="valve-8.example"),
        replace(QUESTION, tool="get_valve"),
        replace(QUESTION, arguments={"state": "closed"}),
        replace(QUESTION, nonce="cd" * 16),
    ]
    assert len({each.digest for each in (QUESTION, *others)}) == 5


def test_what_is_shown_as_before_is_compared_when_the_machine_acts() -> None:
    for preconditions in ({"state": "open"}, {"other": "closed"}):
        with pytest.raises(SignOffError) as refused:
            EffectorState.parse(replace(STATE, preconditions=preconditions).canonical)
        assert refused.value.words["field"] == "state.diff"


def test_a_state_that_changes_nothing_is_one() -> None:
    unchanged = replace(STATE, diff=())
    assert EffectorState.parse(unchanged.canonical) == unchanged


def test_a_signed_state_is_no_larger_than_a_page() -> None:
    many = {f"{at}": "x" * 2000 for at in range(32)}
    signed = SignedState(replace(STATE, preconditions=many, diff=()), "ef" * 32, b"signature")
    assert len(signed.state.canonical) < MAX_STATE_BYTES
    assert SignedState.parse(signed.canonical).digest == signed.state.digest
    larger = replace(signed, state=replace(signed.state, preconditions={**many, "last": "x" * 2000}))
    with pytest.raises(SignOffError) as refused:
        SignedState.parse(larger.canonical)
    assert refused.value.code == "signoff/too-large"
