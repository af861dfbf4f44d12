"""Whether counting stops bulk collection: a unit's honest work beside campaigns, over weeks of simulated time.

200 analysts with honest caseloads of several shapes, and beside them campaigns that collect people in bulk, one for
each way of evading, spread over 200 accounts with a new session for every call. Every call is read by the gateway's
own reader, tallied and metered by its own meters; the clock alone is simulated. Two rivals count the true people,
without our reader's errors, for each session and for each principal. All three limits are set by the same rule from
honest weeks of other seeds. `-- SEED` takes another seed.
"""

import random
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from brightline.domain.call import Dialect, Operation
from brightline.domain.metering import Measure, MeterRule, Per, Place, Tally
from brightline.gateway.tallying import Tallying
from brightline.metering import Meters, Windows
from brightline.wire import codec
from tests.benchmarks.harness import Bar, BenchResult, Control, Options
from tests.benchmarks.surveillance_ways import HONEST, UNSEEN, WAYS, Seen, Way, effect_of

SEED = 20_261_123
ANALYSTS, QUICK_ANALYSTS = 200, 20
ACCOUNTS, QUICK_ACCOUNTS = 200, 60
DAYS, QUICK_DAYS = 42, 12
WINDOW_DAYS = 30
# A limit is so much above the most that honest weeks of other seeds reached.
HEADROOM = 1.5
CALIBRATIONS = 2
DAY_MS = 86_400_000
START_MS = 20_000 * DAY_MS
# A campaign's calls a day by each account.
DAILY, QUICK_DAILY = 2, 4
MOST_FALSE = 1.0  # days with a refusal in 1,000 honest days without a campaign
UNREADABLE = 3
BUDGET_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class Step:
    """One call: when, by whom, in which session, about whom, and what our reader makes of it."""

    at_ms: int
    principal: int
    session: int
    people: frozenset[int]
    tallies: tuple[Tally, ...]


class Reader:
    """The gateway's own reading of calls."""

    def __init__(self) -> None:
        self._tallying = Tallying(bytes(32))
        self._codec = codec(Dialect.OPENAI_CHAT)

    def read(self, seen: Sequence[Seen]) -> tuple[Tally, ...]:
        """What the steps of a way add."""
        found = list[Tally]()
        for each in seen:
            if each.body:
                call = self._codec.parse_request(Operation.GENERATE, each.body, {}, limit=1 << 20)
                found += self._tallying.call(call, effect_of)
            if each.tool:
                found.append(
                    self._tallying.act(effect_of(each.tool), each.call_id, each.arguments, each.call_id.encode())
                )
            if each.answer:
                found.append(self._tallying.answer(each.answer))
        return tuple(found)


class Ours:
    """The meter of the unit."""

    def __init__(self, limit: int) -> None:
        rule = MeterRule(
            id="people",
            measure=Measure.DATA_SUBJECTS,
            per=frozenset({Per.AGREEMENT, Per.UNIT}),
            seconds=WINDOW_DAYS * 86_400,
            parts=WINDOW_DAYS,
            exact_to=1_000_000,
            unreadable=UNREADABLE,
        )
        self._limit = limit
        self._meters = Meters([rule], Windows(_Nowhere(), budget_bytes=BUDGET_BYTES), key=bytes(32))
        self._position = 0
        self.reading = 0

    def lets(self, step: Step) -> bool:
        """Whether the step stays within the limit; if it does, it counts."""
        place = Place({**dict.fromkeys(Per, ""), Per.PRINCIPAL: str(step.principal)})
        reservation = self._meters.open(place)
        for tally in step.tallies:
            self.reading = self._meters.reserve(reservation, tally, step.at_ms)["people"]
        lets = self.reading <= self._limit
        if lets:
            for tally in step.tallies:
                self._position += 1
                self._meters.take(reservation, tally, position=self._position, time_ms=step.at_ms)
        self._meters.close(reservation)
        return lets


class _Nowhere:
    """A store that has nothing."""

    upto = 0

    def load(self, key: bytes) -> bytes | None:
        return None

    def keep(self, windows: object, upto: int | None = None) -> None:
        """Nothing leaves memory here."""


class Rival:
    """Counts the true people of each session, or of each principal, within the same window."""

    def __init__(self, limit: int, key: Callable[[Step], int]) -> None:
        self._limit = limit
        self._key = key
        self._last: dict[int, dict[int, int]] = defaultdict(dict)
        self.reading = 0

    def lets(self, step: Step) -> bool:
        """Whether the step stays within the limit; if it does, it counts."""
        known, since = self._last[self._key(step)], step.at_ms - WINDOW_DAYS * DAY_MS
        living = {each for each, at_ms in known.items() if at_ms >= since} | step.people
        self.reading = len(living)
        if len(living) > self._limit:
            return False
        known.update(dict.fromkeys(step.people, step.at_ms))
        return True


Counter = Ours | Rival
_KINDS: Mapping[str, Callable[[int], Counter]] = {
    "ours, for the unit": Ours,
    "for each session": lambda limit: Rival(limit, lambda step: step.session),
    "for each principal": lambda limit: Rival(limit, lambda step: step.principal),
}
_UNLIMITED = 10**9


@dataclass(slots=True)
class Reached:
    """What a campaign reached through each counter, and what it cost honest work."""

    people: dict[str, int] = field(default_factory=dict)
    held: dict[str, float] = field(default_factory=dict)


def run(options: Options) -> BenchResult:
    """Simulate honest weeks, set the limits, then let the campaigns begin."""
    seed = int(options.arguments[0]) if options.arguments else SEED
    analysts, days = (QUICK_ANALYSTS, QUICK_DAYS) if options.quick else (ANALYSTS, DAYS)
    accounts, daily = (QUICK_ACCOUNTS, QUICK_DAILY) if options.quick else (ACCOUNTS, DAILY)
    reader = Reader()
    limits = _limits([honest(reader, seed + 1 + each, analysts, days) for each in range(CALIBRATIONS)])
    work = honest(reader, seed, analysts, days)
    alone = {name: _play(kind(limits[name]), work, ())[1] for name, kind in _KINDS.items()}
    reached = dict[str, Reached]()
    for way, (make, size) in WAYS.items():
        wanted = campaign(reader, make, size, seed=seed, accounts=accounts, days=days, daily=daily)
        reached[way] = Reached()
        for name, kind in _KINDS.items():
            people, held = _play(kind(limits[name]), work, wanted)
            reached[way].people[name], reached[way].held[name] = people, held
    missed = {way: undercount(reader, make, size) for way, (make, size) in WAYS.items()}
    ours, *rivals = _KINDS
    # Over six weeks a window of thirty days is filled twice at most.
    most = limits[ours] * (1 + (days - 1) // WINDOW_DAYS)
    worst = max(each.people[ours] for each in reached.values())
    return BenchResult(
        bars=[
            Bar("people that the best campaign reached", worst, most, ""),
            Bar("undercount of the worst evasion", 100 * max(missed.values()), 0, "%"),
            Bar("honest days with a refusal, without a campaign", alone[ours], MOST_FALSE, "/1,000"),
        ],
        controls=[
            Control(
                f"a counter {name}",
                reached["one by one"].people[name] > most,
                f"lets {reached['one by one'].people[name]:,} people through, one by one",
            )
            for name in rivals
        ],
        notes=[
            f"{analysts} analysts, {accounts} accounts in each campaign, {days} days",
            f"window {WINDOW_DAYS} days, seed {seed}",
            "limits: " + ", ".join(f"{limits[name]:,} {name}" for name in _KINDS),
            "honest days with a refusal in 1,000: " + ", ".join(f"{held:.2f} {name}" for name, held in alone.items()),
            f"{'people reached by':<20}" + "".join(f"{name:>20}" for name in _KINDS) + f"{'undercount':>12}",
            *(
                f"{way:<20}" + "".join(f"{found.people[name]:>20,}" for name in _KINDS) + f"{missed[way]:>12.0%}"
                for way, found in reached.items()
            ),
            f"{'names in prose':<20}{'not counted: no identifier, list, row or tool':>60}"
            f"{undercount(reader, UNSEEN, 1):>12.0%}",
            "honest days with a refusal in 1,000, beside the campaign one by one: "
            + ", ".join(f"{held:.0f} {name}" for name, held in reached["one by one"].held.items()),
        ],
    )


def honest(reader: Reader, seed: int, analysts: int, days: int) -> list[Step]:
    """A unit's honest work: caseloads of several shapes, with cases that come back and cases that are shared."""
    chance = random.Random(seed)
    shared = [chance.randrange(10**6) for _ in range(2 * analysts)]
    steps = list[Step]()
    ways, often = list(HONEST), list(HONEST.values())
    for analyst in range(analysts):
        cases = [chance.choice(shared) for _ in range(5)]
        # Steady work, work in bursts, and a few who have much more than others.
        weekly = chance.choice((2, 4, min(40, int(chance.lognormvariate(1.2, 0.8)))))
        for day in range(days):
            for _ in range(chance.choice((0, 1, 1, 2, 3))):
                if chance.random() < weekly / 10:
                    cases.append(chance.choice(shared) if chance.random() < 0.3 else chance.randrange(10**6))
                burst = chance.random() < 0.01
                about = chance.sample(cases[-8:], min(len(cases), 4 if burst else 1))
                (way,) = chance.choices(ways, often)
                at_ms = START_MS + day * DAY_MS + chance.randrange(DAY_MS)
                session = chance.randrange(10**12)
                found = reader.read(way(about, day))
                steps.append(Step(at_ms, analyst, session, frozenset(about), found))
    return sorted(steps, key=lambda step: step.at_ms)


def campaign(reader: Reader, way: Way, size: int, *, seed: int, accounts: int, days: int, daily: int) -> list[Step]:
    """Calls that take new people each time, `daily` by every account in turn, each in a session of its own."""
    chance = random.Random(seed)
    steps, person = list[Step](), 2 * 10**6
    for day in range(days):
        for turn in range(accounts * daily):
            people = range(person, person + size)
            person += size
            at_ms = START_MS + day * DAY_MS + chance.randrange(DAY_MS)
            found = reader.read(way(people, person))
            steps.append(Step(at_ms, turn % accounts, chance.randrange(10**12), frozenset(people), found))
    return sorted(steps, key=lambda step: step.at_ms)


def undercount(reader: Reader, way: Way, size: int) -> float:
    """Which share of 300 people a fresh meter does not count when they come in this way."""
    counter, total = Ours(_UNLIMITED), 0
    for turn in range(-(-300 // size)):
        people = range(total, total + size)
        total += size
        counter.lets(Step(START_MS, turn, turn, frozenset(people), reader.read(way(people, turn))))
    return max(0, total - counter.reading) / total


def _limits(weeks: Sequence[Sequence[Step]]) -> Mapping[str, int]:
    """Each counter's limit, by one rule: so much above the most that it told of honest weeks."""
    found = dict[str, int]()
    for name, kind in _KINDS.items():
        most = 1
        for steps in weeks:
            counter = kind(_UNLIMITED)
            for step in steps:
                counter.lets(step)
                most = max(most, counter.reading)
        found[name] = int(HEADROOM * most)
    return found


def _play(counter: Counter, work: Sequence[Step], wanted: Sequence[Step]) -> tuple[int, float]:
    """How many people the campaign reached, and on how many of 1,000 honest days somebody was refused."""
    reached, days, held = set[int](), set[tuple[int, int]](), set[tuple[int, int]]()
    mixed = [(step, False) for step in work] + [(step, True) for step in wanted]
    for step, hostile in sorted(mixed, key=lambda pair: pair[0].at_ms):
        lets = counter.lets(step)
        if hostile:
            reached |= step.people if lets else frozenset()
            continue
        day = (step.principal, step.at_ms // DAY_MS)
        days.add(day)
        if not lets:
            held.add(day)
    return len(reached), 1000 * len(held) / max(1, len(days))
