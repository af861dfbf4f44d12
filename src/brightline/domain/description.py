"""What a text is described as: whole numbers that whoever opens a record can make again."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Bands(NamedTuple):
    """The attention above which the words of an app's uses are held, and above which they are advised of."""

    hold: int
    advise: int


class TextReading(NamedTuple):
    """What policies are told of the words of a use: `context.text`.

    `held` and `advised` are the use leaves that the words score for above the app's two thresholds: none, or the one
    that stands out. `uncalibrated` says that the agreement has no thresholds for the app, `unknown` that nobody can
    read part of the words.
    """

    unknown: bool = False
    uncalibrated: bool = True
    held: frozenset[str] = frozenset()
    advised: frozenset[str] = frozenset()


NO_READING = TextReading()


class TextState(StrEnum):
    """Whether a text could be described: `unknown` has parts that nobody can read."""

    SCORED = "scored"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class TextDescription:
    """The topic scores of a text, by leaf, in thousandths of a natural logit: the highest of all its windows and views.

    `attention` is the score that the text is for something that any agreement, law or wording speaks of. `leaf` is the
    one that scores highest where attention does: among what those speak of, or among ordinary work where attention is
    not above nought; empty for an unknown text.
    `evidence` says what was done to hide words, and `views` in how many ways the text was read.
    """

    state: TextState
    attention: int
    leaf: str
    scores: Mapping[str, int]
    evidence: frozenset[str] = frozenset()
    views: int = 1
