"""The whole ceremony in a real browser, again and again: from the action's page to the vote that was recorded.

Each release goes to the effector check. Negative control: pages that show another action than they ask to sign; the
script of the ceremony must ask no key on any of them.
"""

import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from brightline.testing import approval_samples
from brightline.testing.approval_samples import RELEASE_OFFICER
from brightline.testing.console import SimulatedConsole, now_ms, running_console
from tests.benchmarks.harness import Bar, BenchResult, Control, Options
from tests.browser.effector import Machine
from tests.browser.person import CHROMIUM, PersonAtBrowser

CEREMONIES, QUICK_CEREMONIES = 50, 5
# What a lying page takes from another action: the element, and its attribute (none: its text).
LIES = (
    ("#rendering", ""),
    ("#binding-digest", ""),
    ("#statement-digest", ""),
    ("#decision", ""),
    ("#binding", "value"),
    ("[name=statement]", "value"),
)


def run(options: Options) -> BenchResult:
    """Sign, and lie; the bar is that every ceremony is accepted and no lie is signed."""
    count = QUICK_CEREMONIES if options.quick else CEREMONIES
    with _chromium() as browser, running_console() as console, tempfile.TemporaryDirectory() as folder:
        console.journeys.add_person("alice", RELEASE_OFFICER, key="key-a")
        with PersonAtBrowser.open(browser, console, "alice", "key-a") as alice:
            alice.sign_in()
            alice.enrol()
            seconds, accepted, told = _ceremonies(console, alice, Path(folder), count)
            signed = sum(_lie(console, alice, selector, attribute) for selector, attribute in LIES)
    return BenchResult(
        bars=[
            Bar(f"of {count} ceremonies accepted by the effector", accepted, count, "", better="high"),
            Bar("of these accepted a second time", told["again"], 0, ""),
        ],
        controls=[
            Control(
                "a page that shows another action", signed == 0, f"{len(LIES) - signed} of {len(LIES)} turned away"
            ),
        ],
        notes=[
            f"a ceremony, page to recorded vote: median {statistics.median(seconds):.2f} s,"
            f" slowest {max(seconds):.2f} s, without a person's thinking",
        ],
    )


@contextmanager
def _chromium() -> Iterator[Browser]:
    path = shutil.which(CHROMIUM)
    if path is None:
        raise FileNotFoundError(f"`{CHROMIUM}` is not installed: this benchmark needs Debian's package of that name")
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()


def _ceremonies(
    console: SimulatedConsole, alice: PersonAtBrowser, folder: Path, count: int
) -> tuple[list[float], int, dict[str, int]]:
    """Seconds of each ceremony, how many the effector accepted, and how many of them again."""
    seconds, accepted, again = [], 0, 0
    for number in range(count):
        hold = _hold(console)
        began = time.monotonic()
        alice.decide(hold)
        alice.sign()
        seconds.append(time.monotonic() - began)
        machine = Machine(console, hold, folder / str(number))
        accepted += machine.act() == "done"
        again += machine.act() == "done"
    return seconds, accepted, {"again": again}


def _lie(console: SimulatedConsole, alice: PersonAtBrowser, selector: str, attribute: str) -> int:
    """How many votes a page got out of the person whose part `selector` is another action's."""
    hold, other = _hold(console), _hold(console)
    alice.decide(other, "Deny")
    part = alice.page.locator(selector)
    lie = part.get_attribute(attribute) if attribute else part.text_content()
    alice.decide(hold)
    alice.lie(selector, attribute, lie or "")
    alice.page.get_by_role("button", name="Sign with your passkey").click()
    alice.page.get_by_role("alert").filter(has_text="This page shows another").wait_for()
    return console.journeys.votes(hold) + console.journeys.votes(other)


def _hold(console: SimulatedConsole) -> str:
    return console.journeys.hold(approval_samples.release_payload(os.urandom, now_ms(), quorum=1))
