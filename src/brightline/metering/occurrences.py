"""Pieces that touched people without an identifier: how many each may stand for, counted once however often it is sent.

INVARIANT: `live` is the sum over the occurrences whose newest part counts.
"""

import struct

from brightline.metering.errors import MeterStateError

_HEADER = struct.Struct(">II")
_ROW = struct.Struct(">QII")
MOST_PEOPLE = 2**32 - 1


class Occurrences:
    """For each occurrence (64 bits) the newest part that it was seen in, and how many people it stands for."""

    __slots__ = ("_seen", "live", "oldest")

    def __init__(self, oldest: int = 0) -> None:
        self._seen: dict[int, tuple[int, int]] = {}
        self.oldest = oldest
        self.live = 0

    def __len__(self) -> int:
        return len(self._seen)

    def people(self, occurrence: int) -> int:
        """How many people `occurrence` stands for."""
        return self._seen.get(occurrence, (0, 0))[1]

    def touch(self, occurrence: int, people: int, part: int) -> None:
        """Take down that `occurrence` was seen in `part` and stands for `people` at least."""
        if part >= self.oldest:
            before, had = self._seen.get(occurrence, (part, 0))
            self._put(occurrence, max(before, part), max(had, people))

    def settle(self, occurrence: int, people: int) -> None:
        """`occurrence`, if it counts, turned out to stand for `people` at most."""
        found = self._seen.get(occurrence)
        if found is not None:
            self._put(occurrence, found[0], min(found[1], people))

    def _put(self, occurrence: int, part: int, people: int) -> None:
        kept = min(people, MOST_PEOPLE)
        self.live += kept - self._seen.get(occurrence, (0, 0))[1]
        self._seen[occurrence] = (part, kept)

    def advance(self, oldest: int) -> None:
        """From now on parts before `oldest` do not count; time does not go back."""
        if oldest > self.oldest:
            self.oldest = oldest
            for occurrence in [each for each, (part, _) in self._seen.items() if part < oldest]:
                self.live -= self._seen.pop(occurrence)[1]

    def encode(self) -> bytes:
        """What `decode` reads: 16 bytes an occurrence."""
        rows = (_ROW.pack(occurrence, *seen) for occurrence, seen in sorted(self._seen.items()))
        return b"".join((_HEADER.pack(self.oldest, len(self._seen)), *rows))

    @classmethod
    def decode(cls, data: bytes) -> "Occurrences":
        """The occurrences that were encoded; raises `MeterStateError` for anything else."""
        if len(data) < _HEADER.size:
            raise MeterStateError("metering/bad-state", why="cut short")
        oldest, count = _HEADER.unpack_from(data)
        if len(data) != _HEADER.size + count * _ROW.size:
            raise MeterStateError("metering/bad-state", why="another length")
        made, before = cls(oldest), -1
        for occurrence, part, people in _ROW.iter_unpack(data[_HEADER.size :]):
            if occurrence <= before or part < oldest:
                raise MeterStateError("metering/bad-state", why="occurrences do not ascend")
            made._put(occurrence, part, people)
            before = occurrence
        return made
