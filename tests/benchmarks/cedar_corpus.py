"""Cedar's own integration tests, all of them, by the functions that decide live uses.

For each of the 62,472 requests: the decision, the determining policies and the erring ones are those that Cedar's
authors recorded. `--quick` takes every tenth case. The control breaks operators on purpose, one at a time. Then the
encoder of the proofs reads what validates (`encoder_corpus`).
"""

import json
import tarfile
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import cedarpy

from brightline.policy import operators, service
from brightline.policy.compile import compile_policies
from brightline.policy.engine import Engine
from brightline.policy.entities import record_of, store_of
from tests.benchmarks.encoder_corpus import encoder_part
from tests.benchmarks.harness import CEDAR_CORPUS, Bar, BenchResult, Control, Options, calibrate, cpu_ms

CASES, REQUESTS = 7_809, 62_472
BAR_SECONDS = 10
QUICK_STEP = 10
ENOUGH = 20  # differences; then a control has seen what it must
# Each with something else in its place, as a careless author would write it.
BROKEN: Mapping[str, object] = {
    "has": lambda _value, _name: True,
    "equal": lambda left, right: left is right,
    "contains_any": lambda left, right: left <= right,
    "is_type": lambda _value, _name: True,
    "get_tag": lambda value, name: value.tags.get(name, ""),
}
OFTEN = ("has", "contains_any")  # those that a tenth of the cases is sure to need


class Case(NamedTuple):
    """One test of the corpus, read; parsing policies is cedarpy's work and not part of the figure."""

    name: str
    policies: Mapping[str, Mapping[str, object]]
    entities: list[dict]
    requests: list[dict]


def read_corpus(step: int, path: Path = CEDAR_CORPUS) -> Iterator[Case]:
    """Every so many of the cases in the archive at `path`."""
    with tarfile.open(path) as archive:
        files = {member.name: archive.extractfile(member).read() for member in archive if member.isfile()}
    names = sorted(name for name in files if name.endswith(".json") and not name.endswith(".entities.json"))
    for name in names[::step]:
        case = json.loads(files[name])
        policies = json.loads(cedarpy.policies_to_json_str(files[case["policies"]].decode()))["staticPolicies"]
        yield Case(case["policies"], policies, json.loads(files[case["entities"]]), case["requests"])


def mismatches(case: Case) -> Iterator[str]:
    """One line for each request of `case` that is decided otherwise than recorded."""
    names = list(case.policies)
    store = store_of(case.entities)
    engine = Engine(compile_policies(case.policies.values()).bind(store.handle))
    for request in case.requests:
        who, what, where = (
            store.handle((request[part]["type"], request[part]["id"])) for part in ("principal", "action", "resource")
        )
        found = engine.evaluate(who, what, where, record_of(request["context"], store))
        satisfied = [names[index] for index in found.satisfied]
        forbids = [name for name in satisfied if case.policies[name]["effect"] == "forbid"]
        ours = (
            "allow" if satisfied and not forbids else "deny",
            sorted(forbids or satisfied),
            sorted(names[index] for index in found.errored),
        )
        if ours != (request["decision"], sorted(request["reason"]), sorted(request["errors"])):
            yield f"{case.name}: {request['description']}: {ours}"


def _control(name: str, cases: list[Case]) -> Control:
    kept = getattr(operators, name)
    setattr(operators, name, BROKEN[name])
    try:
        seen = sum(1 for _ in islice((line for case in cases for line in _counted(case)), ENOUGH))
    finally:
        setattr(operators, name, kept)
    return Control(f"`{name}` broken on purpose", seen > 0, f"{seen} requests differ, then no more asked")


def _counted(case: Case) -> Iterator[str]:
    # What is broken on purpose may raise what no operator raises: that is a difference as well.
    try:
        yield from mismatches(case)
    except (AttributeError, TypeError) as error:
        yield str(error)


def run(options: Options) -> BenchResult:
    """Decide the corpus; bars: no difference, and seconds of CPU on the reference machine."""
    if not CEDAR_CORPUS.is_file():
        raise SystemExit(f"the corpus is not there: {CEDAR_CORPUS}")
    calibration = calibrate()
    cases = list(read_corpus(QUICK_STEP if options.quick else 1))
    differing: list[str] = []
    total = sum(len(case.requests) for case in cases)
    seconds = cpu_ms(lambda: differing.extend(line for case in cases for line in mismatches(case))) / 1_000
    parts = len(cases) / CASES
    same = all(getattr(service, name) is mine for name, mine in (("Engine", Engine), ("store_of", store_of)))
    bars = [
        Bar("requests decided otherwise than recorded", len(differing), 0, "requests"),
        Bar("cases read", len(cases), CASES // QUICK_STEP if options.quick else CASES, "cases", better="high"),
        Bar("requests decided", total, int(REQUESTS * parts * 0.99) if options.quick else REQUESTS, "", better="high"),
        Bar("reading entities, compiling, deciding", seconds * calibration.scale, BAR_SECONDS * parts, "s of CPU"),
        Bar("the same functions as decide live uses", int(same), 1, "", better="high"),
    ]
    encoded, broken, notes = encoder_part(options)
    return BenchResult(
        bars=[*bars, *encoded],
        controls=[*(_control(name, cases) for name in (OFTEN if options.quick else BROKEN)), *broken],
        notes=[calibration.line(), *differing[:10], *notes],
        noisy=calibration.noisy,
    )
