"""What metering asks of the store that keeps its windows between uses."""

from collections.abc import Iterable
from typing import Protocol


class WindowStore(Protocol):
    """Encoded windows by their 16-byte keys, and up to which position of the ledger all of them are complete.

    It may be lost: what it holds is rebuilt from the ledger's meter entries.
    """

    def load(self, key: bytes) -> bytes | None:
        """The window kept under `key`."""
        ...

    def keep(self, windows: Iterable[tuple[bytes, bytes]], upto: int | None = None) -> None:
        """Keep each (key, window); with `upto`, all that entries before it added is now kept, durably."""
        ...

    @property
    def upto(self) -> int:
        """The position of the first entry that must be read again."""
        ...
