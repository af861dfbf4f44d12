"""A person at a browser: signs in, enrols a passkey, opens evidence, decides; everything by what the page offers.

INVARIANT: whatever the browser writes to its console, and whatever it fails to load, is kept and must be nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, Request, expect

from brightline.testing.console import SimulatedConsole

CHROMIUM = "chromium"
_MILLISECONDS = 10_000


@dataclass
class PersonAtBrowser:
    """One person's browser, with a passkey device of his own when scripts run."""

    console: SimulatedConsole
    name: str
    key: str
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
        console: SimulatedConsole,
        name: str,
        key: str,
        *,
        scripts: bool = True,
        width: int = 1000,
    ) -> Iterator["PersonAtBrowser"]:
        """A fresh browser for this person; checks afterwards that it had nothing to complain about."""
        context = browser.new_context(
            java_script_enabled=scripts, viewport={"width": width, "height": 800}, locale="en-GB", timezone_id="UTC"
        )
        context.set_default_timeout(_MILLISECONDS)
        page = context.new_page()
        person = cls(console, name, key, context, page)
        person._listen()
        if scripts:
            person.session = context.new_cdp_session(page)
            person.authenticator = add_authenticator(person.session)
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

    def go(self, path: str) -> None:
        """Open a page of the console."""
        self.page.goto(f"{self.console.origin}{path}")

    def sign_in(self) -> None:
        """Sign in with the Brightline key."""
        self.go("/sign-in")
        self.page.get_by_label("Your key").fill(self.key)
        self.page.get_by_role("button", name="Sign in with the key").click()
        self.page.get_by_role("heading", level=1, name="Actions that wait for you").wait_for()

    def enrol(self) -> None:
        """Make a passkey, and let the directory assert it."""
        self.go("/passkeys")
        self.page.get_by_role("button", name="Make a passkey").click()
        self.page.get_by_role("heading", name="Your new passkey").wait_for()
        self.console.journeys.assert_passkeys()

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
        self.page.get_by_role("button", name=decision, exact=True).click()
        self.page.get_by_role("heading", level=1, name="You are about to sign").wait_for()

    def lie(self, selector: str, attribute: str, value: str) -> None:
        """Let the page in front of the person show `value` in one element: its attribute, or its text."""
        self.page.locator(selector).evaluate(
            "(node, [name, lie]) => { if (name) node.setAttribute(name, lie); else node.textContent = lie; }",
            [attribute, value],
        )

    def verify_user(self, *, verified: bool) -> None:
        """Let the passkey device know its user from now on, or not."""
        assert self.session is not None
        options = {"authenticatorId": self.authenticator, "isUserVerified": verified}
        self.session.send("WebAuthn.setUserVerified", options)

    def sign(self) -> None:
        """Sign with the passkey."""
        self.page.get_by_role("button", name="Sign with your passkey").click()
        self.page.get_by_text("Your decision was recorded").wait_for()


def add_authenticator(session: CDPSession) -> str:
    """A passkey device of the platform that verifies its user and needs no touch."""
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    return str(session.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"])
