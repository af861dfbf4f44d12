"""Rules, a place and a store in memory."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from brightline.domain.metering import Measure, MeterRule, Per, Place

HOUR_MS = 3_600_000
PEOPLE = MeterRule(
    id="people",
    measure=Measure.DATA_SUBJECTS,
    per=frozenset({Per.UNIT}),
    seconds=3600,
    parts=6,
    exact_to=20,
    unreadable=3,
)
ACTS = MeterRule(
    id="acts", measure=Measure.EFFECTS, per=frozenset({Per.UNIT}), seconds=3600, parts=6, effects=frozenset({"read"})
)
TOKENS = MeterRule(id="tokens", measure=Measure.TOKENS, per=frozenset({Per.PRINCIPAL}), seconds=3600, parts=6)
MONEY = MeterRule(id="money", measure=Measure.MONEY, per=frozenset(), seconds=3600, parts=6)
RULES = (PEOPLE, ACTS, TOKENS, MONEY)


def place_of(unit: str = "u", who: str = "w") -> Place:
    return Place({**dict.fromkeys(Per, ""), Per.UNIT: unit, Per.PRINCIPAL: who})


@dataclass
class Kept:
    """A store in memory."""

    rows: dict[bytes, bytes] = field(default_factory=dict)
    upto: int = 0
    fails: bool = False

    def load(self, key: bytes) -> bytes | None:
        return self.rows.get(key)

    def keep(self, windows: Iterable[tuple[bytes, bytes]], upto: int | None = None) -> None:
        if self.fails:
            raise OSError("full")
        self.rows.update(windows)
        self.upto = self.upto if upto is None else upto
