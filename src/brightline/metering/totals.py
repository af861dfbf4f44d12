"""A sum that slides: what was added in each part of a window.

INVARIANT: `live` is the sum over the parts that count.
"""

import struct

from brightline.metering.errors import MeterStateError

_HEADER = struct.Struct(">I")
_PART = struct.Struct(">Iq")


class Totals:
    """Amounts by part; `oldest` is the oldest part that counts."""

    __slots__ = ("_amounts", "live", "oldest")

    def __init__(self, oldest: int = 0) -> None:
        self._amounts: dict[int, int] = {}
        self.oldest = oldest
        self.live = 0

    def add(self, amount: int, part: int) -> None:
        """Add `amount` in `part`; what is given back is below nought, and belongs into the part it was added in."""
        if part >= self.oldest and amount:
            self._amounts[part] = self._amounts.get(part, 0) + amount
            self.live += amount

    def advance(self, oldest: int) -> None:
        """From now on parts before `oldest` do not count; time does not go back."""
        if oldest > self.oldest:
            self.oldest = oldest
            for part in [part for part in self._amounts if part < oldest]:
                self.live -= self._amounts.pop(part)

    def encode(self) -> bytes:
        """What `decode` reads: 12 bytes a part."""
        rows = (_PART.pack(part, amount) for part, amount in sorted(self._amounts.items()))
        return b"".join((_HEADER.pack(self.oldest), *rows))

    @classmethod
    def decode(cls, data: bytes) -> "Totals":
        """The totals that were encoded; raises `MeterStateError` for anything else."""
        if len(data) < _HEADER.size or (len(data) - _HEADER.size) % _PART.size:
            raise MeterStateError("metering/bad-state", why="another length")
        made = cls(*_HEADER.unpack_from(data))
        before = made.oldest - 1
        for part, amount in _PART.iter_unpack(data[_HEADER.size :]):
            if part <= before:
                raise MeterStateError("metering/bad-state", why="parts do not ascend")
            made.add(amount, part)
            before = part
        return made
