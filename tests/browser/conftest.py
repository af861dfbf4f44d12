"""A real browser at the console of a real house: Debian's chromium, driven by Playwright, with virtual authenticators.

Nothing is simulated but the model. Without chromium the tests are skipped (under CI that fails).
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.house import House, served_house
from tests.browser.person import CHROMIUM, PersonAtBrowser
from tests.browser.staff import Passkeys, Staff

# The pages of which the docs have a picture.
SHOWN = frozenset(("sign-in", "inbox", "action", "sign", "voted", "reviews", "review", "oversight", "passkeys"))
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


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house that is served; tests share it, each with holds of its own."""
    with served_house(tmp_path_factory.mktemp("house")) as made:
        yield made


@pytest.fixture(scope="session")
def passkeys() -> Passkeys:
    """The passkeys of the house's people, who enrol but once."""
    return {}


@pytest.fixture(scope="module")
def staff(chromium: Browser, house: House, passkeys: Passkeys) -> Staff:
    """The people of the house."""
    return Staff(house, chromium, passkeys)


@pytest.fixture
def omar(staff: Staff) -> Iterator[PersonAtBrowser]:
    """A release officer, signed in with his passkey."""
    with staff.at_work("omar") as person:
        yield person


@pytest.fixture
def rosa(staff: Staff) -> Iterator[PersonAtBrowser]:
    """Another release officer, in a browser of her own."""
    with staff.at_work("rosa") as person:
        yield person


@pytest.fixture
def dora(staff: Staff) -> Iterator[PersonAtBrowser]:
    """A duty officer."""
    with staff.at_work("dora") as person:
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
