import os
from dataclasses import replace

import pytest

from brightline.console.ports import OversightNumbers
from brightline.crypto.party_keys import ED25519
from brightline.crypto.signatures import sign
from brightline.domain.sign_off.review import Review, SignedReview
from brightline.domain.sign_off.statement import ShownLog, Signature
from brightline.oversight.measure import measure
from brightline.testing import approval_samples
from brightline.testing.approvals import PAGE_ROWS
from brightline.testing.console import SimulatedConsole, now_ms
from brightline.testing.sign_off import key_of
from tests.unit.console.visitor import Visitor


def hold_some(console: SimulatedConsole, count: int) -> list[str]:
    return [
        console.journeys.hold(approval_samples.set_valve(os.urandom, now_ms() + number * 1000))
        for number in range(count)
    ]


def reviewed(console: SimulatedConsole, held: str, **changes: object) -> bytes:
    """What alice signs of broken glass on her own machine."""
    key, binding = key_of("alice's laptop", ED25519), console.journeys.binding(held)
    review = Review(
        hold=held,
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


def test_an_empty_inbox_says_so(alice: Visitor) -> None:
    assert "Nothing waits for you" in alice.get("/").text


def test_the_inbox_has_a_row_an_action_soonest_first(console: SimulatedConsole, alice: Visitor) -> None:
    first, second = hold_some(console, 2)
    text = alice.get("/").text
    assert text.index(first) < text.index(second)
    assert text.count("<tr>") == 3
    assert "set_valve" in text
    assert "erin" in text
    assert "14 min" in text


def test_the_inbox_is_paged(console: SimulatedConsole, alice: Visitor) -> None:
    hold_some(console, PAGE_ROWS + 1)
    first, second = alice.get("/").text, alice.get("/?page=1").text
    assert first.count("<tr>") == PAGE_ROWS + 1
    assert 'href="/?page=1"' in first
    assert second.count("<tr>") == 2
    assert 'href="/?page=0"' in second
    assert 'href="/?page=2"' not in second


@pytest.mark.parametrize("page", ["-1", "x", "1e3", "99999999", "\u0661", "10001", ""])
def test_a_page_that_is_no_number_is_refused(alice: Visitor, page: str) -> None:
    assert alice.get(f"/?page={page}").code == "console/bad-form"


def test_a_page_with_scripts_gets_the_rows_only(alice: Visitor) -> None:
    part = alice.get("/", hx_request="true").text
    assert part.startswith('<section id="rows"')
    assert "<html" not in part


def test_the_numbers_stand_with_their_intervals(alice: Visitor) -> None:
    text = alice.get("/oversight").text
    assert "10 of 10 (69 to 100 %)" in text
    assert "0 of 10 (0 to 31 %)" in text
    assert text.count("flagged: does not look") == 1


def test_numbers_of_nothing_are_none(
    console: SimulatedConsole, alice: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nothing() -> OversightNumbers:
        return OversightNumbers(measured=measure(()), open_holds=0, reviews_overdue=2)

    monkeypatch.setattr(console.journeys, "numbers", nothing)
    text = alice.get("/oversight").text
    assert "nothing to count yet" in text
    assert "Nobody has voted yet" in text
    assert "<dd>2</dd>" in text


class TestReviews:
    def test_none_is_due(self, alice: Visitor) -> None:
        assert "No review is due" in alice.get("/reviews").text

    def test_nobody_is_offered_his_own(self, console: SimulatedConsole, alice: Visitor) -> None:
        (hold,) = hold_some(console, 1)
        console.journeys.need_review(hold, "alice")
        assert "Somebody else must review" in alice.get("/reviews").text
        assert "<textarea" not in alice.get("/reviews").text

    def test_is_taken_as_it_was_signed_elsewhere(self, console: SimulatedConsole, alice: Visitor) -> None:
        (hold,) = hold_some(console, 1)
        console.journeys.need_review(hold, "bob")
        assert "Due by" in alice.get("/reviews").text
        file = alice.get(f"/reviews/{hold}/request")
        assert file.headers["content-disposition"] == f'attachment; filename="review-{hold}.json"'
        assert b'"format":"brightline/review-request/1"' in file.body
        alice.get("/reviews")
        for other in (b"", b"{}", reviewed(console, hold, hold="f" * 32)):
            assert alice.upload(f"/reviews/{hold}", other, "review").code in (
                "signoff/not-json",
                "signoff/bad-field",
                "console/bad-form",
            )
        alice.get("/reviews")
        done = alice.upload(f"/reviews/{hold}", reviewed(console, hold), "review")
        assert done.place == "/reviews?done=recorded"
        text = alice.get(done.place).text
        assert "Your review was recorded" in text
        assert "No review is due" in text

    def test_overdue_is_said_in_words(self, console: SimulatedConsole, alice: Visitor) -> None:
        (hold,) = hold_some(console, 1)
        console.journeys.need_review(hold, "bob", late=True)
        assert "<strong>Overdue</strong>" in alice.get("/reviews").text
