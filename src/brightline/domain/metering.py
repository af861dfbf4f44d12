"""What a meter counts, for whom and for how long, and what one use adds to it.

A meter is named in the agreement. Its windows are told apart by what stands in `per`, all of it derived by the gateway.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType

_NONE: Mapping[int, int] = MappingProxyType({})
_NO_EFFECTS: Mapping[str, int] = MappingProxyType({})


def _none() -> Mapping[int, int]:
    return _NONE


def _no_effects() -> Mapping[str, int]:
    return _NO_EFFECTS


class Measure(Enum):
    """What is counted: people, each once; acts of tools by their effect; tokens; money in millionths of a unit.

    `COVERED` are the people whom individual authorities of one kind took out of the other counts.
    """

    DATA_SUBJECTS = "data-subjects"
    EFFECTS = "effects"
    TOKENS = "tokens"
    MONEY = "money"
    COVERED = "covered"


class Per(Enum):
    """What a window may be kept for; the operator always, since its meters count across agreements."""

    AGREEMENT = "agreement"
    ENCLAVE = "enclave"
    ORGANISATION = "organisation"
    UNIT = "unit"
    MISSION = "mission"
    APP = "app"
    PRINCIPAL = "principal"

    # Members are compared by identity; the hash of their names is computed in Python, many times a call.
    __hash__ = object.__hash__


# What a caller can choose, or be given another of: it keys no meter of a red line.
CHOSEN = frozenset({Per.MISSION, Per.APP, Per.PRINCIPAL})


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterRule:
    """One meter: `effects` are the effect classes it counts acts of; of more than `exact_to` it keeps a sketch.

    The window is the last `seconds` seconds, kept in `parts` parts. `unreadable` is for how many people a piece stands
    that nobody can read; `unlimited` for how many tokens an answer whose call sets no limit. `kind` is the
    kind of authority whose covered people it counts.
    """

    id: str
    measure: Measure
    per: frozenset[Per]
    seconds: int
    parts: int
    exact_to: int = 10_000
    unreadable: int = 0
    effects: frozenset[str] = frozenset()
    unlimited: int = 0
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a use stands: the value of everything that a window may be kept for."""

    values: Mapping[Per, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What one use adds, at most.

    `data_subjects` are 64-bit keyed hashes of people with a strong identifier. An occurrence is 64 bits too: the keyed
    hash of a piece of a call, so that the same piece sent again adds nothing. By occurrence: `mentions` is how many
    people without an identifier it may touch, each another one; `settled` how many an earlier mention turned out to
    touch; `unreadable` how many parts of it nobody can read. `effects` is how often a tool of each effect class acts,
    `money` in millionths of a unit. `corrects_ms` is the time of the entry whose tokens and money this one corrects,
    which may then be below nought. `covered` are people whom the authority `covered_by`, of the kind `covered_kind`,
    takes out of `data_subjects`.
    """

    data_subjects: frozenset[int] = frozenset()
    mentions: Mapping[int, int] = field(default_factory=_none)
    settled: Mapping[int, int] = field(default_factory=_none)
    unreadable: Mapping[int, int] = field(default_factory=_none)
    effects: Mapping[str, int] = field(default_factory=_no_effects)
    tokens: int = 0
    money: int = 0
    corrects_ms: int = 0
    covered: frozenset[int] = frozenset()
    covered_by: str = ""
    covered_kind: str = ""

    @property
    def empty(self) -> bool:
        """Whether it adds nothing."""
        people = self.data_subjects or self.mentions or self.settled or self.unreadable or self.covered
        return not (people or self.effects or self.tokens or self.money)


NOTHING = Tally()
