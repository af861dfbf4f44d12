"""The key ceremony from end to end: what two persons sign in their browsers is what an effector takes, once."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route

from brightline.domain.sign_off.release import Release
from brightline.testing import approval_samples
from brightline.testing.console import SimulatedConsole, now_ms
from tests.benchmarks.browser_signoff import LIES
from tests.browser.effector import Machine
from tests.browser.person import PersonAtBrowser

REFUSED = "This page shows another"


def propose(console: SimulatedConsole, *, quorum: int = 2) -> str:
    return console.journeys.hold(approval_samples.release_payload(os.urandom, now_ms(), quorum=quorum))


def vote(person: PersonAtBrowser, hold: str, decision: str = "Allow") -> None:
    person.sign_in()
    person.enrol()
    person.decide(hold, decision)
    person.sign()


def test_two_persons_release_an_action_and_the_machine_does_it_once(
    console: SimulatedConsole, alice: PersonAtBrowser, bob: PersonAtBrowser, tmp_path: Path
) -> None:
    hold = propose(console)
    vote(alice, hold)
    assert "The action is open now" in alice.page.get_by_role("status").inner_text()
    vote(bob, hold)
    assert "The action is approved now" in bob.page.get_by_role("status").inner_text()
    machine = Machine(console, hold, tmp_path)
    assert machine.act() == "done"
    assert machine.act() == "effector/used"
    assert machine.act(latitude=54.32) == "effector/other-action"
    assert machine.runs == 1


def test_what_is_signed_is_what_was_shown(console: SimulatedConsole, alice: PersonAtBrowser) -> None:
    hold = propose(console, quorum=1)
    vote(alice, hold)
    statement = Release.parse(console.journeys.release(hold)).statements[0].statement
    assert statement.assurance == "webauthn-uv"
    assert statement.reason == "the road is empty"
    assert len(statement.evidence) == 2
    assert alice.page.locator("#binding-digest").inner_text() == statement.binding


def test_one_denial_ends_it(console: SimulatedConsole, alice: PersonAtBrowser) -> None:
    hold = propose(console)
    vote(alice, hold, "Deny")
    assert "The action is denied now" in alice.page.get_by_role("status").inner_text()


def test_a_passkey_signs_in(console: SimulatedConsole, alice: PersonAtBrowser) -> None:
    alice.sign_in()
    alice.enrol()
    alice.page.get_by_role("button", name="Sign out").click()
    alice.page.get_by_role("button", name="Use a passkey").click()
    alice.page.get_by_role("heading", level=1, name="Actions that wait for you").wait_for()


class TestAPageThatLies:
    """The negative controls: whatever part of the page is another action's, the script asks no key."""

    @pytest.mark.parametrize(("selector", "attribute"), LIES)
    def test_about_one_part(
        self, console: SimulatedConsole, alice: PersonAtBrowser, selector: str, attribute: str
    ) -> None:
        hold, other = propose(console), propose(console)
        alice.sign_in()
        alice.enrol()
        alice.decide(other, "Deny")
        part = alice.page.locator(selector)
        lie = part.get_attribute(attribute) if attribute else part.text_content()
        alice.decide(hold)
        alice.lie(selector, attribute, lie or "")
        alice.page.get_by_role("button", name="Sign with your passkey").click()
        alice.page.get_by_role("alert").filter(has_text=REFUSED).wait_for()
        assert console.journeys.votes(hold) == 0

    def test_about_all_but_the_statement(self, console: SimulatedConsole, alice: PersonAtBrowser) -> None:
        hold, other = propose(console), propose(console)
        alice.sign_in()
        alice.enrol()
        alice.decide(other)
        wanted = alice.page.locator("[name=statement]").input_value()

        def lie(route: Route) -> None:
            answer = route.fetch()
            text = answer.text()
            found = text.partition('name="statement" value="')[2].partition('"')[0]
            route.fulfill(response=answer, body=text.replace(found, wanted))

        alice.page.route("**/decide", lie)
        alice.decide(hold)
        alice.page.get_by_role("button", name="Sign with your passkey").click()
        alice.page.get_by_role("alert").filter(has_text=REFUSED).wait_for()
        assert console.journeys.votes(hold) == console.journeys.votes(other) == 0


def test_a_person_who_turns_the_key_away_signs_nothing(
    console: SimulatedConsole, chromium: Browser, alice: PersonAtBrowser
) -> None:
    hold = propose(console)
    alice.sign_in()
    alice.enrol()
    alice.decide(hold)
    alice.verify_user(verified=False)
    alice.page.get_by_role("button", name="Sign with your passkey").click()
    alice.page.get_by_role("alert").filter(has_text="The passkey was not used").wait_for()
    assert console.journeys.votes(hold) == 0
