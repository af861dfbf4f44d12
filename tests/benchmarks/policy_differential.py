"""A million generated requests, decided by the evaluator that serves and by cedarpy: they may not differ.

What may differ is what the two fail-closed rules say: a prohibition that errs refuses, and an absent principal or
resource refuses, where Cedar may allow; such requests are counted, and have to be found. A difference is shrunk to a
plain case and printed. The whole run is long (about a quarter of an hour): it prints how far it is, and goes on where
it stopped when it is given a state file.

    nox -s bench -- policy-differential requests=1000000 seed=7 state=/tmp/differential.json
"""

import json
import random
import secrets
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from brightline.policy import operators
from tests.benchmarks.differential_case import (
    MAX_POLICIES,
    Answer,
    Asked,
    Draws,
    Engines,
    asked,
    from_lists,
    generated,
    shrunk,
)
from tests.benchmarks.harness import Bar, BenchResult, Control, Options

REQUESTS, QUICK_REQUESTS = 1_000_000, 10_000
PER_SET = 50
SAVE_EVERY = 200  # sets
SHOWN = 5  # differences; after so many more say nothing new
CONTROL_SETS = 2_000
BROKEN = {
    "contains_any": lambda left, right: left <= right,
    "less": operators.less_equal,
    "within": lambda left, right: left is right,
    "add": lambda left, right: left + right,
}


@dataclass(slots=True)
class State:
    """How far a run is; what is written to the state file."""

    seed: int
    sets: int = 0
    requests: int = 0
    differences: int = 0
    errored_forbids: int = 0
    absent: int = 0
    erring: int = 0
    allowed: int = 0


def _differ(lists: list[list[int]]) -> bool:
    """Whether the engines differ about the one request of these draws."""
    case, one = from_lists(lists)
    engines = Engines(case)
    [theirs] = engines.theirs([one])
    return _safely(engines, one) != theirs or theirs is None or _ends_otherwise(engines, one, theirs)


def _safely(engines: Engines, one: Asked) -> object:
    try:
        return engines.ours(one)
    except (ArithmeticError, AttributeError, LookupError, TypeError) as error:  # an operator broken on purpose
        return repr(error)


def _ends_otherwise(engines: Engines, one: Asked, theirs: Answer) -> bool:
    """Whether ours ends otherwise than as Cedar's answer and the rule about errors say."""
    return engines.permitted(one) != (theirs.allowed and not engines.errs(theirs))


def _told(lists: list[list[int]]) -> str:
    case, one = from_lists(lists)
    engines = Engines(case)
    parts = ["a difference:", *case.policies, f"entities {json.dumps(case.entities)}", f"request {one.as_json()}"]
    return "\n    ".join([*parts, f"ours {_safely(engines, one)}", f"cedarpy {engines.theirs([one])}"])


def one_set(state: State) -> Iterator[list[list[int]]]:
    """Decide the requests of the next set by both engines, count them, and give the draws of what differs."""
    # A set's own seed, so that a run that is taken up again makes the same sets.
    chance = random.Random(f"{state.seed}/{state.sets}")
    entities, policies = Draws(chance), [Draws(chance) for _ in range(chance.randint(1, MAX_POLICIES))]
    engines = Engines(generated(entities, policies))
    made: list[tuple[list[int], Asked]] = []
    for _ in range(PER_SET):
        own = Draws(chance)
        made.append((own.noted, asked(own)))
    state.sets += 1
    for (noted, one), theirs in zip(made, engines.theirs([one for _, one in made]), strict=True):
        ours = _safely(engines, one)
        state.requests += 1
        if ours != theirs or theirs is None or _ends_otherwise(engines, one, theirs):
            state.differences += 1
            yield [entities.noted, noted, *(draws.noted for draws in policies)]
            continue
        state.erring += bool(theirs.errored)
        state.allowed += theirs.allowed
        if theirs.allowed:
            state.errored_forbids += engines.errs(theirs)
            state.absent += not engines.errs(theirs) and not {one.principal, one.resource} <= engines.present


def _control(name: str, seed: int) -> Control:
    """A broken operator has to be found within `CONTROL_SETS` sets, and shrunk."""
    kept = getattr(operators, name)
    setattr(operators, name, BROKEN[name])
    try:
        state, found = State(seed), None
        while state.sets < CONTROL_SETS and found is None:
            found = next(one_set(state), None)
        plain = shrunk(found, _differ, tries=600) if found else []
        words = " ".join(from_lists(plain)[0].policies)[:160] if plain else ""
    finally:
        setattr(operators, name, kept)
    return Control(f"`{name}` broken on purpose", bool(plain), f"found after {state.requests} requests: {words}")


def _begun(options: Options) -> tuple[State, int, Path | None]:
    given = dict(argument.split("=", 1) for argument in options.arguments if "=" in argument)
    wanted = int(given.get("requests", QUICK_REQUESTS if options.quick else REQUESTS))
    path = Path(given["state"]) if "state" in given else None
    if path is not None and path.is_file():
        return State(**json.loads(path.read_text(encoding="utf-8"))), wanted, path
    return State(int(given.get("seed", secrets.randbits(32)))), wanted, path


def run(options: Options) -> BenchResult:
    """Decide until there are enough; the bar is no difference."""
    state, wanted, path = _begun(options)
    print(f"  seed {state.seed}; {wanted:,} requests in sets of {PER_SET}; from {state.requests:,}", flush=True)
    shown: list[str] = []
    started, first = time.monotonic(), state.requests
    while state.requests < wanted:
        for found in one_set(state):
            if len(shown) < SHOWN:
                shown.append(_told(shrunk(found, _differ)))
        if state.sets % SAVE_EVERY == 0 or state.requests >= wanted:
            if path is not None:
                path.write_text(json.dumps(asdict(state)), encoding="utf-8")
            rate = (state.requests - first) / (time.monotonic() - started)
            print(f"  {state.requests:>9,} requests, {state.differences} differ, {rate:,.0f} a second", flush=True)
    counts = Counter(allowed=state.allowed, erring=state.erring)
    return BenchResult(
        bars=[
            Bar("requests", state.requests, wanted, "", better="high"),
            Bar("requests about which the engines differ", state.differences, 0, ""),
            Bar("allowed by Cedar, refused: a prohibition errs", state.errored_forbids, 1, "", better="high"),
            Bar("allowed by Cedar, refused: an entity is absent", state.absent, 1, "", better="high"),
        ],
        controls=[_control(name, state.seed) for name in BROKEN],
        notes=[f"seed {state.seed}, {state.sets:,} sets; of the requests: {dict(counts)}", *shown],
    )
