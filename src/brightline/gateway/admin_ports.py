"""What the administrative commands need from the ledger and from whoever writes backups."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from brightline.domain.record import Appended, Entry
from brightline.gateway.admin import Result


class AdminLedger(Protocol):
    """The ledger, as an administrator sees it."""

    @property
    def origin(self) -> str:
        """The log's name."""
        ...

    @property
    def vkey(self) -> str:
        """The verification key in force."""
        ...

    @property
    def size(self) -> int:
        """How many entries are durable."""
        ...

    @property
    def directory(self) -> Path:
        """Where the log is published."""
        ...

    def state_words(self) -> str:
        """`ready`, or why not."""
        ...

    def leaves(self, start: int, end: int) -> Sequence[bytes]:
        """The encoded leaves of entries `start` to `end`, without the last."""
        ...

    def hash_of(self, leaf: bytes) -> bytes:
        """The RFC 6962 hash of an encoded leaf."""
        ...

    async def append_all(self, entries: Sequence[Entry]) -> Sequence[Appended]:
        """Make the entries durable, all or none."""
        ...

    async def proof(self, index: int) -> bytes:
        """The tlog-proof of an entry."""
        ...

    async def acknowledge_clock(self, entry: Entry) -> Appended:
        """Take the clock as right from now on, and record it."""
        ...

    async def rotate_key(self, entry_for: Callable[[str], Entry]) -> Appended:
        """Make a new log key, record it with the entry for its verification key, and sign with it from then on."""
        ...


class BackupWriter(Protocol):
    """Writes a backup of the data directory."""

    async def __call__(self, path: str, *, with_keys: bool, entries: int) -> Result:
        """What was written; raises `BrightlineError` when it cannot be."""
        ...
