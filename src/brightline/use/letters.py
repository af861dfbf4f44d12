"""How much a text reads like the language that a describer was trained on: the cost of its letters, three at a time.

A cost is a whole number of eighths of a bit, from a table of 27 x 27 x 27 bytes (the letters a to z, and one sign for
all that stands between words): the same bytes cost the same on every machine. Plain English costs about 20 a letter,
letters drawn at random 45.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

SIGNS = 27
TABLE_BYTES = SIGNS**3
_BETWEEN = SIGNS - 1
# A window is as long as a short sentence; what costs more than this a letter is not read.
_WINDOW = 24
_SHORTEST = 8
STRANGE = 34
READABLE = 30

Codes = NDArray[np.uint8]


def _codes() -> Codes:
    table = np.full(256, _BETWEEN, np.uint8)
    for number in range(26):
        table[ord("a") + number] = table[ord("A") + number] = number
    return table


_CODES = _codes()


def _alphabets() -> NDArray[np.int32]:
    """What each sign is in the alphabet shifted back by 0 to 25 places, and last in the alphabet from its end."""
    letters = np.arange(26)
    rows = [*[(letters + 26 - shift) % 26 for shift in range(26)], 25 - letters]
    return np.array([[*row, _BETWEEN] for row in rows], np.int32)


_ALPHABETS = _alphabets()


class Span(NamedTuple):
    """Characters `[start, end)` of a text, which hold so many `letters`."""

    start: int
    end: int
    letters: int


class Letters:
    """The table of one describer; `table` has `TABLE_BYTES` costs, the last sign running fastest."""

    def __init__(self, table: bytes) -> None:
        self._table = np.frombuffer(table, np.uint8).astype(np.int32)

    def cost(self, text: str) -> int:
        """The mean cost of a letter of `text`; nought where there are fewer than three."""
        codes, _ = _coded(text)
        costs = self._costs(codes)
        return int(costs.sum()) // len(costs) if len(costs) else 0

    def cheapest_shift(self, text: str) -> tuple[int, int]:
        """By how many places the letters of `text` are shifted back so that they cost least, and what they cost then.

        The whole alphabet is tried, and 26 stands for the alphabet from its end.
        """
        codes, _ = _coded(text)
        if len(codes) < 3:
            return 0, 0
        tried = _ALPHABETS[:, codes]
        sums = self._table[(tried[:, :-2] * SIGNS + tried[:, 1:-1]) * SIGNS + tried[:, 2:]].sum(axis=1)
        least = int(sums.argmin())
        return least, int(sums[least]) // (len(codes) - 2)

    def strange(self, text: str) -> list[Span]:
        """The parts of `text` whose letters do not read like the language, in order; short ones are not told."""
        codes, places = _coded(text)
        costs = self._costs(codes)
        if len(costs) < _WINDOW:
            odd = len(costs) >= _SHORTEST and int(costs.sum()) > (STRANGE + 4) * len(costs)
            return [Span(0, len(text), len(codes))] if odd else []
        sums = np.concatenate(([0], costs.cumsum()))
        high = (sums[_WINDOW:] - sums[:-_WINDOW]) > STRANGE * _WINDOW
        if not high.any():
            return []
        edges = np.flatnonzero(np.diff(np.concatenate(([0], high.astype(np.int8), [0]))))
        spans: list[Span] = []
        for first, last in zip(edges[::2], edges[1::2], strict=True):
            begin, end = int(first), min(int(last) + _WINDOW + 1, len(codes))
            if spans and int(places[begin]) <= spans[-1].end:
                begin = int(np.searchsorted(places, spans.pop().start))
            start, stop = _whole(text, int(places[begin]), int(places[end - 1]) + 1)
            spans.append(Span(start, stop, int((codes[begin:end] != _BETWEEN).sum())))
        return spans

    def _costs(self, codes: Codes) -> NDArray[np.int32]:
        wide = codes.astype(np.int32)
        found: NDArray[np.int32] = self._table[(wide[:-2] * SIGNS + wide[1:-1]) * SIGNS + wide[2:]]
        return found


def _coded(text: str) -> tuple[Codes, NDArray[np.intp]]:
    """The signs of `text`, what stands between words being one of them, and where in `text` each stands."""
    codes = _CODES[np.frombuffer(text.encode("ascii", "replace"), np.uint8)]
    if not len(codes):
        return codes, np.zeros(0, np.intp)
    between = codes == _BETWEEN
    kept = ~between
    kept[1:] |= ~between[:-1]
    places = np.flatnonzero(kept)
    return codes[places], places


def _whole(text: str, start: int, end: int) -> tuple[int, int]:
    """`[start, end)` without a word cut in two."""
    while start and not text[start - 1].isspace():
        start -= 1
    while end < len(text) and not text[end].isspace():
        end += 1
    return start, end


def count(texts: list[str]) -> bytes:
    """The table of a describer that is trained on `texts`."""
    counts = np.full(TABLE_BYTES, 0.02)
    for text in texts:
        wide = _coded(f" {text} ")[0].astype(np.int64)
        if len(wide) > 2:
            np.add.at(counts, (wide[:-2] * SIGNS + wide[1:-1]) * SIGNS + wide[2:], 1)
    rows = counts.reshape(-1, SIGNS)
    costs = -8 * np.log2(rows / rows.sum(axis=1, keepdims=True))
    return bytes(np.clip(np.rint(costs), 0, 80).astype(np.uint8).tobytes())
