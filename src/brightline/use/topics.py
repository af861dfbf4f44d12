"""The frozen topic score: hashed words and parts of words, weighed with whole numbers.

A window of text is the set of its words, its pairs of words and its runs of five letters, each hashed into one of
`BUCKETS`. What a window scores for a leaf is

    bias + sum(weight) * scale // isqrt(sum(rarity squared))

in thousandths of a natural logit, where a bucket's weight is a signed byte and its rarity a byte. All of it is
arithmetic on whole numbers, so the same bytes score the same on every machine.
"""

import json
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
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
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?|[0-9]+")
_HEADER_BYTES = 4096
_MAGIC = "brightline/topics/1"

Scores = NDArray[np.int64]


class Window(NamedTuple):
    """A stretch of a text: its words, and the buckets of all its terms, rising, each once."""

    words: Sequence[str]
    buckets: NDArray[np.intp]


def windows(text: str) -> list[Window]:
    """The windows of a text in small letters: `WINDOW` words each, beginning `STRIDE` apart; one without words, too."""
    return windows_of(["0" if word[0].isdigit() else word for word in _WORD.findall(text)])


def windows_of(words: Sequence[str]) -> list[Window]:
    """The windows of a text of these words, each number being `0`."""
    if not words:
        return [Window((), np.zeros(0, np.intp))]
    whole, pairs = _hashed(words), _hashed([f"{one} {two}" for one, two in pairwise(words)])
    # Every word stands between two spaces; `at` is where the one before each stands, and at last that of the end.
    at = [0, *accumulate([len(word) + 1 for word in words])]
    runs = _runs(np.frombuffer(f" {' '.join(words)} ".encode(), np.uint8))
    found = []
    for start in range(0, len(words), STRIDE):
        stop = min(start + WINDOW, len(words))
        met = np.zeros(BUCKETS, bool)
        met[whole[start:stop]] = met[pairs[start : stop - 1]] = met[runs[at[start] : at[stop] - _RUN + 2]] = True
        found.append(Window(words[start:stop], np.flatnonzero(met)))
        if stop == len(words):
            break
    return found


def _hashed(terms: Sequence[str]) -> NDArray[np.uint32]:
    return np.array([zlib.crc32(term.encode()) for term in terms], np.uint32) % np.uint32(BUCKETS)


def _runs(text: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """The bucket of each run of letters; `text` is at least as long as one word and two spaces."""
    wide = text.astype(np.uint32)
    runs = np.zeros(max(0, len(wide) - _RUN + 1), np.uint32)
    for place in range(_RUN):
        runs = runs * np.uint32(0x01000193) + wide[place : place + len(runs)]
    return ((runs ^ (runs >> np.uint32(15))) * np.uint32(0x2C1B3C6D)) >> np.uint32(15)


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
        rare = self.rarity[found].astype(np.int64)
        length = isqrt(int((rare * rare).sum()) << 16) or 1
        sums = self.weights[found].sum(axis=0, dtype=np.int64).tolist()
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
