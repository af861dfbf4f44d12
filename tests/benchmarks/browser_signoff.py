"""The whole ceremony in a real browser, again and again, at a gateway as `brightline serve` runs it.

From the agent's call, whose act is held, to two persons' votes by passkey; each release is fetched over HTTP and goes
to both verifiers and to the effector, twice. Negative control: pages that show another action than they ask to sign;
the script of the ceremony must ask no key on any of them.
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

from brightline.crypto.party_keys import ED25519, create
from brightline.domain.sign_off.canonical import canonical
from brightline.domain.sign_off.trust import TrustBundle
from brightline.oversight.effector import Action, Effector, EffectorError
from brightline.oversight.replay_store import DirectoryReplayStore
from brightline.testing.sign_off import HOUR_MS
from tests.benchmarks.harness import Bar, BenchResult, Control, Options
from tests.browser.house import House, served_house
from tests.browser.person import CHROMIUM, PersonAtBrowser
from tests.browser.staff import Staff
from tests.officers import GIVEN, PAYLOAD
from tests.releases.second_verifier import Judged, SecondVerifier

ACTS, QUICK_ACTS = 25, 3
# What a lying page takes from another action: the element, and its attribute (none: its text).
LIES = (
    ("#rendering", ""),
    ("#binding-digest", ""),
    (".said-digest", ""),
    ("#decision", ""),
    ("#person", ""),
    ("#role", ""),
    ("#binding", "value"),
    ("[name=said]", "value"),
)


def run(options: Options) -> BenchResult:
    """Sign, and lie; the bar is that every release is accepted once and no lie is signed."""
    count = QUICK_ACTS if options.quick else ACTS
    with _chromium() as browser, tempfile.TemporaryDirectory() as folder, served_house(Path(folder)) as house:
        staff = Staff(house, browser, {})
        with staff.at_work("omar") as omar, staff.at_work("rosa") as rosa, SecondVerifier() as second:
            machine = _Machine(house, Path(folder) / "store", second)
            seconds = [each for _ in range(count) for each in _act(house, (omar, rosa), machine)]
            turned = sum(is_turned_away(house, omar, selector, attribute) for selector, attribute in LIES)
    return BenchResult(
        bars=[
            Bar(
                f"of {count} releases, each by two ceremonies, accepted by the effector",
                machine.done,
                count,
                "",
                better="high",
            ),
            Bar("of these accepted by the verifier in JavaScript", machine.seconded, count, "", better="high"),
            Bar("of these accepted a second time", machine.again, 0, ""),
        ],
        controls=[
            Control("a page that shows another action", turned == len(LIES), f"{turned} of {len(LIES)} turned away"),
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


class _Machine:
    """The machine at the other end: counts which releases it took, and which of them twice."""

    def __init__(self, house: House, folder: Path, second: SecondVerifier) -> None:
        bundle, revocations = (Path(name).read_bytes() for name in house.judged())
        # A store as old as a machine that stood there before: a new one refuses what was open before it was made.
        store = DirectoryReplayStore(folder, clock_ms=lambda: _now_ms() - 2 * HOUR_MS)
        self._judged = (bundle, revocations)
        self._second = second
        self._effector = Effector(
            TrustBundle.parse(bundle),
            store,
            revocations=lambda: revocations,
            clock_ms=_now_ms,
            signer=create(ED25519),
        )
        self.done = self.seconded = self.again = 0

    def take(self, release: bytes) -> None:
        """Have the release judged by the other verifier, act on it, and try to act on it once more."""
        judged = Judged(*self._judged, PAYLOAD, canonical(GIVEN[PAYLOAD]), {}, _now_ms())
        self.seconded += self._second.verify(release, judged) is None
        self.done += self._acts(release)
        self.again += self._acts(release)

    def _acts(self, release: bytes) -> bool:
        action = Action(PAYLOAD, canonical(GIVEN[PAYLOAD]), {})
        try:
            return self._effector.act(release, action, lambda: None).receipt.outcome == "done"
        except EffectorError:
            return False


def _act(house: House, persons: tuple[PersonAtBrowser, ...], machine: _Machine) -> Iterator[float]:
    """One act from its proposal to the machine; the seconds of each person's ceremony."""
    hold = house.held()
    for person in persons:
        began = time.monotonic()
        person.vote(hold)
        yield time.monotonic() - began
    machine.take(house.release(hold).body)


def is_turned_away(house: House, person: PersonAtBrowser, selector: str, attribute: str) -> bool:
    """Whether a page got no vote of a person to whom it showed another action's `selector`."""
    hold, other = house.held(), house.held()
    person.decide(other, "Deny")
    lie = person.shown(selector, attribute)
    person.decide(hold)
    person.lie(selector, attribute, lie if lie != person.shown(selector, attribute) else "another")
    person.refused("This page shows another")
    return not (person.has_voted(hold) or person.has_voted(other))


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
