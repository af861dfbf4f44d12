"""The people who may sign, read anew whenever something was imported."""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

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
        self._lock = Lock()
        self._read: _Read | None = None

    def current(self) -> People:
        """Everybody who was asserted, with the newest list of what is revoked; raises `BrightlineError`."""
        version = self._store.version()
        with self._lock:
            if self._read is None or self._read.version != version:
                people = People(
                    self._directory(), assertions=self._store.assertions(), revocations=self._store.revocations()
                )
                self._read = _Read(version, people)
            return self._read.people
