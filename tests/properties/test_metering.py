"""Meters against a list of all that happened: exact, under reservations, slides, restarts and any order."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from brightline.domain.metering import NOTHING, Measure, MeterRule, Per, Place, Tally
from brightline.metering import Meters, Reservation, Windows

PART_MS = 10_000
_PEOPLE = Measure.DATA_SUBJECTS
METERS = (
    MeterRule(id="unit", measure=_PEOPLE, per=frozenset({Per.UNIT}), seconds=50, parts=5, unreadable=7),
    MeterRule(id="who", measure=_PEOPLE, per=frozenset({Per.PRINCIPAL}), seconds=20, parts=2),
    MeterRule(id="tokens", measure=Measure.TOKENS, per=frozenset({Per.UNIT}), seconds=30, parts=3),
    MeterRule(
        id="acts", measure=Measure.EFFECTS, per=frozenset({Per.UNIT}), seconds=30, parts=3, effects=frozenset({"read"})
    ),
)
NUMBERED = st.dictionaries(st.integers(100, 110), st.integers(0, 9), max_size=3)
TALLIES = st.builds(
    Tally,
    data_subjects=st.frozensets(st.integers(0, 30), max_size=6),
    mentions=NUMBERED,
    settled=NUMBERED,
    unreadable=st.dictionaries(st.integers(200, 203), st.integers(1, 2), max_size=2),
    effects=st.dictionaries(st.sampled_from(["read", "write"]), st.integers(1, 3)),
    tokens=st.integers(0, 9),
)


@dataclass
class Kept:
    """A store in memory."""

    rows: dict[bytes, bytes] = field(default_factory=dict)
    upto: int = 0

    def load(self, key: bytes) -> bytes | None:
        return self.rows.get(key)

    def keep(self, windows: Iterable[tuple[bytes, bytes]], upto: int | None = None) -> None:
        self.rows.update(windows)
        self.upto = self.upto if upto is None else upto


@dataclass(frozen=True)
class Happened:
    """One meter entry of the ledger."""

    position: int
    time_ms: int
    place: Place
    tally: Tally


def place_of(unit: str, who: str) -> Place:
    return Place({**dict.fromkeys(Per, ""), Per.UNIT: unit, Per.PRINCIPAL: who})


class Metering(RuleBasedStateMachine):
    @initialize(budget=st.sampled_from([1, 4_000, 1 << 20]))
    def begin(self, budget: int) -> None:
        self.budget, self.now = budget, 1_000_000
        self.store = Kept()
        self.meters = self.opened()
        self.journal: list[Happened] = []
        self.open: list[tuple[Place, Tally, Reservation]] = []

    def opened(self) -> Meters:
        return Meters(METERS, Windows(self.store, budget_bytes=self.budget), key=bytes(32))

    @rule(seconds=st.integers(0, 25))
    def wait(self, seconds: int) -> None:
        self.now += seconds * 1000

    @rule(unit=st.sampled_from("ab"), who=st.sampled_from("xyz"), tally=TALLIES)
    def reserve(self, unit: str, who: str, tally: Tally) -> None:
        place = place_of(unit, who)
        made = self.meters.open(place)
        before = self.meters.read(made, self.now)
        readings = self.meters.reserve(made, tally, self.now)
        self.open.append((place, tally, made))
        for meter in METERS:
            assert before[meter.id] <= readings[meter.id]
            assert readings[meter.id] == self.expected(meter, place)

    @rule(which=st.integers(0, 99), back=st.booleans())
    def end(self, which: int, back: bool) -> None:
        if not self.open:
            return
        place, tally, made = self.open.pop(which % len(self.open))
        if not back:
            self.journal.append(Happened(len(self.journal), self.now, place, tally))
            self.meters.take(made, tally, position=len(self.journal) - 1, time_ms=self.now)
        self.meters.close(made)
        self.meters.close(made)

    @rule(unit=st.sampled_from("ab"), which=st.integers(0, 99), tokens=st.integers(0, 9))
    def correct(self, unit: str, which: int, tokens: int) -> None:
        """An entry says later that an earlier one had fewer tokens."""
        if not self.journal:
            return
        first = self.journal[which % len(self.journal)]
        tally = Tally(tokens=-min(tokens, first.tally.tokens), corrects_ms=first.time_ms)
        made = self.meters.open(first.place)
        self.journal.append(Happened(len(self.journal), self.now, first.place, tally))
        self.meters.take(made, tally, position=len(self.journal) - 1, time_ms=self.now)
        self.meters.close(made)

    @rule(lost=st.booleans(), keep=st.booleans())
    def crash(self, lost: bool, keep: bool) -> None:
        if keep:
            self.meters.keep(len(self.journal))
        if lost:
            self.store = Kept()
        self.open = []
        self.meters = self.opened()
        for entry in self.journal[self.store.upto :]:
            hashes = self.meters.hashes(entry.place)
            self.meters.replay(hashes, entry.tally, position=entry.position, time_ms=entry.time_ms)

    def expected(self, meter: MeterRule, place: Place) -> int:
        """What a list of all that happened tells: what is in a part that the window reaches into counts."""
        (per,) = meter.per
        oldest = self.now // PART_MS - meter.parts
        there = [one for one in self.journal if one.place.values[per] == place.values[per]]
        pending = [tally for where, tally, _ in self.open if where.values[per] == place.values[per]]
        if meter.measure is not _PEOPLE:
            counting = [one.tally for one in there if (one.tally.corrects_ms or one.time_ms) // PART_MS >= oldest]
            return sum(amount(meter, tally) for tally in (*counting, *pending))
        tallies = [one.tally for one in there if one.time_ms // PART_MS >= oldest] + pending
        people = set[int]().union(*(tally.data_subjects for tally in tallies))
        return len(people) + unnamed(meter, there, pending, oldest)

    @invariant()
    def readings_are_exact(self) -> None:
        for unit, who in (("a", "x"), ("b", "z")):
            place = place_of(unit, who)
            made = self.meters.open(place)
            for meter in METERS:
                assert self.meters.read(made, self.now)[meter.id] == self.expected(meter, place)
            self.meters.reserve(made, NOTHING, self.now)
            self.meters.close(made)


def amount(meter: MeterRule, tally: Tally) -> int:
    if meter.measure is Measure.TOKENS:
        return tally.tokens
    return sum(count for effect, count in tally.effects.items() if effect in meter.effects)


def unnamed(meter: MeterRule, there: list[Happened], pending: list[Tally], oldest: int) -> int:
    """How many people without an identifier count: by occurrence the most that was said, or what it was settled at."""
    seen: dict[int, tuple[int, int]] = {}
    for one in there:
        part = one.time_ms // PART_MS
        seen = {each: had for each, had in seen.items() if had[0] >= part - meter.parts}
        unread = {each: pieces * meter.unreadable for each, pieces in one.tally.unreadable.items()}
        for each, people in (*one.tally.mentions.items(), *unread.items()):
            seen[each] = (part, max(people, seen.get(each, (0, 0))[1]))
        for each, people in one.tally.settled.items():
            if each in seen:
                seen[each] = (seen[each][0], min(people, seen[each][1]))
    living = {each: people for each, (part, people) in seen.items() if part >= oldest}
    for tally in pending:
        for each, people in tally.mentions.items():
            living[each] = max(people, living.get(each, 0))
        for each, pieces in tally.unreadable.items():
            living[each] = max(pieces * meter.unreadable, living.get(each, 0))
    return sum(living.values())


TestMetering = Metering.TestCase
TestMetering.settings = settings(max_examples=1500, stateful_step_count=40, deadline=None)
