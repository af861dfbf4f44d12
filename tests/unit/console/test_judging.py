"""Broken glass is judged by what its reviewer signs: nothing else that comes with a form counts."""

import os
from base64 import b64encode
from dataclasses import replace

import pytest

from brightline.crypto.party_keys import ED25519
from brightline.crypto.signatures import sign
from brightline.domain.sign_off.review import Review, SignedReview
from brightline.domain.sign_off.statement import ShownLog, Signature
from brightline.testing import approval_samples
from brightline.testing.console import SimulatedConsole, now_ms
from brightline.testing.sign_off import key_of
from tests.unit.console import softkey
from tests.unit.console.visitor import Page, Visitor

FOUND = {"words": "the valve was shut already", "role": "release-officer", "verdict": "not-justified"}


@pytest.fixture
def glass(console: SimulatedConsole) -> str:
    """The page of broken glass of bob's."""
    hold = console.journeys.hold(approval_samples.set_valve(os.urandom, now_ms()))
    console.journeys.need_review(hold, "bob")
    softkey.give(console, "alice")
    return f"/reviews/{hold}"


def reviewed(console: SimulatedConsole, glass: str, **changes: object) -> bytes:
    """What alice signs of broken glass on her own machine."""
    key, binding = key_of("alice's laptop", ED25519), console.journeys.binding(glass[9:])
    review = Review(
        hold=glass[9:],
        binding=binding.digest.hex(),
        verdict="not-justified",
        person="alice",
        key=key.public.id,
        role="duty-officer",
        log=ShownLog("o", 1, bytes(32)),
        words="the valve was shut already",
        signed_at_ms=now_ms(),
    )
    review = replace(review, **changes)  # type: ignore[arg-type]
    assertion = console.journeys.assert_key("alice", key.public, "file")
    return SignedReview(review, Signature(ED25519, sign(key, review.tagged)), assertion).canonical


def judge(visitor: Visitor, glass: str, **fields: str) -> Page:
    visitor.get(glass)
    return visitor.post(f"{glass}/judge", {**FOUND, **fields})


def sign_it(visitor: Visitor, glass: str, page: Page, said: bytes | None = None) -> Page:
    asked = softkey.statement_in(page)
    fields = softkey.answer(visitor.console, "alice", Review.parse(asked).digest)
    return visitor.post(f"{glass}/signature", {"said": b64encode(said or asked).decode(), **fields})


def is_due(visitor: Visitor) -> bool:
    return "No review is due" not in visitor.get("/reviews").text


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"verdict": "perhaps"}, "console/bad-form"),
        ({"verdict": ""}, "console/bad-form"),
        ({"words": "x" * 2001}, "console/bad-form"),
        ({"words": " \r\n"}, "console/reason-needed"),
        ({"role": "clerk"}, "console/not-your-role"),
    ],
)
def test_half_a_judgement_is_asked_for_again(alice: Visitor, glass: str, fields: dict[str, str], code: str) -> None:
    assert judge(alice, glass, **fields).code == code


def test_words_are_kept_when_something_else_is_wrong(alice: Visitor, glass: str) -> None:
    page = judge(alice, glass, role="clerk")
    assert "the valve was shut already" in page.text
    assert page.text.count("checked") == 0


def test_a_page_that_shows_another_action_is_not_signed(console: SimulatedConsole, alice: Visitor, glass: str) -> None:
    console.journeys.misrender = True
    assert judge(alice, glass).code == "console/other-rendering"


def test_whoever_has_no_passkey_is_told_where_else_to_sign(console: SimulatedConsole, glass: str) -> None:
    bob = Visitor(console)
    bob.sign_in("key-b")
    assert judge(bob, glass).code == "console/no-passkey"


def test_what_was_not_asked_or_was_changed_is_not_taken(alice: Visitor, glass: str) -> None:
    page = judge(alice, glass)
    asked = Review.parse(softkey.statement_in(page))
    changed = replace(asked, verdict="justified").canonical
    assert sign_it(alice, glass, page, changed).code == "console/old-challenge"
    assert alice.post(f"{glass}/signature", {"said": b64encode(asked.canonical).decode()}).code == "console/bad-form"
    assert is_due(alice)


def test_what_was_asked_of_other_glass_is_not_taken(console: SimulatedConsole, alice: Visitor, glass: str) -> None:
    other = console.journeys.hold(approval_samples.set_valve(os.urandom, now_ms()))
    page = judge(alice, glass)
    assert sign_it(alice, f"/reviews/{other}", page).code == "console/old-challenge"
    assert is_due(alice)


def test_a_challenge_is_answered_once(alice: Visitor, glass: str) -> None:
    page = judge(alice, glass)
    assert sign_it(alice, glass, page).place == "/reviews?done=recorded"
    assert sign_it(alice, glass, page).code == "console/old-challenge"


@pytest.mark.parametrize("verdict", ["justified", "not-justified"])
def test_a_passkey_signs_what_the_page_shows(alice: Visitor, glass: str, verdict: str) -> None:
    text = alice.get(glass).text
    assert "Who broke the glass" in text
    assert text.count('class="choice"') == 2
    page = judge(alice, glass, verdict=verdict)
    asked = Review.parse(softkey.statement_in(page))
    assert (asked.verdict, asked.words, asked.person) == (verdict, FOUND["words"], "alice")
    assert asked.digest.hex() in page.text
    assert f'<dd id="decision">{verdict}</dd>' in page.text
    done = sign_it(alice, glass, page)
    assert done.place == "/reviews?done=recorded"
    assert "Your review was recorded" in alice.get(done.place).text
    assert not is_due(alice)


def test_is_taken_as_it_was_signed_elsewhere(console: SimulatedConsole, alice: Visitor, glass: str) -> None:
    file = alice.get(f"{glass}/request")
    assert file.headers["content-disposition"] == f'attachment; filename="review-{glass[9:]}.json"'
    assert b'"format":"brightline/review-request/1"' in file.body
    alice.get(glass)
    wrong = {
        b"": "signoff/not-json",
        b"{}": "signoff/bad-field",
        reviewed(console, glass, hold="f" * 32): "console/bad-form",
    }
    for content, code in wrong.items():
        assert alice.upload(glass, content, "review").code == code
    assert is_due(alice)
    alice.get(glass)
    assert alice.upload(glass, reviewed(console, glass), "review").place == "/reviews?done=recorded"
    assert not is_due(alice)
