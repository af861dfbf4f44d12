"""Decisions, compiling and proofs at the sizes that a large operator would have.

A decision is timed with the validation of its request, in both ways in which requests come: described by the gateway
(`Agreement.decide`, with a shadow, as it serves), and written in JSON (the normaliser, then the same evaluator), beside
cedarpy with every handle parsed before, on the same requests in the same run. Controls: all policies tried one after
the other, and an evaluator that works twice.
"""

import json
import random
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import cedarpy

from brightline.domain.decision import Decision
from brightline.domain.use import Use
from brightline.policy.compile import compile_policies
from brightline.policy.draft import Draft
from brightline.policy.engine import Engine
from brightline.policy.entities import store_of
from brightline.policy.normaliser import Normaliser
from brightline.policy.oracle import to_json
from brightline.policy.proof.schema_model import read_schema
from brightline.policy.request import Requests, closed_entities, entities_of
from brightline.policy.service import Agreement
from brightline.policy.shadow import Shadow
from brightline.policy.verdict import Verdicts
from brightline.policy.written import WrittenRequest
from tests.benchmarks import cedar_corpus, proof_speed
from tests.benchmarks.harness import (
    REFERENCE_CALIBRATION_MS,
    Bar,
    BenchResult,
    Calibration,
    Control,
    Options,
    calibrate,
    cpu_ms,
)
from tests.benchmarks.speed_agreement import ENCLAVE, SEED, drafted, uses, write_agreement

DECISION_US = {200: 20, 1_000: 40}
FASTER = 15
COMPILE_MS = 200
REQUESTS = 500


class Sides(NamedTuple):
    """The same requests in three forms, and what answers each."""

    draft: Draft
    agreement: Agreement
    asked: list[Use]
    written: list[WrittenRequest]
    by_json: Callable[[WrittenRequest], Decision]
    by_cedarpy: Callable[[WrittenRequest], cedarpy.AuthzResult]


def _sides(directory: Path, policies: int) -> Sides:
    write_agreement(directory, policies)
    draft = drafted(directory)
    chance = random.Random(SEED)
    agreement = Agreement(draft, ENCLAVE, shadow=Shadow(random=chance.randbytes, alarm=_never))
    entities = [*closed_entities(), *entities_of(draft.manifest)]
    store = store_of(entities)
    requests = Requests(store, draft.manifest, ENCLAVE)
    asked = list(uses(draft.manifest.deployments, REQUESTS))
    written = []
    for use in asked:
        request = requests.request(use, use.deployment)
        assert request is not None
        context = to_json(request.context)
        assert isinstance(context, dict)
        written.append(WrittenRequest(request.principal.uid, request.action.uid, request.resource.uid, context))
    normaliser, verdicts = Normaliser(read_schema(draft.schema), store), Verdicts(draft.rules)
    engine = Engine(draft.program.bind(store.handle))
    policy_set = cedarpy.PolicySet.from_str("\n".join(rule.text.text for rule in draft.rules))
    handles = cedarpy.Entities.from_json_str(json.dumps(entities)), cedarpy.Schema.from_json_str(draft.schema)
    as_json = {id(one): one.as_json() for one in written}
    return Sides(
        draft,
        agreement,
        asked,
        written,
        lambda one: verdicts.decision(engine.evaluate(*normaliser.request(one))),
        lambda one: cedarpy.is_authorized(as_json[id(one)], policy_set, *handles),
    )


def _never(divergence: object) -> None:
    raise AssertionError(f"the engines differ: {divergence}")


def _each_us(action: Callable[[object], object], requests: Sequence[object], repeats: int) -> float:
    """Microseconds of CPU on the reference machine for one of `requests`, the best of so many rounds.

    The calibration is taken between the rounds, because how busy a shared machine is changes within seconds.
    """

    def all_of_them() -> None:
        for request in requests:
            action(request)

    all_of_them()
    rounds = [(calibrate(1).best_ms, cpu_ms(all_of_them)) for _ in range(repeats)]
    scale = REFERENCE_CALIBRATION_MS / min(reference for reference, _ in rounds)
    return min(ms for _, ms in rounds) * scale * 1_000 / len(requests)


def _agree(sides: Sides) -> int:
    """How many requests the two forms, and cedarpy where no rule of ours decides, answer differently."""
    return sum(
        sides.agreement.decide(use) != sides.by_json(one)
        or (sides.by_json(one).permitted and sides.by_cedarpy(one).decision is not cedarpy.Decision.Allow)
        for use, one in zip(sides.asked, sides.written, strict=True)
    )


def _decisions(sides: Sides, policies: int, options: Options) -> Iterator[Bar | Control | str]:
    repeats = 10 if options.quick else 40
    live = _each_us(sides.agreement.decide, sides.asked, repeats)  # type: ignore[arg-type]
    by_json = _each_us(sides.by_json, sides.written, repeats)  # type: ignore[arg-type]
    theirs = _each_us(sides.by_cedarpy, sides.written[:100], 3)  # type: ignore[arg-type]
    bar = DECISION_US[policies]
    yield Bar(f"decision of a use, {policies} policies", live, bar, "us")
    yield Bar(f"decision of a written request, {policies} policies", by_json, bar, "us")
    slowest = max(live, by_json)
    yield Bar(f"faster than cedarpy with handles, {policies} policies", theirs / slowest, FASTER, "x", better="high")
    yield Bar(f"requests that the three answer differently, {policies}", _agree(sides), 0, "")
    counts = Counter(sides.agreement.decide(use).effect.value for use in sides.asked)
    yield f"{policies} policies: cedarpy takes {theirs:,.0f} us; {dict(counts)}"
    yield f"{policies} policies: compared live with cedarpy so far: {sides.agreement.shadowed}"
    flat = _each_us(_one_by_one(sides.draft), sides.written[:50], 2)  # type: ignore[arg-type]
    yield Control(f"{policies} policies tried one after the other", flat > bar, f"{flat:,.0f} us")


def _one_by_one(draft: Draft) -> Callable[[WrittenRequest], object]:
    """An evaluator without any index: each policy compiled alone, each asked about every request."""
    entities = [*closed_entities(), *entities_of(draft.manifest)]
    store = store_of(entities)
    normaliser = Normaliser(read_schema(draft.schema), store)
    groups = [group for rule in draft.rules for group in compile_policies([dict(rule.policy)]).bind(store.handle)]

    def evaluate(one: WrittenRequest) -> object:
        request, satisfied, errored = normaliser.request(one), [], []
        for group in groups:
            if group.reaches(*request[:3]):
                group.rules(*request, satisfied, errored)
        return satisfied, errored

    return evaluate


def _compiling(draft: Draft, calibration: Calibration, repeats: int) -> Iterator[Bar | Control]:
    policies = [dict(rule.policy) for rule in draft.rules]
    ms = min(cpu_ms(lambda: compile_policies(policies)) for _ in range(repeats)) * calibration.scale
    yield Bar(f"compiling {len(policies):,} policies", ms, COMPILE_MS, "ms")
    three = cpu_ms(lambda: [compile_policies(policies) for _ in range(3)]) * calibration.scale
    yield Control("compiling three times", three > COMPILE_MS, f"{three:,.0f} ms")


def run(options: Options) -> BenchResult:
    """Measure decisions, compiling, the corpus, proofs and diffs."""
    calibration = calibrate()
    found: list[Bar | Control | str] = [calibration.line()]
    noisy = calibration.noisy
    for policies in DECISION_US:
        with tempfile.TemporaryDirectory() as folder:
            sides = _sides(Path(folder), policies)
        found += _decisions(sides, policies, options)
        if policies == max(DECISION_US):
            found += _compiling(sides.draft, calibrate(), 3 if options.quick else 9)
    if "decisions" not in options.arguments:
        corpus, proofs = cedar_corpus.run(options), proof_speed.figures(options, calibrate())
        found += [bar for bar in corpus.bars if bar.unit == "s of CPU"]
        found += [*proofs.bars, *proofs.controls, *proofs.notes]
    return BenchResult(
        bars=[one for one in found if isinstance(one, Bar)],
        controls=[one for one in found if isinstance(one, Control)],
        notes=[one for one in found if isinstance(one, str)],
        noisy=noisy,
    )
