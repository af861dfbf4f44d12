"""A person at a browser: signs in, enrols a passkey, opens evidence, decides; everything by what the page offers.

INVARIANT: whatever the browser writes to its console, and whatever it fails to load, is kept and must be nothing.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from playwright.sync_api import Browser, BrowserContext, CDPSession, Locator, Page, Request, expect

from brightline.domain.sign_off.canonical import JsonObject

CHROMIUM = "chromium"
INBOX, PASSKEYS = "Actions that wait for you", "Your passkeys"
_MILLISECONDS = 10_000
_DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@dataclass
class PersonAtBrowser:
    """One person's browser at the console of `origin`, with a passkey device of his own when scripts run."""

    origin: str
    name: str
    context: BrowserContext
    page: Page
    told: list[str] = field(default_factory=list)
    session: CDPSession | None = None
    authenticator: str = ""

    @classmethod
    @contextmanager
    def open(
        cls,
        browser: Browser,
        origin: str,
        name: str,
        passkeys: Sequence[JsonObject] = (),
        *,
        scripts: bool = True,
    ) -> Iterator["PersonAtBrowser"]:
        """A fresh browser, whose device holds `passkeys`; checks afterwards that it had nothing to complain about."""
        context = browser.new_context(
            java_script_enabled=scripts, viewport={"width": 1000, "height": 800}, locale="en-GB", timezone_id="UTC"
        )
        context.set_default_timeout(_MILLISECONDS)
        page = context.new_page()
        person = cls(origin, name, context, page)
        person._listen()
        if scripts:
            person.session = context.new_cdp_session(page)
            person.session.send("WebAuthn.enable")
            person.add_device(passkeys)
        try:
            yield person
            assert not person.told, person.told
        finally:
            context.close()

    def _listen(self) -> None:
        self.page.on("console", lambda message: self.told.append(f"{message.type}: {message.text}"))
        self.page.on("pageerror", lambda error: self.told.append(f"error: {error}"))
        self.page.on("requestfailed", self._failed)
        self.page.on("dialog", lambda dialog: self.told.append(f"dialog: {dialog.message}"))

    def _failed(self, request: Request) -> None:
        # A page that is left lets go of what it still loads.
        if request.failure != "net::ERR_ABORTED":
            self.told.append(f"failed: {request.url}: {request.failure}")

    def forgive(self, words: str) -> None:
        """Forget what the browser complained about, all of which must be about `words`."""
        assert self.told, "it complained about nothing"
        assert [line for line in self.told if words not in line] == []
        self.told.clear()

    # The passkey device

    def add_device(self, passkeys: Sequence[JsonObject]) -> None:
        """Lay down the passkey device and take up another one of the same kind, which holds `passkeys`."""
        assert self.session is not None
        if self.authenticator:
            self.session.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": self.authenticator})
        made = self.session.send("WebAuthn.addVirtualAuthenticator", {"options": _DEVICE})
        self.authenticator = str(made["authenticatorId"])
        for passkey in passkeys:
            self._device("addCredential", credential=passkey)

    def passkeys(self) -> list[JsonObject]:
        """What the device holds."""
        return cast("list[JsonObject]", self._device("getCredentials")["credentials"])

    def verify_user(self, *, verified: bool) -> None:
        """Let the passkey device know its user from now on, or not."""
        self._device("setUserVerified", isUserVerified=verified)

    def _device(self, command: str, **given: object) -> JsonObject:
        assert self.session is not None
        words = {"authenticatorId": self.authenticator, **given}
        return cast("JsonObject", self.session.send(f"WebAuthn.{command}", words))

    # The pages

    def go(self, path: str) -> None:
        """Open a page of the console."""
        self.page.goto(f"{self.origin}{path}")

    def arrive(self, title: str) -> None:
        """Wait for the page with this title."""
        self.page.get_by_role("heading", level=1, name=title).wait_for()

    def press(self, name: str) -> None:
        """Press the button with exactly this name."""
        self.page.get_by_role("button", name=name, exact=True).click()

    def sign_in_with_key(self, secret: str, then: str = INBOX) -> None:
        """Sign in with a Brightline key."""
        self.go("/sign-in")
        self.page.get_by_label("Your key").fill(secret)
        self.press("Sign in with the key")
        self.arrive(then)

    def sign_in(self, then: str = INBOX) -> None:
        """Sign in with a passkey."""
        self.go("/sign-in")
        self.press("Use a passkey")
        self.arrive(then)

    def find(self, hold: str) -> Locator:
        """The link of an action in the inbox, on whichever of its pages that is."""
        self.go("/")
        row = self.page.locator(f'a[href="/holds/{hold}"]')
        while not row.count():
            self.page.get_by_role("link", name="Later").click()
            self.page.wait_for_load_state()
        return row

    def enrol(self) -> bytes:
        """Make a passkey; what is given to whoever keeps the directory."""
        self.go("/passkeys")
        self.press("Make a passkey")
        self.page.get_by_role("heading", name="Your new passkey").wait_for()
        return self.download("Download the enrolment")

    def download(self, name: str) -> bytes:
        """The file behind a link."""
        with self.page.expect_download() as found:
            self.page.get_by_role("link", name=name).first.click()
        return Path(found.value.path()).read_bytes()

    def upload(self, label: str, file: str) -> None:
        """Hand in a file."""
        self.page.get_by_label(label).set_input_files(file)
        self.press("Upload")

    def open_evidence(self, hold: str) -> None:
        """Open every item of evidence of a hold."""
        self.go(f"/holds/{hold}")
        unopened = self.page.get_by_role("button", name="Open:")
        for left in range(unopened.count() - 1, -1, -1):
            unopened.first.click()
            expect(unopened).to_have_count(left)

    def decide(self, hold: str, decision: str = "Allow", reason: str = "the road is empty") -> None:
        """Choose on the action's page; the next page asks for the passkey."""
        self.open_evidence(hold)
        self.page.get_by_label("Reason").first.fill(reason)
        self.press(decision)
        self.arrive("You are about to sign")

    def break_glass(self, hold: str, reason: str = "the dam is about to fail") -> None:
        """Choose the emergency path on the action's page; the next page asks for the passkey."""
        self.open_evidence(hold)
        self.page.locator("summary", has_text="Break glass").click()
        self.page.get_by_label("Reason (needed)").last.fill(reason)
        self.press("Break glass")
        self.arrive("You are about to sign: break-glass")

    def judge(self, hold: str, verdict: str = "Justified", words: str = "the gauge agrees") -> None:
        """Judge broken glass on its page; the next page asks for the passkey."""
        self.go(f"/reviews/{hold}")
        self.page.get_by_label("What you found").fill(words)
        self.press(verdict)
        self.arrive("You are about to sign")

    def sign(self, told: str = "Your decision was recorded") -> str:
        """Sign with the passkey; what the page says then."""
        self.page.get_by_role("button", name="Sign with").first.click()
        status = self.page.get_by_role("status").filter(has_text=told)
        status.wait_for()
        return status.inner_text()

    def vote(self, hold: str, decision: str = "Allow") -> str:
        """Decide and sign; what the page says then."""
        self.decide(hold, decision)
        return self.sign()

    def votes_on(self, hold: str) -> str:
        """What the action's page says of who has signed; empty while it hides that."""
        self.go(f"/holds/{hold}")
        table = self.page.get_by_role("region", name="Who has signed")
        return table.inner_text() if table.count() else ""

    def has_voted(self, hold: str) -> bool:
        """Whether a vote of this person was taken."""
        return self.votes_on(hold) != ""

    def lie(self, selector: str, attribute: str, value: str) -> None:
        """Let the page in front of the person show `value` in one element: its attribute, or its text."""
        self.page.locator(selector).evaluate(
            "(node, [name, lie]) => { if (name) node.setAttribute(name, lie); else node.textContent = lie; }",
            [attribute, value],
        )

    def shown(self, selector: str, attribute: str) -> str:
        """What the page shows in one element: its attribute, or its text."""
        part = self.page.locator(selector)
        return (part.get_attribute(attribute) if attribute else part.text_content()) or ""

    def refused(self, words: str) -> None:
        """Try to sign, and be told `words` instead."""
        self.page.get_by_role("button", name="Sign with").first.click()
        self.page.get_by_role("alert").filter(has_text=words).wait_for()
