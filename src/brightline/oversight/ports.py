"""What holds need from the ledger."""

from collections.abc import Callable, Sequence
from typing import Protocol

from brightline.domain.record import Appended, Entry
from brightline.storage import Shard


class HoldLedger(Protocol):
    """The ledger; what it refuses it raises as `BrightlineError`."""

    @property
    def origin(self) -> str:
        """The log's name."""
        ...

    @property
    def shard(self) -> Shard:
        """The shard in use."""
        ...

    @property
    def size(self) -> int:
        """How many entries are durable."""
        ...

    @property
    def agreement(self) -> bytes:
        """The digest of the agreement in force."""
        ...

    def now_ms(self) -> int:
        """The ledger's time, UTC milliseconds; it never goes back."""
        ...

    def root_at(self, size: int) -> bytes:
        """The root over the first `size` entries."""
        ...

    def leaves(self, start: int, end: int) -> list[bytes]:
        """The encoded leaves of entries `start` to `end`, without the last."""
        ...

    def stored_leaf(self, index: int) -> bytes | None:
        """The encoded leaf of an entry as the store holds it now, which `size` may be about to tell; none for none."""
        ...

    def blob(self, index: int) -> bytes | None:
        """The sealed record of an entry, if it has one."""
        ...

    async def proof(self, index: int) -> bytes:
        """The tlog-proof of an entry."""
        ...

    async def append_with(self, entries: Sequence[Entry], also: Callable[[int], None]) -> Sequence[Appended]:
        """Make entries durable, and with them what `also` writes, which is told the first index: all or nothing."""
        ...
