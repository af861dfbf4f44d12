"""A machine's word on its own state: given for the question that was asked, and taken for no other."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from brightline.crypto.signatures import sign
from brightline.domain.sign_off.binding import Change
from brightline.domain.sign_off.canonical import JsonObject
from brightline.domain.sign_off.state import EffectorState, SignedState, StateRequest
from brightline.oversight.bundling import DEFAULT_SKEW_MS
from brightline.oversight.errors import EffectorError
from brightline.oversight.hold_errors import HoldError
from brightline.oversight.machine_state import MAX_SKEW_MS, Reading, answer_state, take_state
from brightline.testing.sign_off import NOW_MS, key_of

ASKED = StateRequest("valve-7.example", "set_valve", {"state": "open"}, "ab" * 16)
KEY, OTHER = key_of("valve"), key_of("somebody else")
CLOSED: Mapping[str, str] = {"valve-7/state": "closed"}


def read(tool: str, arguments: JsonObject) -> Reading:
    assert tool == "set_valve"
    return Reading(CLOSED, (Change("valve-7/state", "closed", str(arguments["state"])),))


def answered(asked: StateRequest = ASKED, *, now_ms: int = NOW_MS) -> SignedState:
    return answer_state(asked.canonical, read, audience=asked.audience, signer=KEY, clock_ms=lambda: now_ms)


def resigned(state: EffectorState) -> bytes:
    return SignedState(state, KEY.public.id, sign(KEY, state.tagged)).canonical


def refusal(answer: bytes) -> str:
    with pytest.raises(HoldError) as refused:
        take_state(answer, ASKED, [OTHER.public, KEY.public], now_ms=NOW_MS)
    assert (refused.value.code, refused.value.words["audience"]) == ("hold/bad-state", ASKED.audience)
    return str(refused.value.words["why"])


def test_a_state_is_taken_that_answers_the_question() -> None:
    taken = take_state(answered().canonical, ASKED, [OTHER.public, KEY.public], now_ms=NOW_MS)
    assert taken.preconditions == CLOSED
    assert taken.diff == (Change("valve-7/state", "closed", "open"),)


@pytest.mark.parametrize(
    "other",
    [
        replace(ASKED, nonce="cd" * 16),
        replace(ASKED, arguments={"state": "closed"}),
        replace(ASKED, arguments={"state": "open", "force": True}),
    ],
)
def test_the_answer_to_another_question_is_not_taken(other: StateRequest) -> None:
    assert refusal(answered(other).canonical) == "it answers another question"


def test_a_state_of_another_machine_is_not_taken() -> None:
    assert refusal(resigned(replace(answered().state, audience="valve-8.example"))) == "it is of another machine"


def test_a_state_for_another_tool_is_not_taken() -> None:
    other = replace(answered().state, request=replace(ASKED, tool="get_valve").digest.hex())
    assert refusal(resigned(other)) == "it answers another question"


@pytest.mark.parametrize("shift_ms", [-MAX_SKEW_MS - 1, MAX_SKEW_MS + 1])
def test_a_state_of_another_time_is_not_taken(shift_ms: int) -> None:
    assert "another time" in refusal(answered(now_ms=NOW_MS + shift_ms).canonical)


@pytest.mark.parametrize("shift_ms", [-MAX_SKEW_MS, MAX_SKEW_MS])
def test_clocks_may_be_a_little_apart(shift_ms: int) -> None:
    assert take_state(answered(now_ms=NOW_MS + shift_ms).canonical, ASKED, [KEY.public], now_ms=NOW_MS)


def test_clocks_may_be_as_far_apart_as_for_a_release() -> None:
    assert MAX_SKEW_MS == DEFAULT_SKEW_MS


def test_what_somebody_else_signed_is_not_taken() -> None:
    state = answered().state
    stranger = key_of("stranger")
    theirs = SignedState(state, stranger.public.id, sign(stranger, state.tagged))
    assert "key" in refusal(theirs.canonical)
    named = replace(theirs, effector_key=KEY.public.id)
    assert refusal(named.canonical) == "its signature does not verify"


def test_what_was_changed_after_it_was_signed_is_not_taken() -> None:
    signed = answered()
    changed = replace(signed, state=replace(signed.state, preconditions={"valve-7/state": "closed", "more": "x"}))
    assert refusal(changed.canonical) == "its signature does not verify"


@pytest.mark.parametrize("answer", [b"", b"{}", b'{"valve-7/state":"closed"}', b"[" * 70_000])
def test_what_is_no_state_is_not_taken(answer: bytes) -> None:
    assert refusal(answer)


@pytest.mark.parametrize("question", [b"", b"{}", ASKED.canonical + b"\n"])
def test_a_machine_answers_no_other_question(question: bytes) -> None:
    with pytest.raises(EffectorError) as refused:
        answer_state(question, read, audience=ASKED.audience, signer=KEY, clock_ms=lambda: NOW_MS)
    assert refused.value.code == "effector/bad-question"


def test_a_machine_answers_for_nobody_else() -> None:
    with pytest.raises(EffectorError, match="effector/bad-question"):
        answer_state(ASKED.canonical, read, audience="valve-8.example", signer=KEY, clock_ms=lambda: NOW_MS)


@pytest.mark.parametrize(
    "reading", [Reading({}), Reading(CLOSED, (Change("valve-7/state", "open", "closed"),)), Reading({"": "x"})]
)
def test_a_machine_signs_no_state_that_nobody_takes(reading: Reading) -> None:
    with pytest.raises(EffectorError) as refused:
        answer_state(ASKED.canonical, lambda *_: reading, audience=ASKED.audience, signer=KEY, clock_ms=lambda: NOW_MS)
    assert refused.value.code == "effector/bad-reading"


def test_what_is_read_is_no_older_than_it_says() -> None:
    times = iter([NOW_MS, NOW_MS + 1])
    seen = []

    def slowly(tool: str, arguments: JsonObject) -> Reading:
        seen.append(next(times))
        return read(tool, arguments)

    made = answer_state(ASKED.canonical, slowly, audience=ASKED.audience, signer=KEY, clock_ms=lambda: next(times))
    assert (made.state.read_at_ms, seen) == (NOW_MS, [NOW_MS + 1])
