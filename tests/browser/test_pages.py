"""Every page of a real house: accessible, silent, in one column on a narrow screen, with a picture for the docs."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from brightline.domain.sign_off.canonical import Json, JsonObject
from tests.browser.conftest import Picture
from tests.browser.house import House
from tests.browser.person import PASSKEYS, PersonAtBrowser
from tests.browser.staff import Staff
from tests.officers import VALVE

WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}}
WIDE, PHONE = 1000, 360
SCRIPT = "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
BIDI = "approve \u202etxet neddih\u2066 \u200b\u0430dmin \x1b[2J\ufeff"


def faults_of(page: Page) -> list[str]:
    """What axe finds wrong, by the rules of WCAG 2.2 AA."""
    found = Axe().run(page, options=WCAG).response
    assert len(found["passes"]) > 10, "axe looked at nothing"
    return [f"{rule['id']}: {node['html'][:200]}" for rule in found["violations"] for node in rule["nodes"]]


class Gallery:
    """Looks at pages as they come: with axe at two widths, and through the camera."""

    def __init__(self, picture: Picture) -> None:
        self._picture = picture

    def look(self, person: PersonAtBrowser, name: str = "") -> None:
        """Hold the page against WCAG, wide and narrow, and take its picture as `name` for the docs."""
        page = person.page
        self._picture.take(page, name)
        assert faults_of(page) == [], person.page.url
        page.set_viewport_size({"width": PHONE, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
        assert faults_of(page) == [], f"{person.page.url} on a phone"
        page.set_viewport_size({"width": WIDE, "height": 800})


@pytest.fixture
def gallery(picture: Picture) -> Gallery:
    """Where pages are looked at."""
    return Gallery(picture)


def hostile_tool() -> list[Json]:
    """A tool whose every text attacks the page on which its call is shown."""
    given: JsonObject = {
        "note": SCRIPT,
        BIDI: "A" * 1900,
        "nested": {"__proto__": [SCRIPT, "{{ 7 * 7 }}", "${7*7}", None]},
    }
    properties: JsonObject = {name: {"const": value} for name, value in given.items()}
    function: JsonObject = {
        "name": VALVE,
        "description": SCRIPT,
        "parameters": {"type": "object", "properties": properties},
    }
    return [{"type": "function", "function": function}]


def test_the_pages_of_one_who_comes_for_the_first_time(house: House, chromium: Browser, gallery: Gallery) -> None:
    secret = house.add_key("ana", "console")
    with PersonAtBrowser.open(chromium, house.origin, "ana") as ana:
        ana.go("/sign-in")
        gallery.look(ana, "sign-in")
        ana.page.get_by_label("Your key").fill("wrong")
        ana.press("Sign in with the key")
        ana.page.get_by_text("Code: identity/bad-credential").wait_for()
        ana.forgive("401")
        gallery.look(ana)
        ana.sign_in_with_key(secret, PASSKEYS)
        gallery.look(ana)
        ana.enrol()
        gallery.look(ana, "passkeys")
        ana.go("/")
        ana.page.get_by_text("Code: console/not-asserted").wait_for()
        ana.forgive("403")
        gallery.look(ana)


def test_the_pages_of_an_action(house: House, staff: Staff, gallery: Gallery) -> None:
    house.held(VALVE)
    hold = house.held()
    with staff.at_work("omar") as omar:
        gallery.look(omar, "inbox")
        omar.go(f"/holds/{hold}")
        gallery.look(omar)
        omar.open_evidence(hold)
        gallery.look(omar, "action")
        omar.decide(hold)
        gallery.look(omar, "sign")
        omar.sign()
        gallery.look(omar)
        with staff.at_work("rosa") as rosa:
            rosa.vote(hold)
            gallery.look(rosa, "voted")
            rosa.page.get_by_label("Why you take it back").fill("the road is not empty")
            rosa.press("Revoke")
            rosa.arrive("You are about to sign: revoke")
            gallery.look(rosa)
        omar.go("/oversight")
        gallery.look(omar, "oversight")
        omar.go("/meters")
        gallery.look(omar)
        omar.go("/?page=5")
        gallery.look(omar)
        omar.go(f"/holds/{'0' * 32}")
        omar.page.get_by_text("Code: hold/not-found").wait_for()
        omar.forgive("404")
        gallery.look(omar)


def test_the_pages_of_broken_glass(house: House, staff: Staff, gallery: Gallery) -> None:
    hold = house.held(VALVE)
    with staff.at_work("walter") as walter:
        walter.break_glass(hold)
        gallery.look(walter)
        walter.sign()
        walter.go("/reviews")
        gallery.look(walter)
        walter.go(f"/reviews/{hold}")
        walter.page.get_by_text("Code: hold/own-review").wait_for()
        walter.forgive("403")
    with staff.at_work("rosa") as rosa:
        rosa.go("/reviews")
        gallery.look(rosa, "reviews")
        rosa.go(f"/reviews/{hold}")
        gallery.look(rosa, "review")
        rosa.judge(hold)
        gallery.look(rosa)
        rosa.sign("Your review was recorded")
        gallery.look(rosa)


def test_the_page_of_an_action_that_attacks_it(house: House, dora: PersonAtBrowser, gallery: Gallery) -> None:
    hold = house.held(VALVE, tools=hostile_tool())
    dora.open_evidence(hold)
    gallery.look(dora)
    assert "owned" not in dora.page.title()
    assert dora.page.locator("img, svg, iframe, main script").count() == 0
    text = dora.page.locator("body").inner_text()
    assert not set(text) & set("\u202e\u2066\u200b\u0430\x1b\ufeff")
    assert "\\u{202E}txet neddih" in text
    assert dora.vote(hold).endswith("The action is approved now"), "it can be signed all the same"
