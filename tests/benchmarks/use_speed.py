"""What it costs to see whom a use touches, to count them, and to describe its words.

The reading and describing of texts (all views, identifiers, lists, topics) and the meters are timed in this process;
what they add to a call is measured by the side-by-side benchmark, as the difference between two gateways of which one
has a meter and a describer. That part is left out where the benchmark, or nginx, is not there. A full run fills windows
for a million principals and says so.
"""

import itertools
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import orjson

from brightline.domain.agreement import Deployment
from brightline.domain.call import Call, Dialect, Operation
from brightline.domain.metering import Measure, MeterRule, Per, Place, Tally
from brightline.domain.principal import Principal
from brightline.domain.use import ToolEffect
from brightline.gateway.describing import Describing
from brightline.gateway.tallying import Tallying
from brightline.metering import Meters, Windows
from brightline.metering.meters import window_key
from brightline.storage import MeterMark, WindowFile
from brightline.testing.rooms import Agreement
from brightline.use import describe, describing
from brightline.wire import codec
from tests.benchmarks.gateway_speed import BENCH, memory_mb, provider, side_by_side
from tests.benchmarks.gateway_under_test import prepare
from tests.benchmarks.harness import Bar, BenchResult, Control, Options, calibrate, percentile

SEED = 20_261_123
TEXTS, QUICK_TEXTS = 4_000, 400
# Words of about five characters with their spaces: 200 tokens, and 4 KB.
SHORT_CHARACTERS, LONG_CHARACTERS = 900, 4_096
SHORT_MS, LONG_MS, PERSON_US, GROWTH, OF_NGINX, MEMORY_MB = 1.0, 3.0, 20.0, 1.2, 1.0, 150.0
FEW, MANY, QUICK_MANY = 1_000, 1_000_000, 20_000
PERSONS_EACH = 100
BUDGET_BYTES = 64 << 20
DAY_MS = 86_400_000
NOW_MS = 20_000 * DAY_MS
RULE = MeterRule(
    id="people", measure=Measure.DATA_SUBJECTS, per=frozenset({Per.PRINCIPAL}), seconds=30 * 86_400, parts=30
)
WHO = Principal("k1", "bench", "example-command", "analysis", frozenset(), "bench", frozenset(), None)
WHERE = Deployment("d", "vendor", "model", frozenset({Dialect.OPENAI_CHAT}), "edge")
PLAIN, METERED, SLOW = "brightline", "brightline-metered", "brightline-slowed"
ROUNDS = 9
_HANDICAP = 20
_TEXT = (
    "the report of this week names three bridges and one road that need work before winter so the unit asks for more "
    "gravel two trucks and a crew of nine while the weather holds and the depot confirms what it can send by Friday"
)
_WORDS = _TEXT.split()


def run(options: Options) -> BenchResult:
    """The figures; a full run takes some twenty minutes."""
    calibration = calibrate()
    texts = QUICK_TEXTS if options.quick else TEXTS
    short, long = (_p99_ms(size, texts) * calibration.scale for size in (SHORT_CHARACTERS, LONG_CHARACTERS))
    slowed = _p99_ms(SHORT_CHARACTERS, texts // 4, times=_HANDICAP) * calibration.scale
    per_person = _person_us(quick=options.quick) * calibration.scale
    many = QUICK_MANY if options.quick else MANY
    few_us, many_us = _growth(many, calls=1_000 if options.quick else 4_000)
    bars = [
        Bar(f"facts, views and score, {SHORT_CHARACTERS} characters, p99", short, SHORT_MS, "ms"),
        Bar(f"facts, views and score, {LONG_CHARACTERS} characters, p99", long, LONG_MS, "ms"),
        Bar("reserve and take, a person", per_person, PERSON_US, "us"),
    ]
    notes = [
        calibration.line(),
        f"a meter of a use: {few_us * calibration.scale:.1f} us at {FEW:,} principals, "
        f"{many_us * calibration.scale:.1f} us at {many:,}, each with {PERSONS_EACH} persons, called at random",
    ]
    controls = [Control(f"each text read {_HANDICAP} times", slowed > SHORT_MS, f"{slowed:.2f} ms")]
    if BENCH.is_dir() and shutil.which("nginx") is not None:
        added_by = {PLAIN: "", METERED: "--metered", SLOW: "--handicap"}
        found = side_by_side(["nginx"], added_by, ["chat"], quick=options.quick, rounds=ROUNDS)
        costs = {name: cost for (_, name), cost in found.items()}
        nginx, adds = costs["nginx"], costs[METERED] - costs[PLAIN]
        bars.append(Bar("meter and describer add, of nginx's CPU", adds / nginx, OF_NGINX, "x"))
        rest = costs[METERED] * 1000 - few_us
        bars.append(
            Bar(f"a whole call, {many:,} principals over {FEW:,}", (rest + many_us) / (rest + few_us), GROWTH, "x")
        )
        bars.append(Bar("memory with meter and describer (PSS)", _memory_mb(), MEMORY_MB, "MB"))
        added = (costs[SLOW] - costs[PLAIN]) / nginx
        controls.append(Control("each decision made often", added > OF_NGINX, f"adds {added:.1f} x nginx"))
        notes += [f"{name:<20} {cost:8.4f} ms CPU a chat call" for name, cost in sorted(costs.items())]
    else:
        notes.append("what they add to a call was not measured: the side-by-side benchmark or nginx is not here")
    return BenchResult(bars, controls, notes, noisy=calibration.noisy)


def _texts(size: int, count: int) -> Iterator[str]:
    """Texts of so many characters, each with two identifiers, none like another."""
    chance = random.Random(SEED + size)
    for number in range(count):
        words = [f"person{number}@example.org", f"+31 20 {number:07}"]
        length = sum(map(len, words))
        while length < size:
            words.append(chance.choice(_WORDS))
            length += len(words[-1]) + 1
        chance.shuffle(words)
        yield " ".join(words)[:size]


def _p99_ms(size: int, count: int, *, times: int = 1) -> float:
    """Milliseconds of CPU within which 99 of 100 calls are described and read."""
    read, taken = codec(Dialect.OPENAI_CHAT), []
    for number, text in enumerate(_texts(size, count)):
        body = orjson.dumps({"model": "m", "max_tokens": 64, "messages": [{"role": "user", "content": text}]})
        call = read.parse_request(Operation.GENERATE, body, {}, limit=1 << 20)
        began = time.process_time_ns()
        for _ in range(times):
            _described(call, Tallying(bytes(32)), Describing(), number)
        taken.append((time.process_time_ns() - began) / 1e6)
    return percentile(taken, 0.99)


def _described(call: Call, tallying: Tallying, words: Describing, number: int) -> None:
    tallying.call(call, _effect_of)
    words.call(_AGREED, call)
    describe(
        call,
        use_id=number.to_bytes(16, "big"),
        principal=WHO,
        mission="m",
        deployment=WHERE,
        effect_of=_effect_of,
    )


class _Agreed(Agreement):
    """An agreement that names the describer."""

    describer = describing().digest


_AGREED = _Agreed()


def _effect_of(tool: str) -> ToolEffect:
    return ToolEffect(tool, "read")


class _Kept:
    """A file of windows as the meters see one."""

    def __init__(self, file: WindowFile) -> None:
        self._file = file
        self.upto = 0

    def load(self, key: bytes) -> bytes | None:
        return self._file.load(key)

    def keep(self, windows: Iterable[tuple[bytes, bytes]], upto: int | None = None) -> None:
        self._file.keep(windows, None if upto is None else MeterMark(upto, b"l" * 8, b"r"))


def _person_us(*, quick: bool) -> float:
    """Microseconds of CPU to reserve and take down one person, ten in a use, as the gateway does it."""
    with tempfile.TemporaryDirectory() as folder:
        meters = Meters(
            (RULE,), Windows(_Kept(WindowFile.open(Path(folder))), budget_bytes=BUDGET_BYTES), key=bytes(32)
        )
        chance = random.Random(SEED)

        def uses(count: int) -> None:
            for number in range(count):
                _count(meters, chance, f"p{number % 10}", 10)

        uses(200)
        return min(_us(lambda: uses(500)) for _ in range(3 if quick else 15)) / 500 / 10


def _growth(many: int, *, calls: int) -> tuple[float, float]:
    """Microseconds of CPU of one use's meter among few principals, and among many, whose windows lie in the file."""
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        few_meters, many_meters = _filled(Path(one), FEW), _filled(Path(other), many)
        few, far = [], []
        for turn in range(5):
            few.append(_uses_us(few_meters, FEW, calls, turn))
            far.append(_uses_us(many_meters, many, calls, turn))
    return statistics.median(few), statistics.median(far)


def _filled(place: Path, principals: int) -> Meters:
    """Meters whose file has a window of `PERSONS_EACH` persons for each principal."""
    file = WindowFile.open(place)
    meters = Meters((RULE,), Windows(_Kept(file), budget_bytes=BUDGET_BYTES), key=bytes(32))
    sample = _one_window()
    for start in range(0, principals, 50_000):
        if principals > QUICK_MANY and start % 250_000 == 0:
            print(f"  filling windows: {start:,} of {principals:,}", file=sys.stderr, flush=True)
        numbers = range(start, min(start + 50_000, principals))
        file.keep(sorted((window_key(RULE, meters.hashes(_place(f"p{number}"))), sample) for number in numbers))
    return meters


class _Caught:
    """A store that has nothing and remembers what it is given."""

    upto = 0

    def __init__(self) -> None:
        self.windows: list[tuple[bytes, bytes]] = []

    def load(self, key: bytes) -> bytes | None:
        return None

    def keep(self, windows: Iterable[tuple[bytes, bytes]], upto: int | None = None) -> None:
        self.windows += windows


def _one_window() -> bytes:
    """What a file keeps of one window of `PERSONS_EACH` persons."""
    caught = _Caught()
    meters = Meters((RULE,), Windows(caught, budget_bytes=BUDGET_BYTES), key=bytes(32))
    _count(meters, random.Random(SEED), "p", PERSONS_EACH)
    meters.keep(1)
    return caught.windows[0][1]


def _uses_us(meters: Meters, principals: int, calls: int, turn: int) -> float:
    chance = random.Random(SEED + turn)
    names = [f"p{chance.randrange(principals)}" for _ in range(calls)]

    def uses() -> None:
        for name in names:
            _count(meters, chance, name, 1)

    return _us(uses) / calls


_POSITIONS = itertools.count(10)


def _count(meters: Meters, chance: random.Random, principal: str, persons: int) -> None:
    reservation = meters.open(_place(principal))
    tally = Tally(data_subjects=frozenset([chance.getrandbits(64) for _ in range(persons)]))
    meters.reserve(reservation, tally, NOW_MS)
    meters.take(reservation, tally, position=next(_POSITIONS), time_ms=NOW_MS)
    meters.close(reservation)


def _place(principal: str) -> Place:
    return Place({**dict.fromkeys(Per, "x"), Per.PRINCIPAL: principal})


def _us(action: Callable[[], None]) -> float:
    began = time.process_time_ns()
    action()
    return (time.process_time_ns() - began) / 1e3


def _memory_mb() -> float:
    """Of a gateway with a meter after some calls."""
    with provider() as port, tempfile.TemporaryDirectory() as folder:
        upstream = f"http://127.0.0.1:{port}"
        return memory_mb(prepare(Path(folder) / "gate", upstream=upstream, port=0, metered=True))
