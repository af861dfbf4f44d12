"""The story's aircraft: it answers the gateway's question and no other, and its state is what it did."""

import http.client
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from brightline.cli.sample_people import EFFECTOR
from brightline.cli.story.aircraft import FLIGHT, PAYLOAD, Aircraft
from brightline.domain.sign_off.binding import MAX_BINDING_BYTES
from brightline.domain.sign_off.state import SignedState, StateRequest
from brightline.oversight.machine_state import take_state
from brightline.testing.sign_off import key_of

KEY = key_of("aircraft")
ASKED = StateRequest(EFFECTOR, "release_payload", {"latitude": 48.8584}, "ab" * 16)


@pytest.fixture
def aircraft() -> Iterator[Aircraft]:
    made = Aircraft(KEY)
    yield made
    made.stop()


def ask(url: str, body: bytes, *, path: str = "", **headers: str) -> tuple[int, bytes]:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    connection.request("POST", path or parts.path, body, headers)
    answer = connection.getresponse()
    found = answer.status, answer.read()
    connection.close()
    return found


def test_what_is_no_question_about_its_state_is_not_answered(aircraft: Aircraft) -> None:
    url = aircraft.listen()
    other = StateRequest("uav-2.example", ASKED.tool, ASKED.arguments, ASKED.nonce)
    for body in (b"{}", other.canonical):
        status, answer = ask(url, body)
        assert (status, b"effector/bad-question" in answer) == (403, True)
    assert ask(url, b"")[0] == 404
    assert ask(url, ASKED.canonical, path="/release_payload")[0] == 404
    for length in ("x", "0", str(MAX_BINDING_BYTES + 1), "9" * 30):
        assert ask(url, b"", **{"Content-Length": length})[0] == 404


def test_it_says_how_it_stands_and_what_a_release_would_change(aircraft: Aircraft) -> None:
    status, answer = ask(aircraft.listen(), ASKED.canonical)
    assert status == 200
    state = take_state(answer, ASKED, [KEY.public], now_ms=SignedState.parse(answer).state.read_at_ms)
    assert state.preconditions == aircraft.state == {PAYLOAD: "on board", FLIGHT: "hovering"}
    assert [(change.before, change.after) for change in state.diff] == [("on board", "released")]


def test_its_state_is_what_it_did(aircraft: Aircraft) -> None:
    aircraft.fly("landing")
    aircraft.release()
    assert aircraft.state == {PAYLOAD: "released", FLIGHT: "landing"}
    aircraft.load()
    assert aircraft.state[PAYLOAD] == "on board"


def test_one_that_never_listened_is_stopped_too() -> None:
    Aircraft(KEY).stop()
