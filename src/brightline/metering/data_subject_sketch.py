"""How many data subjects a window holds, about: for windows that are too large to keep each one.

A HyperLogLog sketch of each part (Flajolet and others, 2007; as Apache DataSketches has it). What decides is the upper
bound at three standard deviations: the true number lies above it once in about 700 times.

LIMIT: importing DataSketches loads NumPy, some 30 MB; it is loaded when the first window outgrows its exact count.
Where there is no wheel of it (Python 3.14), such a window cannot be read, and nothing is permitted.
"""

import struct
from functools import cache
from typing import Protocol, cast

from brightline.metering.errors import MeteringError, MeterStateError

LG_K = 14  # 0.8 % standard error, 16 KiB a part at most
_DEVIATIONS = 3
_HEADER = struct.Struct(">BII")
_PART = struct.Struct(">II")
_FORMAT = 2


class _Hll(Protocol):
    def update(self, datum: int) -> None: ...
    def get_upper_bound(self, deviations: int) -> float: ...
    def serialize_compact(self) -> bytes: ...


class _Union(Protocol):
    def update(self, sketch_or_datum: _Hll | int) -> None: ...
    def get_upper_bound(self, deviations: int) -> float: ...


class _Kind(Protocol):
    def __call__(self, lg_k: int) -> _Hll: ...
    def deserialize(self, data: bytes) -> _Hll: ...


class _Library(Protocol):
    hll_sketch: _Kind

    def hll_union(self, lg_k: int) -> _Union: ...


@cache
def _library() -> _Library:
    try:
        import datasketches  # type: ignore[import-untyped]  # see LIMIT
    except ImportError as error:
        raise MeteringError("metering/no-sketches") from error
    return cast("_Library", datasketches)


class DataSubjectSketch:
    """About how many data subjects were touched in the parts that count; told too few once in some 700, never else."""

    __slots__ = ("_all", "_parts", "oldest")

    MARK = bytes([_FORMAT])

    def __init__(self, oldest: int = 0) -> None:
        self._parts: dict[int, _Hll] = {}
        self._all: _Union | None = None
        self.oldest = oldest

    def __contains__(self, data_subject: int) -> bool:
        """Nobody is known to be in it: whoever is reserved counts as another until the sketch took him."""
        return False

    @property
    def live(self) -> int:
        """The upper bound of how many count."""
        return 0 if self._all is None else int(self._all.get_upper_bound(_DEVIATIONS)) + 1

    @property
    def kept_bytes(self) -> int:
        """About how much memory it takes."""
        return (len(self._parts) + 1) << LG_K

    def touch(self, data_subject: int, part: int) -> None:
        """Take down that `data_subject` was touched in `part`."""
        if part < self.oldest:
            return
        if part not in self._parts:
            self._parts[part] = _library().hll_sketch(LG_K)
        self._parts[part].update(data_subject)
        self._all = self._all or _library().hll_union(LG_K)
        self._all.update(data_subject)

    def advance(self, oldest: int) -> None:
        """From now on parts before `oldest` do not count."""
        if oldest > self.oldest:
            self.oldest = oldest
            dead = [part for part in self._parts if part < oldest]
            for part in dead:
                del self._parts[part]
            if dead:
                self._unite()

    def _unite(self) -> None:
        self._all = _library().hll_union(LG_K) if self._parts else None
        for sketch in self._parts.values():
            cast("_Union", self._all).update(sketch)

    def encode(self) -> bytes:
        """What `decode` reads: up to 16 KiB a part."""
        pieces = [_HEADER.pack(_FORMAT, self.oldest, len(self._parts))]
        for part, sketch in sorted(self._parts.items()):
            data = sketch.serialize_compact()
            pieces += [_PART.pack(part, len(data)), data]
        return b"".join(pieces)

    @classmethod
    def decode(cls, data: bytes) -> "DataSubjectSketch":
        """The sketch that was encoded; raises `MeterStateError` for anything else."""
        try:
            _, oldest, parts = _HEADER.unpack_from(data)
            made, at = cls(oldest), _HEADER.size
            for _ in range(parts):
                part, length = _PART.unpack_from(data, at)
                at += _PART.size + length
                made._parts[part] = _library().hll_sketch.deserialize(data[at - length : at])
        except (struct.error, ValueError, IndexError, RuntimeError) as error:
            raise MeterStateError("metering/bad-state", why="no sketch") from error
        if at != len(data) or len(made._parts) != parts or any(part < oldest for part in made._parts):
            raise MeterStateError("metering/bad-state", why="another length or part")
        made._unite()
        return made
