"""The approvers of a house, each with a passkey that a browser made and the directory asserted."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser

from brightline.domain.sign_off.canonical import JsonObject
from tests.browser.house import DUTY_OFFICER, RELEASE_OFFICER, WATCH_COMMANDER, House
from tests.browser.person import PASSKEYS, PersonAtBrowser

Passkeys = dict[str, list[JsonObject]]
ROLES = {
    "omar": RELEASE_OFFICER,
    "rosa": RELEASE_OFFICER,
    "dora": DUTY_OFFICER,
    "walter": WATCH_COMMANDER,
}


@dataclass(frozen=True, slots=True)
class Staff:
    """Who works at `house`; whoever comes for the first time enrols."""

    house: House
    browser: Browser
    passkeys: Passkeys

    @contextmanager
    def at_work(self, name: str, *, signed_in: bool = True) -> Iterator[PersonAtBrowser]:
        """A browser of this person, with his passkeys."""
        if name not in self.passkeys:
            self._enrol(name)
        with PersonAtBrowser.open(self.browser, self.house.origin, name, self.passkeys[name]) as person:
            if signed_in:
                person.sign_in()
            yield person

    def _enrol(self, name: str) -> None:
        secret = self.house.add_key(name, "console")
        with PersonAtBrowser.open(self.browser, self.house.origin, name) as person:
            person.sign_in_with_key(secret, PASSKEYS)
            self.house.admit(person.enrol(), ROLES[name])
            self.passkeys[name] = person.passkeys()
