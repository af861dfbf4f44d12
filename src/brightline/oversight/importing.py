"""Takes role assertions and revocation lists into a data directory: checks all of them, then keeps all or none.

The admin command `people.import` asks for a plan, makes the entry of the ledger from it, and keeps it in the entry's
transaction.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from brightline.oversight.directory import Directory

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
        """The list with the highest number."""
        ...


@dataclass(frozen=True, slots=True)
class Import:
    """What an import adds: signed assertions by serial, and at most one newer list by its number."""

    assertions: tuple[tuple[int, bytes], ...]
    revocations: tuple[int, bytes] | None
    # For the ledger's entry and for the person: plain facts, no contents.
    summary: tuple[dict[str, object], ...]

    def keep(self, store: PeopleStore) -> None:
        """Keep all of it; call it within the transaction of the ledger's entry."""
        for serial, blob in self.assertions:
            store.put_assertion(serial, blob)
        if self.revocations is not None:
            store.put_revocations(*self.revocations)


def plan_import(directory: Directory, store: PeopleStore, files: Iterable[bytes], *, now_ms: int) -> Import:
    """What importing `files` would add to `store`; raises `SignOffError` for the first that may not be taken."""
    raise NotImplementedError
