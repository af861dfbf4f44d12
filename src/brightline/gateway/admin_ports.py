"""What the administrative commands need from the ledger, the log's key file, and whoever writes backups."""

from collections.abc import Callable, Sequence
from typing import Protocol

from brightline.domain.record import Appended, Entry
from brightline.gateway.admin import Result
from brightline.ledger.service import StoredEntry
from brightline.ledger.state import LedgerState


class AdminLedger(Protocol):
    """The ledger, as an administrator sees it; each method raises `BrightlineError` when it cannot."""

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

    def state(self) -> LedgerState:
        """Whether new uses are taken, and why not."""
        ...

    def entry(self, index: int) -> StoredEntry:
        """The entry at `index`."""
        ...

    async def append_all(self, entries: Sequence[Entry], also: Callable[[], None] | None = None) -> Sequence[Appended]:
        """Make the entries durable, and with them whatever `also` writes to the store: all of it or nothing."""
        ...

    async def proof(self, index: int) -> bytes:
        """The tlog-proof of an entry."""
        ...

    async def acknowledge_clock(self, reason: str, who: str) -> Appended:
        """Take the clock as right from now on, and record it."""
        ...

    async def rotate_key(self, new_seed: bytes) -> tuple[Appended, str]:
        """Sign with another key from now on; the entry, and the new verification key."""
        ...


class SeedFile(Protocol):
    """The file of the log's signing key."""

    def stage(self) -> bytes:
        """A fresh seed, durable beside the one in use."""
        ...

    def settle(self) -> None:
        """Let the staged seed take the place of the one in use."""
        ...


class BackupWriter(Protocol):
    """Writes a backup of the data directory."""

    async def __call__(self, path: str, *, with_keys: bool, entries: int) -> Result:
        """What was written; raises `BrightlineError` when it cannot be."""
        ...
