"""What a request shows, decided by both engines."""

import pytest

from brightline.policy.proof.subject import subject_of
from brightline.policy.proof.witness import ProofRequest
from brightline.policy.proof.witnesses import crossed, from_json, judged, to_json

GLASS = '@hold("officer, 2") @break_glass("chief, 1")'
NOTES = '@reason("r") @clause("c") @source("s")'
SURVEIL = 'context.fact.effects.contains(Effect::"surveil")'


def forbid(name, hold=""):
    return f'@id("{name}") {NOTES} {hold}\nforbid (principal, action, resource) when {{ {SURVEIL} }};\n'


def entity(kind, name):
    return {"__entity": {"type": kind, "id": name}}


def request(subject, *, effects=("read",), mission="m"):
    fact = {
        "mission": mission,
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
        "enclave": "field",
        "location": entity("Location", "edge"),
        "dialect": entity("Dialect", "openai-chat"),
        "stream": False,
        "acting": False,
        "tools": [],
        "effects": [entity("Effect", name) for name in effects],
        "data_origins": [],
        "subjects": [],
        "activities": [],
        "modalities": [],
        "remote_urls": False,
        "input_bytes": 1,
        "message_count": 1,
    }
    context = {"fact": fact, "claimed": {}}
    return ProofRequest(("Unit", "org/unit"), ("Action", "generate"), ("Deployment", "one"), context, subject.entities)


@pytest.fixture
def subject(draft):
    """What a proof of the small agreement is about, with holds where they are asked for."""

    def read(line="", law=""):
        changes = {"redlines/lines.cedar": forbid("line-1", line), "law/law.cedar": forbid("law-1", law)}
        return subject_of(draft(changes))

    return read


@pytest.mark.parametrize(
    ("kind", "effects", "mission", "decision", "lacks"),
    [
        ("refused", ("read",), "m", "permit", "it does not cross the line"),
        ("refused", ("surveil",), "m", "forbid", ""),
        ("permitted", ("read",), "m", "permit", ""),
        ("permitted", ("read",), "another", "forbid", "it is not permitted"),
        ("permitted", ("surveil",), "m", "forbid", "it is not permitted"),
    ],
)
def test_what_a_request_shows(subject, kind, effects, mission, decision, lacks):
    about = subject()
    shown = judged(kind, about.red_lines[0], request(about, effects=effects, mission=mission), about)
    assert shown == (decision, lacks)


@pytest.mark.parametrize(
    ("line", "law", "kind", "decision", "lacks"),
    [
        ('@hold("officer, 2")', '@hold("officer, 2")', "refused", "hold", ""),
        ('@hold("officer, 2")', '@hold("officer, 3")', "permitted", "hold", ""),
        ('@hold("officer, 2")', '@hold("officer, 1")', "refused", "hold", "it is not refused"),
        ('@hold("officer, 2")', '@hold("clerk, 2")', "permitted", "hold", "it is not permitted"),
        ('@hold("officer, 2")', GLASS, "refused", "hold", "it is not refused"),
        (GLASS, GLASS, "refused", "hold", ""),
        (GLASS, '@hold("officer, 2")', "permitted", "hold", ""),
        ("", GLASS, "refused", "hold", "it is not refused"),
        ("", '@hold("officer, 9")', "refused", "hold", "it is not refused"),
        ('@hold("officer, 2")', "", "permitted", "forbid", "it is not permitted"),
    ],
)
def test_a_hold_shows_what_it_asks_for(subject, line, law, kind, decision, lacks):
    about = subject(line, law)
    assert judged(kind, about.red_lines[0], request(about, effects=("surveil",)), about) == (decision, lacks)


def test_a_permit_that_crosses_is_no_witness_near_the_line(subject):
    about = subject()
    without = about._replace(rules=tuple(rule for rule in about.rules if rule.reason.policy_id != "law-1"))
    crossing = request(about, effects=("surveil",))
    assert judged("permitted", about.red_lines[0], crossing, without) == ("permit", "it crosses the line")
    assert crossed(about.red_lines[0], crossing, about.schema)


def test_a_request_reads_back_over_the_entities_of_the_agreement(subject):
    about = subject()
    written = to_json(request(about))
    assert set(written) == {"principal", "action", "resource", "context"}
    assert from_json(written, about) == request(about)
    for bent in ({}, {**written, "more": 1}, {**written, "context": []}, {**written, "action": {"type": "Action"}}):
        assert from_json(bent, about) is None
