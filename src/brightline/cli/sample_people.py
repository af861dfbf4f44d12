"""People who sign under the sample agreement, with fresh keys, for somebody who looks at the product alone.

INVARIANT: nothing but `init --sample` and the demo uses this: whoever holds all of these keys is one person.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from brightline.crypto.party_keys import ED25519, PrivateKey, create, save
from brightline.domain.sign_off.assertion import FILE, HARDWARE, WEBAUTHN, RoleAssertion, SignedAssertion
from brightline.domain.sign_off.revocation import RevocationList, SignedRevocationList
from brightline.domain.sign_off.trust import DAY_MS, RelyingParty
from brightline.gateway.settings import FILE_NAME
from brightline.oversight.directory import (
    DIRECTORY_NAME,
    Directory,
    approver_key,
    entries_of,
    entry_of,
    make_assertion,
    make_revocations,
)

# Who plays whom; the roles are those that the sample agreement asks for.
ROLES: Mapping[str, str] = {
    "dora": "duty-officer",
    "omar": "release-officer",
    "rosa": "release-officer",
    "walter": "watch-commander",
}
# The machine that the story has act, as the sample's effector register names it.
EFFECTOR = "uav-1.example"
PEOPLE_NAME = "people"
DIRECTORY_KEY_NAME = "directory.pem"
# Long enough to try things out; a real list is renewed every day.
_LASTS_MS = 30 * DAY_MS
_CONSOLE = RelyingParty("localhost", ("http://localhost:8081",))


@dataclass(frozen=True, slots=True)
class Played:
    """A person of the sample: the private key, and what the directory asserts of it."""

    key: PrivateKey = field(repr=False)
    assertion: SignedAssertion


@dataclass(frozen=True, slots=True)
class SamplePeople:
    """The sample's directory with its key, everybody in it by name, a list that revokes nobody, and a machine's key."""

    directory: Directory
    directory_key: PrivateKey = field(repr=False)
    persons: Mapping[str, Played]
    revocations: SignedRevocationList
    effector: PrivateKey = field(repr=False)

    @property
    def files(self) -> tuple[bytes, ...]:
        """What a gateway takes of them (`brightline approver import`)."""
        return (*(played.assertion.canonical for played in self.persons.values()), self.revocations.canonical)

    def write(self, data_dir: Path, *, state_url: str = "") -> None:
        """Put the directory and the machine's key into `data_dir`, and all keys and signed files below its `people`.

        At `state_url` the machine is asked how it stands; empty where it is not. Raises `OSError`.
        """
        (data_dir / DIRECTORY_NAME).write_bytes(self.directory.to_bytes())
        entry = entry_of(self.effector.public)
        with (data_dir / FILE_NAME).open("a", encoding="utf-8") as settings:
            settings.write(f'\n[[effector]]\naudience = "{EFFECTOR}"\n')
            settings.write(f'algorithm = "{entry.algorithm}"\npublic = "{entry.encoded}"\n')
            settings.write(f'state_url = "{state_url}"\n' if state_url else "")
        place = data_dir / PEOPLE_NAME
        place.mkdir(mode=0o700)
        save(place / DIRECTORY_KEY_NAME, self.directory_key, "")
        save(place / f"{EFFECTOR}.pem", self.effector, "")
        (place / "revocations.json").write_bytes(self.revocations.canonical)
        for name, played in self.persons.items():
            save(place / f"{name}.pem", played.key, "")
            (place / f"{name}.assertion.json").write_bytes(played.assertion.canonical)


def make_people(*, now_ms: int, random: Callable[[int], bytes]) -> SamplePeople:
    """A fresh directory at `now_ms` (UTC milliseconds), with a person for each part that the sample asks for."""
    directory_key = create(ED25519, random)
    directory = Directory(
        keys=entries_of([directory_key.public]),
        assurances=tuple(sorted((FILE, HARDWARE, WEBAUTHN))),
        webauthn=_CONSOLE,
        revocations_max_age_ms=_LASTS_MS,
    )
    persons = {
        name: _person(name, role, serial, directory_key, now_ms=now_ms, random=random)
        for serial, (name, role) in enumerate(ROLES.items(), start=1)
    }
    revocations = make_revocations(RevocationList(issued_ms=now_ms, number=1), directory_key)
    return SamplePeople(directory, directory_key, persons, revocations, create(ED25519, random))


def _person(
    name: str, role: str, serial: int, directory_key: PrivateKey, *, now_ms: int, random: Callable[[int], bytes]
) -> Played:
    key = create(ED25519, random)
    assertion = RoleAssertion(
        person=name,
        key=approver_key(key.public, FILE),
        roles=(role,),
        not_before_ms=now_ms,
        not_after_ms=now_ms + _LASTS_MS,
        serial=serial,
    )
    return Played(key, make_assertion(assertion, directory_key))
