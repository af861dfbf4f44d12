"""The formulas of claims and witnesses mean what they say: each is evaluated for requests that the engine decided."""

import random

import pytest

from brightline.domain.decision import Effect
from brightline.policy.compile import compile_policies
from brightline.policy.engine import Engine
from brightline.policy.entities import record_of, store_of
from brightline.policy.proof.encode import Chart, environments
from brightline.policy.proof.evaluation import assignment_of, evaluate
from brightline.policy.proof.properties import Formulas, claims_of
from brightline.policy.proof.schema_model import read_schema
from brightline.policy.proof.subject import subject_of
from brightline.policy.proof.witness import ProofRequest
from brightline.policy.proof.witnesses import suffices
from brightline.policy.verdict import Verdicts

NOTES = '@reason("r") @clause("c") @source("s")'
FORBID = "forbid (principal, action, resource)"
REQUESTS = 60
LAW = f"""
@id("law-1") {NOTES}
{FORBID} when {{ context.fact.effects.contains(Effect::"surveil") && context.fact.stream }};
@id("law-2") {NOTES}
{FORBID} when {{ context.fact.message_count * 2 > 10 }};
@id("law-3") {NOTES} @hold("officer, 2")
{FORBID} when {{ context.fact.effects.contains(Effect::"surveil") }};
"""
LINES = f"""
@id("line-1") {NOTES}
{FORBID} when {{ context.fact.effects.contains(Effect::"surveil") && context.fact.mission == "m" }};
@id("line-2") {NOTES} @hold("officer, 2")
{FORBID} when {{ context.fact.effects.contains(Effect::"surveil") }};
@id("line-3") {NOTES} @hold("officer, 3")
{FORBID} when {{ context.fact.message_count * 3 > 10 }} unless {{ context.fact.stream }};
"""


def entity(kind, name):
    return {"__entity": {"type": kind, "id": name}}


def drawn(chance, subject, environment):
    fact = {
        "mission": chance.choice(["m", "other"]),
        "purpose": entity("Purpose", "general"),
        "individual_basis": False,
        "constrained": True,
        "organisation": "org",
        "agency": entity("Agency", "defence"),
        "unit": "unit",
        "roles": [],
        "app": "a",
        "key_id": "k",
        "vendor": "Vendor",
        "model": "model-one",
        "deployment": "one",
        "location": entity("Location", "edge"),
        "enclave": "field",
        "dialect": entity("Dialect", "openai-chat"),
        "stream": chance.random() < 0.5,
        "acting": chance.random() < 0.5,
        "tools": [],
        "effects": [entity("Effect", name) for name in chance.sample(["read", "surveil"], chance.randrange(3))],
        "data_origins": [],
        "subjects": [],
        "activities": [],
        "modalities": [],
        "remote_urls": False,
        "input_bytes": 1,
        "message_count": chance.choice([1, 4, 9, 2**62]),
    }
    context = {"fact": fact, "claimed": {}}
    return ProofRequest(("Unit", "org/unit"), environment.action, ("Deployment", "one"), context, subject.entities)


class Decided:
    """What the engine finds about one request."""

    def __init__(self, subject, request):
        store = store_of(subject.entities)
        context = record_of(request.context, store)
        parts = (*(store.handle(uid) for uid in (request.principal, request.action, request.resource)), context)

        def evaluate_all(rules):
            return Engine(compile_policies([dict(rule.policy) for rule in rules]).bind(store.handle)).evaluate(*parts)

        self.decision = Verdicts(subject.rules).decision(evaluate_all(subject.rules))
        self.lines = evaluate_all(subject.red_lines)
        law = [index for index, rule in enumerate(subject.rules) if rule.layer.value == "law"]
        self.law_errs = any(index in law for index in evaluate_all(subject.rules).errored)


@pytest.fixture
def subject(draft):
    """Three red lines, of which two can be crossed."""
    operator = (
        f'@id("operator-1") {NOTES}\npermit (principal, action, resource) when {{ context.fact.mission == "m" }};'
    )
    changes = {"law/law.cedar": LAW, "redlines/lines.cedar": LINES, "operator/operator.cedar": operator}
    return subject_of(draft(changes))


def cases(subject):
    model = read_schema(subject.schema)
    chance = random.Random(5)
    for environment in environments(model):
        formulas = Formulas(subject, model, environment, chart=Chart(subject.entities))
        for _ in range(REQUESTS):
            request = drawn(chance, subject, environment)
            assigned = assignment_of(model, request.as_json(), subject.entities)
            yield environment, formulas, Decided(subject, request), lambda term, at=assigned: evaluate(term, at)


def test_a_claim_is_refuted_by_exactly_the_requests_that_cross_its_line(subject):
    claims = claims_of(subject, read_schema(subject.schema))
    seen = {claim.id: set() for claim in claims}
    for environment, formulas, decided, found in cases(subject):
        for claim in claims:
            if claim.environment != environment:
                continue
            said = found(formulas.against(claim))
            assert said == refutes(subject, claim, decided), claim.id
            seen[claim.id].add(said)
    refuted = {name.rpartition("/")[0] for name, said in seen.items() if True in said}
    assert refuted == {"line-1/never-passes", "line-3/never-passes", "line-3/never-errors", "law/never-errors"}


def refutes(subject, claim, decided):
    if claim.red_line is None:
        return decided.law_errs
    index = subject.red_lines.index(claim.red_line)
    if claim.kind == "never-errors":
        return index in decided.lines.errored
    crosses = index in decided.lines.errored or index in decided.lines.satisfied
    return crosses and not suffices(decided.decision, claim.red_line)


def test_candidates_describe_what_their_words_say(subject):
    near, far = set(), set()
    for _, formulas, decided, found in cases(subject):
        assert found(formulas.passes()) == (decided.decision.effect is not Effect.FORBID)
        for index, red_line in enumerate(subject.red_lines):
            meets = index in decided.lines.satisfied
            crosses = meets or index in decided.lines.errored
            for candidate in formulas.crossing(red_line):
                if found(candidate.formula):
                    far.add(candidate.words)
                    assert meets
            for candidate in formulas.permitted_near(red_line):
                if found(candidate.formula):
                    near.add(candidate.words)
                    held = decided.decision.effect is Effect.HOLD and meets and suffices(decided.decision, red_line)
                    assert held or (decided.decision.permitted and not crosses)
    assert len(far) == 2
    assert len(near) == 3


def test_claims_are_listed_in_one_order_for_every_kind_of_request(subject):
    claims = claims_of(subject, read_schema(subject.schema))
    assert len(claims) == 2 * (3 * 2 + 1)
    assert claims[0].id == "line-1/never-passes/Unit count_tokens Deployment"
    assert "held for at least 3 of the role officer" in claims[4].words
