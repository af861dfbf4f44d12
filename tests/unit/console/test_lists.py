import os

import pytest

from brightline.console.ports import MeterReading, OversightNumbers, ReviewDue
from brightline.oversight.measure import measure
from brightline.testing import approval_samples
from brightline.testing.approvals import PAGE_ROWS
from brightline.testing.console import SimulatedConsole, now_ms
from tests.unit.console.visitor import Visitor


def hold_some(console: SimulatedConsole, count: int) -> list[str]:
    return [
        console.journeys.hold(approval_samples.set_valve(os.urandom, now_ms() + number * 1000))
        for number in range(count)
    ]


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


def test_meters_stand_against_their_limits(alice: Visitor) -> None:
    text = alice.get("/meters").text
    assert "people (data-subjects)" in text
    assert "agreement sample, unit org/analysis" in text
    assert "refused beyond 25 (law-people); held beyond 20 (ask-first)" in text
    assert "95 %" in text
    assert "30 d" in text
    assert text.count("no limit") == text.count("the operator") == text.count("nothing to use up") == 1
    assert "windows more" not in text


def test_only_the_fullest_meters_are_listed(
    console: SimulatedConsole, alice: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def many() -> tuple[MeterReading, ...]:
        return approval_samples.meter_readings()[:1] * 503

    monkeypatch.setattr(console.journeys, "meters", many)
    text = alice.get("/meters").text
    assert text.count("<tr>") == 501
    assert "3 windows more are less full" in text


def test_an_agreement_without_meters_says_so(
    console: SimulatedConsole, alice: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def none() -> tuple[MeterReading, ...]:
        return ()

    monkeypatch.setattr(console.journeys, "meters", none)
    assert "has no meters" in alice.get("/meters").text


class TestReviews:
    def test_none_is_due(self, alice: Visitor) -> None:
        assert "No review is due" in alice.get("/reviews").text

    def test_nobody_is_offered_his_own(self, console: SimulatedConsole, alice: Visitor) -> None:
        (hold,) = hold_some(console, 1)
        console.journeys.need_review(hold, "alice")
        assert "Somebody else must review" in alice.get("/reviews").text
        assert "<textarea" not in alice.get("/reviews").text

    def test_each_has_a_page_of_its_own(self, console: SimulatedConsole, alice: Visitor) -> None:
        (hold,) = hold_some(console, 1)
        console.journeys.need_review(hold, "bob")
        text = alice.get("/reviews").text
        assert "Due by" in text
        assert f'href="/reviews/{hold}"' in text

    def test_what_cannot_be_read_is_said_and_not_offered(
        self, console: SimulatedConsole, alice: Visitor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def damaged(person: str) -> tuple[ReviewDue, ...]:
            return (ReviewDue(hold="f" * 32, what="", person="", opened_ms=0, due_ms=1, damaged=True),)

        monkeypatch.setattr(console.journeys, "reviews", damaged)
        text = alice.get("/reviews").text
        assert "restored from a backup" in text
        assert "Somebody broke glass" in text
        assert 'href="/reviews/f' not in text

    def test_overdue_is_said_in_words(self, console: SimulatedConsole, alice: Visitor) -> None:
        (hold,) = hold_some(console, 1)
        console.journeys.need_review(hold, "bob", late=True)
        assert "<strong>Overdue</strong>" in alice.get("/reviews").text
