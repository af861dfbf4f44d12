"""A real browser at a real console: Debian's chromium, driven by Playwright, with a virtual authenticator.

Nothing but the gateway behind the pages is simulated. Without chromium the tests are skipped (under CI that fails).
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from brightline.testing.approval_samples import DUTY_OFFICER, RELEASE_OFFICER, WATCH_COMMANDER
from brightline.testing.console import SimulatedConsole, running_console
from tests.browser.person import CHROMIUM, PersonAtBrowser

# The pages of which the docs have a picture.
SHOWN = frozenset(("sign-in", "inbox", "action", "sign", "voted", "reviews", "oversight", "passkeys"))
IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--write-images` rewrites the screenshots of the docs."""
    parser.addoption("--write-images", action="store_true", help="rewrite docs/images from what the browser shows")


# Not for the session: while Playwright runs, its loop keeps the tests of other folders from starting theirs.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for the tests of a file."""
    path = shutil.which(CHROMIUM)
    if path is None:
        pytest.skip(f"`{CHROMIUM}` is not installed (Debian's package of that name)")
    with sync_playwright() as playwright:
        # Chromium's own sandbox does not start as root.
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def console() -> Iterator[SimulatedConsole]:
    """A console that listens, with people who sign in by keys; no page of it may have failed."""
    with running_console() as made:
        made.journeys.add_person("alice", RELEASE_OFFICER, WATCH_COMMANDER, key="key-a")
        made.journeys.add_person("bob", RELEASE_OFFICER, DUTY_OFFICER, key="key-b")
        yield made
    assert made.faults == []


@pytest.fixture
def alice(chromium: Browser, console: SimulatedConsole) -> Iterator[PersonAtBrowser]:
    """Alice, who is not signed in yet."""
    with PersonAtBrowser.open(chromium, console, "alice", "key-a") as person:
        yield person


@pytest.fixture
def bob(chromium: Browser, console: SimulatedConsole) -> Iterator[PersonAtBrowser]:
    """Bob, in a browser of his own."""
    with PersonAtBrowser.open(chromium, console, "bob", "key-b") as person:
        yield person


@pytest.fixture
def picture(request: pytest.FixtureRequest) -> "Picture":
    """Takes the screenshots of the docs, when asked to."""
    return Picture(write=bool(request.config.getoption("--write-images", default=False)))


class Picture:
    """Writes a page into the docs' images, when asked to: the tree stays as it is otherwise."""

    def __init__(self, *, write: bool) -> None:
        self._write = write

    def take(self, page: Page, name: str) -> None:
        """The page as `docs/images/console-NAME.png`, where the docs show it."""
        if not self._write or name not in SHOWN:
            return
        IMAGES.mkdir(exist_ok=True)
        page.screenshot(
            path=IMAGES / f"console-{name}.png", full_page=True, animations="disabled", caret="hide", timeout=60_000
        )
