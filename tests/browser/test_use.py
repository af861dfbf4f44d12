"""The inbox by keyboard only, without scripts, and with markup that gets in by another way."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from brightline.domain.sign_off.release import Release
from brightline.gateway.approver_journeys import PAGE_ROWS
from brightline.oversight.signing import ApprovalRequest
from tests.browser.house import DUTY_OFFICER, House
from tests.browser.person import PersonAtBrowser
from tests.browser.staff import Staff
from tests.officers import VALVE
from tests.softhsm import CARD, PIN, softhsm_or_skip


class TestKeyboard:
    def press_to(self, person: PersonAtBrowser, name: str) -> None:
        """Press Tab until the element with this accessible name has the focus; fails after a whole round."""
        for _ in range(60):
            person.page.keyboard.press("Tab")
            focused = person.page.evaluate(
                "() => { const e = document.activeElement;"
                " return e.getAttribute('aria-label') || e.labels?.[0]?.textContent || e.textContent.trim(); }"
            )
            if str(focused).startswith(name):
                return
        pytest.fail(f"no press of Tab leads to `{name}`")

    def test_decides_and_signs(self, house: House, omar: PersonAtBrowser) -> None:
        hold = house.held()
        omar.find(hold)
        keyboard = omar.page.keyboard
        keyboard.press("Tab")
        expect(omar.page.get_by_role("link", name="Skip to the content")).to_be_focused()
        self.press_to(omar, f"release_payload {hold[-8:]}")
        keyboard.press("Enter")
        omar.page.get_by_role("heading", level=1, name="release_payload").wait_for()
        self.press_to(omar, "Open:")
        keyboard.press("Enter")
        expect(omar.page.get_by_role("button", name="Open:")).to_have_count(0)
        expect(omar.page.locator("#work")).to_be_focused()
        expect(omar.page.get_by_role("status")).to_have_text("The evidence is shown below")
        self.press_to(omar, "Reason")
        keyboard.type("seen on camera")
        self.press_to(omar, "Allow")
        keyboard.press("Enter")
        omar.page.get_by_role("heading", level=1, name="You are about to sign: allow").wait_for()
        self.press_to(omar, "Sign with your passkey")
        keyboard.press("Enter")
        omar.page.get_by_text("Your decision was recorded").wait_for()

    def test_enter_in_the_reason_decides_nothing(self, house: House, omar: PersonAtBrowser) -> None:
        hold = house.held()
        omar.open_evidence(hold)
        omar.go(f"/holds/{hold}")
        assert omar.page.evaluate("document.activeElement.tagName") == "BODY"
        omar.page.get_by_label("Reason").first.fill("because")
        omar.page.keyboard.press("Enter")
        expect(omar.page.get_by_label("Reason").first).to_have_value("because\n")
        assert omar.page.url.endswith(hold)


def test_allow_and_deny_look_alike(house: House, omar: PersonAtBrowser) -> None:
    hold = house.held()
    omar.open_evidence(hold)
    looks = []
    for name in ("Allow", "Deny"):
        button = omar.page.get_by_role("button", name=name, exact=True)
        box = button.bounding_box()
        assert box is not None
        style = button.evaluate(
            "e => { const s = getComputedStyle(e);"
            " return [s.color, s.backgroundColor, s.borderColor, s.fontWeight, s.fontSize, s.outlineStyle]; }"
        )
        looks.append((box["width"], box["height"], box["y"], style))
    assert looks[0] == looks[1]


def test_the_list_is_looked_at_again_without_a_new_page(house: House, staff: Staff) -> None:
    with staff.at_work("walter") as walter:
        rows = walter.page.locator("tbody tr")
        walter.find(house.held(VALVE))
        if rows.count() == PAGE_ROWS:
            walter.find(house.held(VALVE))
        before, hold = rows.count(), house.held(VALVE)
        walter.press("Look again")
        expect(walter.page.locator(f'a[href="/holds/{hold}"]')).to_be_visible()
        expect(walter.page.get_by_role("status")).to_have_text(f"{before + 1} actions on this page")
        expect(walter.page.locator("#rows")).to_be_focused()


def test_without_scripts_a_person_signs_on_his_own_machine(chromium: Browser, house: House) -> None:
    """He has a smart card and no passkey, and `brightline sign` asks it."""
    card = ("--pkcs11", softhsm_or_skip().module, "--token", CARD, "--key-id", "02")
    enrolled, signed = house.file("paul.enrolment.json"), house.file("paul.signed.json")
    house.run("approver", "enrol", "--person", "paul", "--out", enrolled, *card, pin=PIN)
    assertion = house.admit(Path(enrolled).read_bytes(), DUTY_OFFICER)
    hold, secret = house.held(VALVE), house.add_key("paul", "console")
    with PersonAtBrowser.open(chromium, house.origin, "paul", scripts=False) as paul:
        paul.sign_in_with_key(secret)
        paul.find(hold).click()
        assert paul.page.get_by_role("button", name="Allow", exact=True).is_disabled()
        paul.open_evidence(hold)
        assert "not opened" not in paul.page.locator("#work").inner_text()
        asked = house.file("paul.request.json", paul.download("Download the approval request"))
        (item,) = ApprovalRequest.parse(Path(asked).read_bytes()).binding.evidence
        paul.press("Open again: the model's answer that proposes this")
        evidence = house.file("evidence", paul.download("Download the item"))
        words = ("--assertion", assertion, "--evidence", evidence, "--out", signed)
        house.run("sign", asked, *words, *card, typed="allow\n", pin=PIN)
        paul.upload("Signed statement", signed)
        paul.page.get_by_text("The signed statement was taken. The action is approved now").wait_for()
    (statement,) = Release.parse(house.release(hold).body).statements
    assert (statement.statement.assurance, statement.statement.own_machine) == ("hardware", True)
    assert statement.statement.evidence == (item.sha256,)


def test_markup_that_reaches_the_page_by_htmx_does_not_run(omar: PersonAtBrowser) -> None:
    evil = (
        '<section id="rows" data-told="x" onclick="document.title=1"><script>document.title = "owned"</script>'
        '<img src="x" onerror="document.title=\'owned\'"><a href="java\tscript:document.title=1">go</a>'
        '<template><img src="x" onerror="document.title=\'owned\'"></template><svg><script>1</script></svg>'
        '<p hx-on:click="document.title=1" style="color:red">still text</p></section>'
    )
    omar.page.route("**/?page=0", lambda route: route.fulfill(body=evil, content_type="text/html"))
    omar.page.route("**/x", lambda route: route.fulfill(status=200, body=b"", content_type="image/png"))
    omar.page.get_by_role("button", name="Look again").click()
    rows = omar.page.locator("#rows")
    expect(rows).to_contain_text("still text")
    left = rows.evaluate("e => e.outerHTML")
    for word in ("script", "onerror", "onclick", "hx-on", "style", "svg"):
        assert word not in left
    assert "owned" not in omar.page.title()
    # The browser says that it would not have run them either.
    omar.forgive("Content Security Policy")


def test_a_page_cannot_be_framed(chromium: Browser, house: House) -> None:
    context = chromium.new_context()
    page = context.new_page()
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.set_content(f'<iframe src="{house.origin}/sign-in"></iframe>')
    page.wait_for_timeout(300)
    assert any("frame-ancestors" in line for line in told)
    context.close()
