"""Every page as a browser has it: accessible, silent, in one column on a narrow screen, with a picture for the docs."""

import os
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from brightline.testing import approval_samples
from brightline.testing.console import SimulatedConsole, now_ms
from tests.browser.conftest import Picture
from tests.browser.person import PersonAtBrowser

WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}}
PHONE = 360


def faults_of(page: Page) -> list[str]:
    """What axe finds wrong, by the rules of WCAG 2.2 AA."""
    found = Axe().run(page, options=WCAG).response
    assert len(found["passes"]) > 10, "axe looked at nothing"
    return [f"{rule['id']}: {node['html'][:200]}" for rule in found["violations"] for node in rule["nodes"]]


def hold_all(console: SimulatedConsole) -> dict[str, str]:
    """One hold of each kind, by the name of its page."""
    made = {
        "action": approval_samples.release_payload(os.urandom, now_ms()),
        "valve": approval_samples.set_valve(os.urandom, now_ms()),
        "hostile": approval_samples.hostile(os.urandom, now_ms()),
    }
    return {name: console.journeys.hold(proposed) for name, proposed in made.items()}


def inbox(person: PersonAtBrowser, holds: dict[str, str]) -> None:
    person.go("/")


def empty_inbox(person: PersonAtBrowser, holds: dict[str, str]) -> None:
    person.go("/?page=5")


def action(person: PersonAtBrowser, holds: dict[str, str]) -> None:
    person.open_evidence(holds["action"])


def valve(person: PersonAtBrowser, holds: dict[str, str]) -> None:
    person.go(f"/holds/{holds['valve']}")
    person.page.get_by_text("Break glass").first.click()


def hostile(person: PersonAtBrowser, holds: dict[str, str]) -> None:
    person.open_evidence(holds["hostile"])


def sign(person: PersonAtBrowser, holds: dict[str, str]) -> None:
    person.enrol()
    person.decide(holds["action"])


def voted(person: PersonAtBrowser, holds: dict[str, str]) -> None:
    sign(person, holds)
    person.sign()


def reviews(person: PersonAtBrowser, holds: dict[str, str]) -> None:
    person.console.journeys.need_review(holds["valve"], "bob", late=True)
    person.console.journeys.need_review(holds["action"], "alice")
    person.go("/reviews")


def oversight(person: PersonAtBrowser, holds: dict[str, str]) -> None:
    person.go("/oversight")


def passkeys(person: PersonAtBrowser, holds: dict[str, str]) -> None:
    person.enrol()


def sign_in(person: PersonAtBrowser, holds: dict[str, str]) -> None:
    person.page.get_by_role("button", name="Sign out").click()
    person.page.get_by_role("heading", level=1, name="Sign in").wait_for()


PAGES: dict[str, Callable[[PersonAtBrowser, dict[str, str]], None]] = {
    each.__name__.replace("_", "-"): each
    for each in (sign_in, inbox, empty_inbox, action, valve, hostile, sign, voted, reviews, oversight, passkeys)
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_and_silent(
    name: str, console: SimulatedConsole, alice: PersonAtBrowser, picture: Picture
) -> None:
    holds = hold_all(console)
    alice.sign_in()
    PAGES[name](alice, holds)
    picture.take(alice.page, name)
    assert faults_of(alice.page) == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_a_narrow_screen(name: str, chromium: Browser, console: SimulatedConsole) -> None:
    holds = hold_all(console)
    with PersonAtBrowser.open(chromium, console, "alice", "key-a", width=PHONE) as alice:
        alice.sign_in()
        PAGES[name](alice, holds)
        assert alice.page.evaluate("document.documentElement.scrollWidth") <= PHONE
        assert faults_of(alice.page) == []


def test_a_refusal_is_accessible_too(alice: PersonAtBrowser) -> None:
    alice.sign_in()
    answer = alice.page.goto(f"{alice.console.origin}/holds/{'0' * 32}")
    assert answer is not None
    assert answer.status == 404
    assert faults_of(alice.page) == []
    assert [line for line in alice.told if "404" not in line] == []
    alice.told.clear()
