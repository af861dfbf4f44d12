"""What a meter counts, for whom and for how long, and what one use adds to it.

A meter is named in the agreement. Its windows are told apart by what stands in `per`, all of it derived by the gateway.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType


class Measure(Enum):
    """What is counted: people, each once; acts of tools by their effect; tokens; money in thousandths of a unit."""

    SUBJECTS = "subjects"
    EFFECTS = "effects"
    TOKENS = "tokens"
    MONEY = "money"


class Per(Enum):
    """What a window may be kept for; the operator always, since its meters count across agreements."""

    AGREEMENT = "agreement"
    ENCLAVE = "enclave"
    ORGANISATION = "organisation"
    UNIT = "unit"
    MISSION = "mission"
    APP = "app"
    PRINCIPAL = "principal"


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterRule:
    """One meter: `effects` are the effect classes it counts acts of; of more than `exact_to` it keeps a sketch.

    The window is the last `seconds` seconds, kept in `parts` parts.
    """

    id: str
    measure: Measure
    per: frozenset[Per]
    seconds: int
    parts: int
    exact_to: int = 10_000
    effects: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a use stands: the value of everything that a window may be kept for."""

    values: Mapping[Per, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What one use adds, at most.

    `subjects` are 64-bit keyed hashes of people with a strong identifier; `unnamed` is how many more there may be, each
    another person; `effects` how often a tool of each effect class acts; `money` in thousandths of a unit.
    """

    subjects: frozenset[int] = frozenset()
    unnamed: int = 0
    effects: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    tokens: int = 0
    money: int = 0

    def amount(self, rule: MeterRule) -> int:
        """What it adds to the sum of `rule`, beside its subjects."""
        match rule.measure:
            case Measure.SUBJECTS:
                return self.unnamed
            case Measure.EFFECTS:
                return sum(count for effect, count in self.effects.items() if effect in rule.effects)
            case Measure.TOKENS:
                return self.tokens
            case Measure.MONEY:
                return self.money


NOTHING = Tally()
