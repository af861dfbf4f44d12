"""Meters against a list of all that happened: what they tell is exact, under reservations, slides, restarts and any order."""

from dataclasses import dataclass, field

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from brightline.domain.metering import Measure, MeterRule, Per, Place, Tally
from brightline.metering.meters import Meters, Reservation
from brightline.metering.windows import Windows

PART_MS = 10_000
METERS = (
    MeterRule(id="unit", measure=Measure.SUBJECTS, per=frozenset({Per.UNIT}), seconds=50, parts=5),
    MeterRule(id="who", measure=Measure.SUBJECTS, per=frozenset({Per.PRINCIPAL}), seconds=20, parts=2),
    MeterRule(id="tokens", measure=Measure.TOKENS, per=frozenset({Per.UNIT}), seconds=30, parts=3),
)
SUBJECTS = st.frozensets(st.integers(0, 30), max_size=6)


@dataclass
class Kept:
    """A store in memory."""

    rows: dict[bytes, bytes] = field(default_factory=dict)
    upto: int = 0

    def load(self, key: bytes) -> bytes | None:
        return self.rows.get(key)

    def keep(self, windows: list[tuple[bytes, bytes]], upto: int | None = None) -> None:
        self.rows.update(windows)
        self.upto = self.upto if upto is None else upto


@dataclass(frozen=True)
class Happened:
    """One meter entry of the ledger."""

    index: int
    time_ms: int
    place: Place
    tally: Tally


def place_of(unit: str, who: str) -> Place:
    return Place({Per.UNIT: unit, Per.PRINCIPAL: who})


class Metering(RuleBasedStateMachine):
    @initialize(budget=st.sampled_from([1, 4_000, 1 << 20]))
    def begin(self, budget: int) -> None:
        self.budget, self.now = budget, 1_000_000
        self.store = Kept()
        self.meters = self.opened()
        self.journal: list[Happened] = []
        self.open: list[tuple[Place, Tally, Reservation]] = []

    def opened(self) -> Meters:
        self.windows = Windows(self.store, budget_bytes=self.budget)
        return Meters(METERS, self.windows, key=bytes(32))

    @rule(seconds=st.integers(0, 25))
    def wait(self, seconds: int) -> None:
        self.now += seconds * 1000

    @rule(unit=st.sampled_from("ab"), who=st.sampled_from("xyz"), subjects=SUBJECTS, unnamed=st.integers(0, 3))
    def reserve(self, unit: str, who: str, subjects: frozenset[int], unnamed: int) -> None:
        place, tally = place_of(unit, who), Tally(subjects=subjects, unnamed=unnamed, tokens=len(subjects))
        made = self.meters.reserve(place, tally, self.now)
        self.open.append((place, tally, made))
        for meter in METERS:
            assert made.readings[meter.id] == self.expected(meter, place)

    @rule(which=st.integers(0, 99), back=st.booleans())
    def end(self, which: int, back: bool) -> None:
        if not self.open:
            return
        place, tally, made = self.open.pop(which % len(self.open))
        if back:
            self.meters.give_back(made)
            self.meters.give_back(made)
            return
        entry = Happened(len(self.journal), self.now, place, tally)
        self.journal.append(entry)
        self.meters.take(made, tally, index=entry.index, time_ms=entry.time_ms)

    @rule(lost=st.booleans(), keep=st.booleans())
    def crash(self, lost: bool, keep: bool) -> None:
        if keep:
            self.windows.keep_all(len(self.journal))
        if lost:
            self.store = Kept()
        self.open = []
        self.meters = self.opened()
        for entry in self.journal[self.store.upto :]:
            made = self.meters.reserve(entry.place, Tally(), entry.time_ms)
            self.meters.take(made, entry.tally, index=entry.index, time_ms=entry.time_ms)

    def expected(self, meter: MeterRule, place: Place) -> int:
        """What a list of all that happened tells: a subject counts from the parts that the window reaches into."""
        (per,) = meter.per
        oldest = self.now // PART_MS - meter.parts
        taken = [one.tally for one in self.journal if self.same(one.place, place, per) and one.time_ms // PART_MS >= oldest]
        tallies = taken + [tally for where, tally, _ in self.open if self.same(where, place, per)]
        people = set[int]().union(*(tally.subjects for tally in tallies))
        distinct = len(people) if meter.measure is Measure.SUBJECTS else 0
        return distinct + sum(tally.amount(meter) for tally in tallies)

    @staticmethod
    def same(one: Place, other: Place, per: Per) -> bool:
        return one.values[per] == other.values[per]

    @invariant()
    def readings_are_exact(self) -> None:
        for unit, who in (("a", "x"), ("b", "z")):
            place = place_of(unit, who)
            made = self.meters.reserve(place, Tally(), self.now)
            for meter in METERS:
                assert made.readings[meter.id] == self.expected(meter, place)
            self.meters.give_back(made)


TestMetering = Metering.TestCase
TestMetering.settings = settings(max_examples=200, stateful_step_count=40, deadline=None)
