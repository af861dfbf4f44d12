"""The inbox by keyboard only, without scripts, and with text that attacks the page."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from brightline.crypto.party_keys import ED25519
from brightline.crypto.signatures import sign
from brightline.oversight.signing import ApprovalRequest, Vote, make_statement, sign_statement
from brightline.testing import approval_samples
from brightline.testing.console import SimulatedConsole, now_ms
from brightline.testing.sign_off import key_of
from tests.browser.person import PersonAtBrowser


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

    def test_decides_and_signs(self, console: SimulatedConsole, alice: PersonAtBrowser) -> None:
        console.journeys.hold(approval_samples.release_payload(os.urandom, now_ms()))
        alice.sign_in()
        alice.enrol()
        alice.go("/")
        keyboard = alice.page.keyboard
        keyboard.press("Tab")
        expect(alice.page.get_by_role("link", name="Skip to the content")).to_be_focused()
        self.press_to(alice, "release_payload")
        keyboard.press("Enter")
        alice.page.get_by_role("heading", level=1, name="release_payload").wait_for()
        for count in (1, 0):
            self.press_to(alice, "Open:")
            keyboard.press("Enter")
            expect(alice.page.get_by_role("button", name="Open:")).to_have_count(count)
            expect(alice.page.locator("#work")).to_be_focused()
            expect(alice.page.get_by_role("status")).to_have_text("The evidence is shown below")
        self.press_to(alice, "Reason")
        keyboard.type("seen on camera")
        self.press_to(alice, "Allow")
        keyboard.press("Enter")
        alice.page.get_by_role("heading", level=1, name="You are about to sign: allow").wait_for()
        self.press_to(alice, "Sign with your passkey")
        keyboard.press("Enter")
        alice.page.get_by_text("Your decision was recorded").wait_for()

    def test_enter_in_the_reason_decides_nothing(self, console: SimulatedConsole, alice: PersonAtBrowser) -> None:
        hold = console.journeys.hold(approval_samples.set_valve(os.urandom, now_ms()))
        console.journeys.add_person("alice", approval_samples.DUTY_OFFICER)
        alice.sign_in()
        alice.go(f"/holds/{hold}")
        assert alice.page.evaluate("document.activeElement.tagName") == "BODY"
        alice.page.get_by_label("Reason").first.fill("because")
        alice.page.keyboard.press("Enter")
        expect(alice.page.get_by_label("Reason").first).to_have_value("because\n")
        assert alice.page.url.endswith(hold)


def test_allow_and_deny_look_alike(console: SimulatedConsole, alice: PersonAtBrowser) -> None:
    hold = console.journeys.hold(approval_samples.release_payload(os.urandom, now_ms()))
    alice.sign_in()
    alice.open_evidence(hold)
    looks = []
    for name in ("Allow", "Deny"):
        button = alice.page.get_by_role("button", name=name, exact=True)
        box = button.bounding_box()
        assert box is not None
        style = button.evaluate(
            "e => { const s = getComputedStyle(e);"
            " return [s.color, s.backgroundColor, s.borderColor, s.fontWeight, s.fontSize, s.outlineStyle]; }"
        )
        looks.append((box["width"], box["height"], box["y"], style))
    assert looks[0] == looks[1]


def test_the_list_is_looked_at_again_without_a_new_page(console: SimulatedConsole, alice: PersonAtBrowser) -> None:
    alice.sign_in()
    expect(alice.page.get_by_text("Nothing waits for you")).to_be_visible()
    console.journeys.hold(approval_samples.set_valve(os.urandom, now_ms()))
    alice.page.get_by_role("button", name="Look again").click()
    expect(alice.page.get_by_role("status")).to_have_text("1 actions on this page")
    expect(alice.page.locator("#rows")).to_be_focused()
    expect(alice.page.locator("tbody tr")).to_have_count(1)


def test_without_scripts_a_person_signs_on_his_own_machine(
    chromium: Browser, console: SimulatedConsole, tmp_path: Path
) -> None:
    hold = console.journeys.hold(approval_samples.release_payload(os.urandom, now_ms(), quorum=1))
    key = key_of("alice's laptop", ED25519)
    assertion = console.journeys.assert_key("alice", key.public, "file")
    with PersonAtBrowser.open(chromium, console, "alice", "key-a", scripts=False) as alice:
        page = alice.page
        alice.sign_in()
        page.get_by_role("link", name="release_payload").click()
        assert page.get_by_role("button", name="Allow", exact=True).is_disabled()
        alice.open_evidence(hold)
        assert "not opened" not in page.locator("#work").inner_text()
        with page.expect_download() as download:
            page.get_by_role("link", name="Download the approval request").click()
        asked = ApprovalRequest.parse(Path(download.value.path()).read_bytes())
        evidence = tuple(item.sha256 for item in asked.binding.evidence)
        vote = Vote(decision="allow", role=approval_samples.RELEASE_OFFICER, evidence=evidence, own_machine=True)
        statement = make_statement(asked, vote, assertion, now_ms=now_ms())
        file = tmp_path / "statement.json"
        file.write_bytes(sign_statement(statement, assertion, lambda message: sign(key, message)).canonical)
        page.get_by_label("Signed statement").set_input_files(file)
        page.get_by_role("button", name="Upload").click()
        page.get_by_text("The signed statement was taken. The action is approved now").wait_for()


def test_text_that_attacks_the_page_stays_text(console: SimulatedConsole, alice: PersonAtBrowser) -> None:
    hold = console.journeys.hold(approval_samples.hostile(os.urandom, now_ms()))
    alice.sign_in()
    alice.open_evidence(hold)
    assert "owned" not in alice.page.title()
    assert alice.page.locator("img, svg, iframe, main script").count() == 0
    text = alice.page.locator("body").inner_text()
    assert not set(text) & set("\u202e\u2066\u200b\u0430\x1b\ufeff")
    assert "\\u{202E}txet neddih" in text


def test_markup_that_reaches_the_page_by_htmx_does_not_run(console: SimulatedConsole, alice: PersonAtBrowser) -> None:
    alice.sign_in()
    evil = (
        '<section id="rows" data-told="x" onclick="document.title=1"><script>document.title = "owned"</script>'
        '<img src="x" onerror="document.title=\'owned\'"><a href="java\tscript:document.title=1">go</a>'
        '<template><img src="x" onerror="document.title=\'owned\'"></template><svg><script>1</script></svg>'
        '<p hx-on:click="document.title=1" style="color:red">still text</p></section>'
    )
    alice.page.route("**/?page=0", lambda route: route.fulfill(body=evil, content_type="text/html"))
    alice.page.route("**/x", lambda route: route.fulfill(status=200, body=b"", content_type="image/png"))
    alice.page.get_by_role("button", name="Look again").click()
    rows = alice.page.locator("#rows")
    expect(rows).to_contain_text("still text")
    left = rows.evaluate("e => e.outerHTML")
    for word in ("script", "onerror", "onclick", "hx-on", "style", "svg"):
        assert word not in left
    assert "owned" not in alice.page.title()
    # The browser says that it would not have run them either.
    assert all("Content Security Policy" in line for line in alice.told)
    alice.told.clear()


def test_a_page_cannot_be_framed(chromium: Browser, console: SimulatedConsole) -> None:
    context = chromium.new_context()
    page = context.new_page()
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.set_content(f'<iframe src="{console.origin}/sign-in"></iframe>')
    page.wait_for_timeout(300)
    assert any("frame-ancestors" in line for line in told)
    context.close()
