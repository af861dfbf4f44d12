"""Takes role assertions and revocation lists into a data directory: checks all of them, then keeps all or none.

The admin command `people.import` takes `{"files": [base64, …]}`, asks for a plan, makes the entry of the ledger (kind
KEY) from its summary, keeps the plan in that entry's transaction, and answers `{"imported": summary, "entry": index}`.
INVARIANT: the number of the list held, and the time it was issued, only rise.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from brightline.domain.sign_off.assertion import RoleAssertion, SignedAssertion
from brightline.domain.sign_off.canonical import parse_object
from brightline.domain.sign_off.errors import SignOffError
from brightline.domain.sign_off.revocation import MAX_REVOCATIONS_BYTES, RevocationList, SignedRevocationList
from brightline.oversight.directory import Directory
from brightline.oversight.people import CLOCK_SKEW_MS

# A larger import is done in several.
MOST_FILES = 256


class PeopleStore(Protocol):
    """Where signed assertions and revocation lists are kept; durable when a method returns."""

    def put_assertion(self, serial: int, blob: bytes) -> None:
        """Keep a signed assertion under its serial."""
        ...

    def assertions(self) -> Sequence[bytes]:
        """Every signed assertion, by serial."""
        ...

    def put_revocations(self, number: int, blob: bytes) -> None:
        """Keep a signed list under its number."""
        ...

    def revocations(self) -> bytes | None:
        """The signed list with the highest number."""
        ...


@dataclass(frozen=True, slots=True)
class Import:
    """What an import adds: signed assertions by serial, and at most one newer list by its number."""

    assertions: Mapping[int, bytes]
    revocations: tuple[int, bytes] | None
    summary: tuple[Mapping[str, object], ...]

    def keep(self, store: PeopleStore) -> None:
        """Keep all of it; call this within the transaction of the ledger's entry."""
        for serial, blob in self.assertions.items():
            store.put_assertion(serial, blob)
        if self.revocations is not None:
            store.put_revocations(*self.revocations)


def plan_import(directory: Directory, store: PeopleStore, files: Iterable[bytes], *, now_ms: int) -> Import:
    """What importing `files` would add to `store`; raises `SignOffError` for the first that may not be taken.

    An assertion that is kept already is passed over. `summary` says in plain words what is added, with the digest of
    each: the entry of the ledger holds it.
    """
    held = {signed.assertion.serial: signed for signed in map(SignedAssertion.parse, store.assertions())}
    kept = store.revocations()
    newest = None if kept is None else SignedRevocationList.parse(kept).revocations
    persons = {signed.assertion.key.id: signed.assertion.person for signed in held.values()}
    assertions: dict[int, bytes] = {}
    revocations: tuple[int, bytes] | None = None
    summary: list[Mapping[str, object]] = []
    for place, data in enumerate(files):
        if place >= MOST_FILES:
            raise SignOffError("signoff/too-many", most=MOST_FILES)
        signed = _read(data, place)
        if isinstance(signed, SignedRevocationList):
            newest = _newer(directory.check_revocations(signed), newest, now_ms)
            revocations = (newest.number, signed.canonical)
            summary.append(_of_revocations(signed))
            continue
        assertion = directory.check_assertion(signed)
        before = held.setdefault(assertion.serial, signed)
        if before.assertion != assertion:
            raise SignOffError("signoff/serial-taken", serial=assertion.serial)
        # Two persons with one key would be one person who signs twice.
        if persons.setdefault(assertion.key.id, assertion.person) != assertion.person:
            raise SignOffError("signoff/key-of-another", person=assertion.person)
        if before is signed:
            assertions[assertion.serial] = signed.canonical
            summary.append(_of_assertion(signed, assertion))
    if not summary:
        raise SignOffError("signoff/nothing-to-import")
    return Import(assertions, revocations, tuple(summary))


def _read(data: bytes, place: int) -> SignedAssertion | SignedRevocationList:
    """The signed object that `data` is; raises `SignOffError`."""
    value = parse_object(data, limit=MAX_REVOCATIONS_BYTES)
    if "assertion" in value:
        return SignedAssertion.parse(data)
    if "revocations" in value:
        return SignedRevocationList.parse(data)
    raise SignOffError("signoff/not-of-people", place=place + 1)


def _newer(given: RevocationList, held: RevocationList | None, now_ms: int) -> RevocationList:
    """`given`, if it follows `held`; raises `SignOffError`."""
    if held is not None and (given.number <= held.number or given.issued_ms < held.issued_ms):
        raise SignOffError("signoff/list-went-back", number=given.number, held=held.number)
    # A list of the far future would keep every later one out.
    if given.issued_ms - now_ms > CLOCK_SKEW_MS:
        raise SignOffError("signoff/revocations-stale", why="it is of a later time than the clock says")
    return given


def _of_assertion(signed: SignedAssertion, assertion: RoleAssertion) -> Mapping[str, object]:
    return {
        "act": "assert",
        "person": assertion.person,
        "roles": list(assertion.roles),
        "key": assertion.key.id,
        "assurance": assertion.key.assurance,
        "serial": assertion.serial,
        "not_before_ms": assertion.not_before_ms,
        "not_after_ms": assertion.not_after_ms,
        "directory_key": signed.directory_key,
        "sha256": assertion.digest.hex(),
    }


def _of_revocations(signed: SignedRevocationList) -> Mapping[str, object]:
    revocations = signed.revocations
    return {
        "act": "revoke",
        "number": revocations.number,
        "issued_ms": revocations.issued_ms,
        "keys": len(revocations.keys),
        "persons": len(revocations.persons),
        "serials": len(revocations.serials),
        "bindings": len(revocations.bindings),
        "directory_key": signed.directory_key,
        "sha256": revocations.digest.hex(),
    }
