"""The data subjects that a window holds, exactly, each once, with the newest part that touched them.

A data subject is 64 bits of a keyed hash. In a window of 65,536 two of them fall together with a probability of less
than 2 in 10 thousand million, and nobody without the key can look for two that do.

INVARIANT: `live` is how many of the kept subjects were touched in a part that counts.
INVARIANT: subjects ascend, and `decode(encode(s)) == s`.
"""

import struct
from array import array
from bisect import bisect_left
from collections.abc import Iterator

from brightline.metering.errors import MeterStateError

_HEADER = struct.Struct(">BIII")
_COUNT = struct.Struct(">II")  # a part, and how many were touched in it last
_FORMAT = 1
_SWEEP_FROM = 64  # so few dead subjects are not worth a sweep


class DataSubjectSet:
    """Data subjects of one window key; `oldest` is the oldest part that counts."""

    __slots__ = ("_counts", "_keys", "_newest", "live", "oldest")

    def __init__(self, oldest: int = 0) -> None:
        self._keys = array("Q")
        self._newest = array("I")
        self._counts: dict[int, int] = {}
        self.oldest = oldest
        self.live = 0

    def __contains__(self, data_subject: int) -> bool:
        keys = self._keys
        at = bisect_left(keys, data_subject)
        return at < len(keys) and keys[at] == data_subject and self._newest[at] >= self.oldest

    def __len__(self) -> int:
        return len(self._keys)

    def __iter__(self) -> Iterator[tuple[int, int]]:
        """Each data subject that counts, with the newest part that touched it."""
        oldest = self.oldest
        return (pair for pair in zip(self._keys, self._newest, strict=True) if pair[1] >= oldest)

    def touch(self, data_subject: int, part: int) -> None:
        """Take down that `data_subject` was touched in `part`; one that no longer counts changes nothing."""
        if part < self.oldest:
            return
        keys, newest, counts = self._keys, self._newest, self._counts
        at = bisect_left(keys, data_subject)
        if at == len(keys) or keys[at] != data_subject:
            keys.insert(at, data_subject)
            newest.insert(at, part)
            self.live += 1
        else:
            before = newest[at]
            if before >= part:
                return
            newest[at] = part
            if before >= self.oldest:
                counts[before] -= 1
            else:
                self.live += 1
        counts[part] = counts.get(part, 0) + 1

    def advance(self, oldest: int) -> None:
        """From now on parts before `oldest` do not count; time does not go back."""
        if oldest <= self.oldest:
            return
        self.oldest = oldest
        for part in [part for part in self._counts if part < oldest]:
            self.live -= self._counts.pop(part)
        dead = len(self._keys) - self.live
        if dead > _SWEEP_FROM and dead > self.live:
            self._sweep()

    def _sweep(self) -> None:
        living = list(self)
        self._keys = array("Q", (data_subject for data_subject, _ in living))
        self._newest = array("I", (part for _, part in living))

    def encode(self) -> bytes:
        """What `decode` reads, without what no longer counts: 12 bytes a data subject, 8 a part."""
        if len(self._keys) != self.live:
            self._sweep()
        header = _HEADER.pack(_FORMAT, self.oldest, len(self._keys), len(self._counts))
        counts = b"".join([_COUNT.pack(*count) for count in self._counts.items()])
        return b"".join((header, counts, _big_endian(self._keys), _big_endian(self._newest)))

    @classmethod
    def decode(cls, data: bytes) -> "DataSubjectSet":
        """The set that was encoded; raises `MeterStateError` for another length or format.

        What keeps it checks that it is what was kept.
        """
        if len(data) < _HEADER.size:
            raise MeterStateError("metering/bad-state", why="cut short")
        form, oldest, length, parts = _HEADER.unpack_from(data)
        start = _HEADER.size + _COUNT.size * parts
        middle = start + 8 * length
        if form != _FORMAT or len(data) != middle + 4 * length:
            raise MeterStateError("metering/bad-state", why="another length or format")
        made = cls(oldest)
        made._counts = dict(_COUNT.iter_unpack(data[_HEADER.size : start]))
        made._keys = _native("Q", data[start:middle])
        made._newest = _native("I", data[middle:])
        made.live = length
        return made


def _big_endian(numbers: "array[int]") -> bytes:
    swapped = array(numbers.typecode, numbers)
    swapped.byteswap()
    return swapped.tobytes()


def _native(typecode: str, data: bytes) -> "array[int]":
    numbers = array(typecode, data)
    numbers.byteswap()
    return numbers
