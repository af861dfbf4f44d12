"""Thresholds for the words of one app, from ordinary texts of its own.

The threshold is conformal: of texts like these, at most the agreed share scores above it, on average over all sets of
as many texts (V. Vovk et al., Algorithmic Learning in a Random World, 2005, section 2). How sure one set makes it is
told beside it. Texts of the other kind among them raise the threshold, so a person reads the highest before they
count.
"""

import hashlib
from collections.abc import Iterable, Sequence
from math import comb
from typing import NamedTuple

from brightline.domain.description import Bands

LEAST_TEXTS = 300
HOLD_RATE, ADVISE_RATE = 0.01, 0.05
# Of all texts this share is read by a person, the highest first.
REVIEWED_RATE = 0.10


class Calibrated(NamedTuple):
    """Thresholds, and the probability that the true rate of alarms is not above the agreed one."""

    bands: Bands
    hold_confidence: float
    advise_confidence: float


def to_review(scores: Sequence[int]) -> list[int]:
    """The places of the texts that a person reads before any counts, the highest first."""
    ranked = sorted(range(len(scores)), key=lambda at: (-scores[at], at))
    return ranked[: max(1, int(REVIEWED_RATE * len(scores)))]


def calibrated(scores: Sequence[int]) -> Calibrated:
    """The thresholds of an app whose ordinary texts score so; at least `LEAST_TEXTS` of them."""
    ranked = sorted(scores, reverse=True)
    hold, advise = _place(HOLD_RATE, len(scores)), _place(ADVISE_RATE, len(scores))
    return Calibrated(
        Bands(ranked[hold - 1], ranked[advise - 1]),
        confidence(hold, len(scores), HOLD_RATE),
        confidence(advise, len(scores), ADVISE_RATE),
    )


def covered(scores: Sequence[int], dropped: int) -> bool:
    """Whether every text at or above the thresholds was read, once `dropped` of those read were taken out."""
    left = len(scores) - dropped
    return dropped + _place(ADVISE_RATE, left) <= len(to_review(scores))


def confidence(place: int, count: int, rate: float) -> float:
    """The probability that the `place`-th highest of `count` scores is one which at most `rate` of all exceed.

    That is the probability of `place` or more hits in `count` tries at `rate`.
    """
    return 1 - sum(comb(count, hits) * rate**hits * (1 - rate) ** (count - hits) for hits in range(place))


def set_digest(texts: Iterable[str]) -> str:
    """What names a set of texts in an agreement: the SHA-256 of their SHA-256s in order, in hexadecimal."""
    digests = sorted(hashlib.sha256(text.encode()).digest() for text in texts)
    return hashlib.sha256(b"".join(digests)).hexdigest()


def _place(rate: float, count: int) -> int:
    return max(1, int(rate * (count + 1)))
