"""One window of one meter, whatever it counts: what is in it, and what uses under way have reserved in it.

What a use may add is reserved before it is let go, so that uses at once cannot pass a limit together; it is then either
taken down for good or given back.

INVARIANT: `reading` never falls by a commit, and rises only by a reservation, or a commit of more than was reserved.
"""

import struct
from abc import ABC, abstractmethod
from hashlib import blake2b

from brightline.domain.metering import MeterRule, Tally
from brightline.metering.errors import MeterStateError
from brightline.metering.sliding import Sliding

_HEADER = struct.Struct(">BQI")
_FORMAT = 1
_DIGEST_BYTES = 8
OVERHEAD_BYTES = 1_500  # of the objects around the numbers


class MeterWindow(ABC):
    """What one meter counts for one value of what it is kept by.

    `upto` is the position after the last entry of the ledger that it took; `pins` is how many uses have hold of it;
    `changed` says that the store has not all of it.
    """

    __slots__ = ("_part_ms", "_parts", "_reserved_sum", "changed", "key", "part", "pins", "rule", "upto")

    def __init__(self, rule: MeterRule, key: bytes) -> None:
        self.rule = rule
        self.key = key
        self.changed = False
        self.pins = 0
        self.part = 0
        self.upto = 0
        self._parts = rule.parts
        self._part_ms = Sliding(rule.seconds, rule.parts).part_ms
        self._reserved_sum = 0

    @property
    @abstractmethod
    def reading(self) -> int:
        """How much counts now, with all that is reserved; of a sketch the upper bound."""

    @property
    @abstractmethod
    def taken(self) -> int:
        """How much counts now without what is reserved."""

    @property
    @abstractmethod
    def kept_bytes(self) -> int:
        """About how much memory it takes."""

    @abstractmethod
    def reserve(self, tally: Tally) -> int:
        """Keep room for all that `tally` may add; returns what `give_back` is to be told."""

    @abstractmethod
    def give_back(self, tally: Tally, amount: int) -> None:
        """Let go of what was reserved for `tally`; `amount` is what `reserve` returned."""

    @abstractmethod
    def _slide(self, oldest: int) -> None:
        """Let go of what is of a part before `oldest`."""

    @abstractmethod
    def _add(self, tally: Tally, part: int) -> None:
        """Take down what `tally` adds in `part`."""

    @abstractmethod
    def _encode(self) -> bytes:
        """What `_decode` reads."""

    @abstractmethod
    def _decode(self, data: bytes) -> None:
        """Take what was encoded; raises `MeterStateError` for anything else."""

    def advance(self, time_ms: int) -> None:
        """Let go what has left the window at `time_ms` (ledger time)."""
        part = time_ms // self._part_ms
        if part > self.part:
            self.part = part
            self._slide(max(0, part - self._parts))

    def take(self, tally: Tally, *, position: int, time_ms: int) -> None:
        """Take down what the ledger's entry at `position`, of `time_ms`, says; one taken before adds nothing."""
        if position < self.upto:
            return
        self.upto = position + 1
        self.advance(time_ms)
        self._add(tally, (tally.corrects_ms or time_ms) // self._part_ms)

    def encode(self) -> bytes:
        """What `decode` reads; reservations are not kept, for a use that a crash cut off was never let go."""
        said = _HEADER.pack(_FORMAT, self.upto, self.part) + self._encode()
        return said + _digest(said)

    def decode(self, data: bytes) -> None:
        """Become the window that was encoded; raises `MeterStateError` for anything else."""
        said = data[:-_DIGEST_BYTES]
        if len(said) < _HEADER.size or said[0] != _FORMAT or _digest(said) != data[-_DIGEST_BYTES:]:
            raise MeterStateError("metering/bad-state", why="cut short, damaged, or of another format")
        _, self.upto, self.part = _HEADER.unpack_from(said)
        self._decode(said[_HEADER.size :])


def _digest(said: bytes) -> bytes:
    """What tells that a file was damaged; it keeps nobody from writing another."""
    return blake2b(said, digest_size=_DIGEST_BYTES).digest()
