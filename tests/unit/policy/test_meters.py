"""The meters of a manifest: read strictly, in the schema, decided on, and never chosen by a caller in a red line."""

import json
from dataclasses import replace

import pytest

from brightline.domain.decision import Effect
from brightline.domain.metering import Measure, MeterRule, Per
from brightline.policy import load_agreement
from brightline.policy.draft import examine, joint_schema, own_schema, read_draft
from brightline.policy.errors import PolicyError
from brightline.policy.fields import Fields
from brightline.policy.meters import MOST_METERS, chosen_by_callers, read_meters
from brightline.policy.strict_json import read

PEOPLE = {
    "id": "people",
    "measure": "data-subjects",
    "per": ["agreement", "unit"],
    "seconds": 2_592_000,
    "parts": 30,
    "exact_to": 10_000,
    "unreadable": 100,
}
STRIKES = {
    "id": "acts",
    "measure": "effects",
    "per": ["unit"],
    "seconds": 60,
    "parts": 6,
    "effects": ["kinetic", "control"],
}
TOKENS = {"id": "tokens", "measure": "tokens", "per": ["principal"], "seconds": 86_400, "parts": 24}
TOKENS["unlimited"] = 4096
LIMIT = '@id("law-2") @reason("too many") @hint("stop") @clause("4") @source("test")\n'
LIMIT += "forbid (principal, action, resource) when { context.meter.people > 500 };\n"


def faults(*meters):
    fields = Fields("manifest.json")
    read_meters(fields, read(json.dumps(list(meters))))
    return [fault.text for fault in fields.faults]


def files(manifest, *meters, law=LIMIT, **others):
    return {
        "manifest.json": json.dumps({**manifest, "meters": list(meters)}),
        "schema.json": own_schema(meter["id"] for meter in meters),
        "law/more.cedar": law,
        **others,
    }


def test_sound_meters():
    fields = Fields("manifest.json")
    people, acts, tokens = read_meters(fields, read(json.dumps([PEOPLE, STRIKES, TOKENS])))
    assert fields.faults == []
    assert people == MeterRule(
        id="people",
        measure=Measure.DATA_SUBJECTS,
        per=frozenset({Per.AGREEMENT, Per.UNIT}),
        seconds=2_592_000,
        parts=30,
        exact_to=10_000,
        unreadable=100,
    )
    assert tokens.unlimited == 4096
    assert acts.effects == {"kinetic", "control"}
    assert [chosen_by_callers(meter) for meter in (people, acts, tokens)] == [(), (), ("principal",)]
    assert read_meters(fields, None) == ()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"id": "like"}, "`id` must be"),
        ({"id": "Two words"}, "`id` must be"),
        ({"measure": "persons"}, "`measure` must be one of"),
        ({"per": ["units"]}, "did you mean `unit`"),
        ({"per": ["unit", "unit"]}, "`unit` stands twice"),
        ({"per": [1]}, "`per` must hold only"),
        ({"per": "unit"}, "`per` must be a list"),
        ({"seconds": 0}, "`seconds` must be"),
        ({"seconds": 10}, "`parts` must be a whole number from 1 to 10"),
        ({"parts": 367}, "`parts` must be"),
        ({"exact_to": 0}, "`exact_to` must be"),
        ({"unreadable": -1}, "`unreadable` must be"),
        ({"effects": []}, "`effects` is not a field of meter"),
        ({"extra": 1}, "`extra` is not a field of meter"),
    ],
)
def test_a_meter_is_read_strictly(changes, words):
    assert any(words in text for text in faults({**PEOPLE, **changes}))


def test_what_is_no_meter_and_too_many_of_them():
    assert "`meter` must be an object" in faults("people")
    assert "`people` stands twice" in " ".join(faults(PEOPLE, PEOPLE))
    assert any(
        f"at most {MOST_METERS}" in text
        for text in faults(*({**TOKENS, "id": f"t{at}"} for at in range(MOST_METERS + 1)))
    )
    assert any("did you mean `kinetic`" in text for text in faults({**STRIKES, "effects": ["kinetc"]}))


def test_a_limit_is_a_policy_over_the_meter(directory, manifest, a_use):
    agreement = load_agreement(directory(files(manifest, PEOPLE)), "field")
    few, many = (a_use(readings={"people": count}) for count in (500, 501))
    assert agreement.decide(few).effect is Effect.PERMIT
    assert agreement.decide(many).reasons[0].policy_id == "law-2"


@pytest.mark.parametrize("readings", [{}, {"people": 1, "others": 2}, {"persons": 1}, {"people": 2**63}])
def test_a_use_without_a_reading_of_each_meter_is_not_decided(directory, manifest, a_use, readings):
    agreement = load_agreement(directory(files(manifest, PEOPLE)), "field")
    with pytest.raises(PolicyError, match="policy/unusable-fact"):
        agreement.decide(a_use(readings=readings))


def test_the_schema_must_have_the_meters_of_the_manifest(directory, manifest):
    written = {**files(manifest, PEOPLE), "schema.json": own_schema()}
    assert "policy/schema-differs" in [fault.code for fault in read_draft(directory(written))[1]]


def test_a_meter_that_is_not_in_the_manifest_is_no_attribute(directory, manifest):
    found = read_draft(directory(files(manifest, {**PEOPLE, "id": "persons"})))[1]
    assert "policy/invalid" in [fault.code for fault in found]


@pytest.mark.parametrize(
    ("per", "condition", "code"),
    [
        (["unit"], "context.meter.people > 500", ""),
        (["unit", "principal"], "context.meter.people > 500", "policy/chosen-meter"),
        (["mission"], "context.meter.people > 500", "policy/chosen-meter"),
        (["app"], "context.meter == {people: 500}", "policy/chosen-meter"),
        ([], "context.meter == {people: 500}", ""),
    ],
)
def test_no_red_line_reads_a_meter_that_callers_choose(directory, manifest, per, condition, code):
    line = f'@id("line-1") @clause("4") @source("test")\nforbid (principal, action, resource) when {{ {condition} }};\n'
    written = files(manifest, {**PEOPLE, "per": per}, **{"redlines/people.cedar": line})
    codes = [fault.code for fault in examine(directory(written)).faults]
    assert ("policy/chosen-meter" in codes) is bool(code)


def test_the_joint_schema_has_the_meters_of_both(directory, manifest):
    old, _ = read_draft(directory(files(manifest, PEOPLE)))
    new = replace(old, manifest=replace(old.manifest, meters=(replace(old.manifest.meters[0], id="others"),)))
    assert joint_schema(old, new) == own_schema(["people", "others"])
