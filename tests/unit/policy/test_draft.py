"""Reading a whole agreement, and every fault of it at once."""

import json

from brightline.policy import draft
from brightline.policy.draft import own_schema, payload_of, read_draft
from brightline.policy.expressions import UnsupportedError

SCOPE = "(principal, action, resource)"


def codes(path):
    return [(fault.file, fault.code) for fault in read_draft(path)[1]]


def test_a_sound_agreement(directory):
    made, faults = read_draft(directory())
    assert faults == ()
    assert [rule.reason.policy_id for rule in made.rules] == ["law-1", "operator-1", "vendor-1"]
    assert {name: tool.effect for name, tool in made.effects.items()} == {"search": "read", "watch": "surveil"}


def test_faults_of_every_file_come_at_once_and_in_order(directory, manifest):
    manifest["version"] = 0
    path = directory(
        {
            "manifest.json": json.dumps(manifest),
            "effectors.json": "{",
            "schema.json": "[]",
            "law/law.cedar": f'@id("a") permit {SCOPE};\n@id("b") forbid {SCOPE} when {{ context.fact.x }};',
            "operator/operator.cedar": f'@id("a") permit (;\n@id("c") permit {SCOPE} when {{ ! }};',
            "vendor/vendor.cedar": None,
        }
    )
    assert codes(path) == [
        ("effectors.json", "policy/bad-json"),
        ("law/law.cedar", "policy/law-permit"),
        ("law/law.cedar", "policy/invalid"),
        ("manifest.json", "policy/bad-field"),
        ("operator/operator.cedar", "policy/syntax"),
        ("operator/operator.cedar", "policy/syntax"),
        ("schema.json", "policy/schema-differs"),
        ("vendor", "policy/missing-file"),
    ]


def test_another_schema_refuses(directory):
    other = json.loads(own_schema())
    other[""]["entityTypes"]["Extra"] = {}
    assert codes(directory({"schema.json": json.dumps(other)})) == [("schema.json", "policy/schema-differs")]


def test_the_same_schema_in_another_layout_is_the_same(directory):
    assert codes(directory({"schema.json": json.dumps(json.loads(own_schema()))})) == []


def test_names_that_the_manifest_does_not_list(directory):
    text = '@id("x") permit (principal == Unit::"org/unti", action, resource);'
    assert codes(directory({"operator/more.cedar": text})) == [("operator/more.cedar", "policy/unknown-entity")]


def test_what_cannot_be_compiled_is_a_fault_of_its_own(directory):
    wide = "context.fact.input_bytes" + " + 1" * 60
    path = directory({"vendor/more.cedar": f'@id("y") forbid {SCOPE} when {{ {wide} > 0 }};'})
    assert codes(path) == [("vendor/more.cedar", "policy/unsupported")]


def test_a_construct_that_is_not_covered_is_a_fault(directory, monkeypatch):
    def refuse(_):
        raise UnsupportedError("teleport")

    monkeypatch.setattr(draft, "compile_policies", refuse)
    found = read_draft(directory())[1]
    assert {fault.text for fault in found} == {"uses teleport, which is not supported"}
    assert len(found) == 3


def test_a_missing_file_is_told_once(directory):
    assert codes(directory({"manifest.json": None})) == [("manifest.json", "policy/missing-file")]
    assert codes(directory({"manifest.json": None, "schema.json": None, "effectors.json": None})) == [
        ("effectors.json", "policy/missing-file"),
        ("manifest.json", "policy/missing-file"),
        ("schema.json", "policy/missing-file"),
    ]


def test_what_is_signed_is_of_contents_not_layout_of_the_manifest():
    assert payload_of({"a": 1, "b": 2}, {"x": "1"}) == payload_of({"b": 2, "a": 1}, {"x": "1", "manifest.json": "{}"})
    assert payload_of({"a": 1}, {"x": "1"}) != payload_of({"a": 1}, {"x": "2"})
    assert payload_of({"a": 1}, {"x": "1"}) != payload_of({"a": 1}, {"y": "1"})
