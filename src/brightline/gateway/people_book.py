"""The people who may sign, read anew whenever something was imported."""

from collections.abc import Callable
from dataclasses import dataclass

from brightline.oversight.directory import Directory
from brightline.oversight.people import People
from brightline.storage import PeopleStore


@dataclass(frozen=True, slots=True)
class _Read:
    version: tuple[int, int]
    people: People


class PeopleBook:
    """The people of a data directory; `directory` raises `BrightlineError` where there is none. Any thread may ask.

    The directory's file is read when people are: a changed one counts from the next import or start on.
    """

    def __init__(self, store: PeopleStore, directory: Callable[[], Directory]) -> None:
        self._store = store
        self._directory = directory
        self._read: _Read | None = None

    def current(self) -> People:
        """Everybody who was asserted, with the newest list of what is revoked; raises `BrightlineError`."""
        # Without a lock of its own: who asks from within a transaction holds the store's, and would wait for a reader
        # who waits for that. Two may read at once; what was read is never older than the version it is kept under.
        version, read = self._store.version(), self._read
        if read is None or read.version != version:
            read = _Read(version, self._people())
            self._read = read
        return read.people

    def _people(self) -> People:
        store = self._store
        return People(self._directory(), assertions=store.assertions(), revocations=store.revocations())
