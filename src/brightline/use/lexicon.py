"""The words that a describer knows, each with what it costs to meet one: for cutting a run of letters into words.

A cost is a whole number of eighths of a bit. What the words of a text do not hold is not read, whatever it looks like.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import pairwise
from math import log2
from typing import NamedTuple

WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")
_LONGEST = 20
_LETTER = 44  # what a letter of an unknown word costs, and below it what such a word costs besides
_UNKNOWN = 60
# So many unknown words in a row are no name; so many letters are no word alone.
_ROW = 5
_FEW = 3
_SHORTEST = 10


class Words(NamedTuple):
    """The words of a text, and of each whether nobody knows it; none of that where all are known."""

    text: str
    words: list[str]
    odd: list[bool]


class Lexicon:
    """The words of one describer, with their costs."""

    def __init__(self, costs: Mapping[str, int]) -> None:
        self._costs = costs

    @classmethod
    def read(cls, text: str) -> "Lexicon":
        """The lexicon that `write` wrote; raises `ValueError`."""
        rows = [line.split(" ") for line in text.splitlines()]
        return cls({word: int(cost) for word, cost in rows})

    def write(self) -> str:
        """A line for each word: the word and its cost."""
        return "".join([f"{word} {cost}\n" for word, cost in sorted(self._costs.items())])

    @classmethod
    def count(cls, texts: Iterable[str], *, most: int) -> "Lexicon":
        """The `most` usual words of `texts`."""
        counts = Counter(word for text in texts for word in WORD.findall(text.lower()))
        usual = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:most]
        total = sum(number for _, number in usual)
        return cls({word: round(8 * log2(total / number)) for word, number in usual if number > 1})

    def knows(self, piece: str) -> bool:
        """Whether every word in `piece` is known."""
        return all(word in self._costs for word in WORD.findall(piece))

    def knows_most(self, text: str) -> bool:
        """Whether more than three of five letters of `text` stand in known words of two letters or more."""
        words = WORD.findall(text)
        known = sum([len(word) for word in words if len(word) > 1 and word in self._costs])
        return 5 * known > 3 * sum(map(len, words))

    def words(self, text: str) -> Words:
        """The words of `text`."""
        words = WORD.findall(text)
        strange = set(words).difference(self._costs)
        return Words(text, words, [word in strange for word in words] if strange else [])

    def unknown(self, read: Words, *, least: int) -> int:
        """How many letters of a text stand in words that nobody knows, where most words or several in a row are such.

        At least `least` where they are any: names and terms stand alone among known words.
        """
        _, words, odd = read
        several = sum(odd)
        if not several or (several < _FEW and max(map(len, words)) <= _LONGEST):
            return 0
        lost = sum([len(word) for word, strange in zip(words, odd, strict=True) if strange])
        if lost >= _SHORTEST and 5 * several > 3 * len(words):
            return max(lost, least)
        row = letters = 0
        for word, strange in zip(words, odd, strict=True):
            row, letters = (row + 1, letters + len(word)) if strange else (0, 0)
            if row >= _ROW and letters >= least:
                return lost
        return 0

    def rows(self, read: Words) -> list[tuple[int, int]]:
        """Where in a text unknown words stand together, two or more of them: [start, end) of each such row."""
        text, _, odd = read
        if not any(one and other for one, other in pairwise(odd)):
            return []
        rows: list[tuple[int, int]] = []
        start = end = count = 0
        for found, strange in zip(WORD.finditer(text), odd, strict=True):
            if strange:
                start, end, count = (start if count else found.start()), found.end(), count + 1
                continue
            if count > 1 and end - start >= _SHORTEST:
                rows.append((start, end))
            count = 0
        if count > 1 and end - start >= _SHORTEST:
            rows.append((start, end))
        return rows

    def split(self, run: str) -> str:
        """`run`, letters without anything between the words, cut where its words cost least."""
        costs = self._costs
        least = [0] + [1 << 30] * len(run)
        came = [0] * (len(run) + 1)
        for end in range(1, len(run) + 1):
            for start in range(max(0, end - _LONGEST), end):
                word = run[start:end]
                cost = costs.get(word)
                if cost is None:
                    cost = _UNKNOWN + _LETTER * (end - start)
                if least[start] + cost < least[end]:
                    least[end], came[end] = least[start] + cost, start
        words = []
        end = len(run)
        while end:
            words.append(run[came[end] : end])
            end = came[end]
        return " ".join(reversed(words))
