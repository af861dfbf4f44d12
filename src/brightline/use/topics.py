"""The frozen topic score: hashed words and parts of words, weighed with whole numbers.

A window of text is the set of its words, its pairs of words and its runs of five letters, each hashed into one of
`BUCKETS`. What a window scores for a leaf is

    bias + sum(weight) * scale // isqrt(sum(rarity squared))

in thousandths of a natural logit, where a bucket's weight is a signed byte and its rarity a byte. All of it is
arithmetic on whole numbers, so the same bytes score the same on every machine.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from math import isqrt
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from brightline.domain.taxonomy import LEAVES
from brightline.use.errors import DescriberError

BUCKETS: Final = 1 << 17
ANY: Final = "any"
"""Beside the leaves: that a text is for something that some agreement, law or wording speaks of."""
COLUMNS: Final = (*LEAVES, ANY)
WINDOW: Final = 160
STRIDE: Final = 100
_RUN = 5
_HEADER_BYTES = 4096
_MAGIC = "brightline/topics/2"
_SPACE, _APOSTROPHE, _ZERO, _A = map(ord, " '0a")
_TRUE = np.ones(1, bool)
_TIMES = np.uint32(0x01000193)
# Apart from the runs of letters of which a word may be one.
_AS_WORD = np.uint32(0x5BD1E995)

Hashed = NDArray[np.uint32]


class Window(NamedTuple):
    """A stretch of a text: its words between spaces, and the buckets of all its terms, rising, each once."""

    text: bytes
    buckets: NDArray[np.intp]

    @property
    def words(self) -> list[str]:
        """The words, in order."""
        return self.text.decode().split()


def windows(text: str) -> list[Window]:
    """The windows of a text: `WINDOW` words each, beginning `STRIDE` apart; one without words, too.

    A word is a run of letters, apostrophes between them, and digits; digits in a row are one `0`.
    """
    plain = _plain(text)
    (spaces,) = (plain == _SPACE).nonzero()
    words = len(spaces) - 1
    if not words:
        return [Window(b"", np.zeros(0, np.intp))]
    hashes = _Hashes(plain)
    each = hashes.between(spaces[:-1] + 1, spaces[1:])
    whole, pairs = _bucket(each ^ _AS_WORD), _bucket(each[:-1] * _TIMES + each[1:])
    runs = _bucket(hashes.runs())
    found = []
    for start in range(0, words, STRIDE):
        stop = min(start + WINDOW, words)
        first, last = spaces[start], spaces[stop]
        terms = np.concatenate((whole[start:stop], pairs[start : stop - 1], runs[first : last - _RUN + 2]))
        terms.sort()
        met = terms[np.concatenate((_TRUE, terms[1:] != terms[:-1]))]
        found.append(Window(plain[first:last].tobytes(), met.astype(np.intp)))
        if stop == words:
            break
    return found


def _plain(text: str) -> NDArray[np.uint8]:
    """The words of `text` in small letters, each between two spaces."""
    plain = _SIGNS[np.frombuffer(f" {text} ".encode("ascii", "replace"), np.uint8)]
    (marks,) = (plain == _APOSTROPHE).nonzero()
    if len(marks):
        plain[marks[(plain[marks - 1] < _A) | (plain[marks + 1] < _A)]] = _SPACE
    kept = (plain[1:] != plain[:-1]) | (plain[1:] >= _A)
    single: NDArray[np.uint8] = plain[np.concatenate((_TRUE, kept))]
    return single


class _Hashes:
    """Hashes of stretches of a text: sum(character * TIMES**place), as if each stretch began the text, modulo 2**32."""

    def __init__(self, text: NDArray[np.uint8]) -> None:
        self._powers, self._inverse = _powers(len(text))
        self._sums = np.zeros(len(text) + 1, np.uint32)
        np.cumsum(text * self._powers, out=self._sums[1:])

    def between(self, starts: NDArray[np.intp], ends: NDArray[np.intp]) -> Hashed:
        hashed: Hashed = (self._sums[ends] - self._sums[starts]) * self._inverse[starts]
        return hashed

    def runs(self) -> Hashed:
        """Of every `_RUN` characters; none where there are fewer."""
        hashed: Hashed = (self._sums[_RUN:] - self._sums[:-_RUN]) * self._inverse[: max(0, len(self._sums) - _RUN)]
        return hashed


def _signs() -> NDArray[np.uint8]:
    """What each byte is in the words of a text."""
    table = np.full(256, _SPACE, np.uint8)
    table[_APOSTROPHE] = _APOSTROPHE
    table[_ZERO : _ZERO + 10] = _ZERO
    for number in range(26):
        table[ord("A") + number] = table[_A + number] = _A + number
    return table


_SIGNS = _signs()


def _powers(count: int) -> tuple[Hashed, Hashed]:
    """The first `count` powers of `_TIMES` and of its inverse, modulo 2**32."""
    if count > len(_FIRST[0]):
        return _powers_anew(count)
    return _FIRST[0][:count], _FIRST[1][:count]


def _powers_anew(count: int) -> tuple[Hashed, Hashed]:
    made = []
    for base in (_TIMES, np.uint32(pow(int(_TIMES), -1, 1 << 32))):
        powers = np.full(count, base, np.uint32)
        powers[0] = 1
        made.append(np.cumprod(powers, dtype=np.uint32))
    return made[0], made[1]


_FIRST = _powers_anew(1 << 14)


def _bucket(hashed: Hashed) -> Hashed:
    found: Hashed = ((hashed ^ (hashed >> np.uint32(15))) * np.uint32(0x2C1B3C6D)) >> np.uint32(15)
    return found


@dataclass(frozen=True, slots=True)
class Topics:
    """Trained weights: `weights` of shape (BUCKETS, len(COLUMNS)), signed bytes; `rarity` of shape (BUCKETS,), bytes.

    `scale` and `bias` have one whole number for each column, in the order of `COLUMNS`.
    """

    weights: NDArray[np.int8]
    rarity: NDArray[np.uint8]
    scale: Sequence[int]
    bias: Sequence[int]

    def score(self, window: Window) -> list[int]:
        """What one window scores, by `COLUMNS`."""
        found = window.buckets
        rare = self.rarity.take(found).astype(np.int64)
        length = isqrt(int((rare * rare).sum()) << 16) or 1
        sums = self.weights.take(found, axis=0).sum(axis=0, dtype=np.int64).tolist()
        return [bias + each * scale // length for each, scale, bias in zip(sums, self.scale, self.bias, strict=True)]

    def encode(self) -> bytes:
        """The file of these weights: a header of 4,096 bytes in JSON, the rarities, the weights by row."""
        header = {"format": _MAGIC, "columns": COLUMNS, "scale": [*self.scale], "bias": [*self.bias]}
        text = json.dumps(header, separators=(",", ":")).encode()
        return text.ljust(_HEADER_BYTES) + self.rarity.tobytes() + self.weights.tobytes()

    @classmethod
    def decode(cls, data: bytes) -> "Topics":
        """The weights in a file; raises `DescriberError`."""
        try:
            header = json.loads(data[:_HEADER_BYTES])
            fits = header["format"] == _MAGIC and tuple(header["columns"]) == COLUMNS
            scale, bias = [int(each) for each in header["scale"]], [int(each) for each in header["bias"]]
        except (ValueError, KeyError, TypeError) as error:
            raise DescriberError("use/bad-describer", file="topics.bin", why="its header cannot be read") from error
        size = _HEADER_BYTES + BUCKETS * (1 + len(COLUMNS))
        if not fits or len(data) != size or not len(scale) == len(bias) == len(COLUMNS):
            raise DescriberError("use/bad-describer", file="topics.bin", why="it is of another format")
        rarity = np.frombuffer(data, np.uint8, BUCKETS, _HEADER_BYTES)
        weights = np.frombuffer(data, np.int8, BUCKETS * len(COLUMNS), _HEADER_BYTES + BUCKETS)
        return cls(weights.reshape(BUCKETS, len(COLUMNS)), rarity, scale, bias)
