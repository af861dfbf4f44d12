"""The manifest: every field checked, every fault at its place."""

import json

import pytest

from brightline.domain.agreement import Mission
from brightline.domain.call import Dialect
from brightline.domain.description import Bands
from brightline.policy.fields import Fields
from brightline.policy.manifest import read_manifest
from brightline.policy.strict_json import read

TEXTS = "cd" * 32


def faults(manifest):
    fields = Fields("manifest.json")
    read_manifest(fields, read(json.dumps(manifest)))
    return [(fault.code, fault.text) for fault in fields.faults]


def test_a_describer_is_named_by_its_digest(manifest):
    fields = Fields("manifest.json")
    assert read_manifest(fields, read(json.dumps(manifest))).describer == ""
    manifest["describer"] = {"digest": "ab" * 32}
    assert read_manifest(fields, read(json.dumps(manifest))).describer == "ab" * 32
    assert fields.faults == []
    manifest["describer"]["apps"] = {"desk": {"hold": 900, "advise": -100, "texts": TEXTS}}
    assert read_manifest(fields, read(json.dumps(manifest))).bands == {"desk": Bands(900, -100)}
    assert fields.faults == []


def test_a_sound_manifest(manifest):
    fields = Fields("manifest.json")
    made = read_manifest(fields, read(json.dumps(manifest)))
    assert fields.faults == []
    assert (made.previous, made.not_before_ms, made.expires_ms) == (b"\xab" * 32, 1767225600000, 1798761600000)
    assert made.current_days == {"field": 30, "bare": 7}
    assert made.agencies == {"org": "defence"}
    assert made.missions == {"m": Mission("general", individual_basis=False, constrained=True)}
    assert made.current_by == ("Operator",)
    assert made.deployments["one"].location == "edge"
    assert (made.id, made.version, made.operator, made.vendor) == ("pact", 3, "Operator", "Vendor")
    assert made.enclaves == {"field": ("one", "two"), "bare": ()}
    assert made.aliases["gone"] == ()
    assert made.units == {"org": ("unit",)}
    assert made.deployments["two"].dialects == {Dialect.OPENAI_CHAT, Dialect.ANTHROPIC_MESSAGES}


@pytest.mark.parametrize(
    ("bend", "code", "words"),
    [
        (lambda m: m.update(format=3), "policy/bad-field", "`format` must be a whole number from 2 to 2"),
        (lambda m: m.update(format=1), "policy/old-format", "format 1 is no longer read; this release reads format 2"),
        (lambda m: m.update(describer={"digest": "ab"}), "policy/bad-field", "`digest` must be"),
        (
            lambda m: m.update(
                describer={"digest": "ab" * 32, "apps": {"a b/": {"hold": 1, "advise": 1, "texts": TEXTS}}}
            ),
            "policy/bad-field",
            "`apps` must name each app",
        ),
        (
            lambda m: m.update(
                describer={"digest": "ab" * 32, "apps": {"a": {"hold": 1, "advise": 2, "texts": TEXTS}}}
            ),
            "policy/bad-field",
            "`advise` must not be above `hold`",
        ),
        (
            lambda m: m.update(describer={"digest": "ab" * 32, "apps": {"a": {"hold": 1, "texts": TEXTS}}}),
            "policy/bad-field",
            "`advise` is missing from app",
        ),
        (lambda m: m.update(describer={}), "policy/bad-field", "`digest` is missing from describer"),
        (lambda m: m.update(describer="ab" * 32), "policy/bad-field", "`describer` must be"),
        (lambda m: m.update(extra=1), "policy/unknown-field", "`extra` is not a field of manifest"),
        (lambda m: m.update(previous=""), "policy/bad-field", "`previous` must be"),
        (lambda m: m.update(previous="AB" * 32), "policy/bad-field", "`previous` must be"),
        (lambda m: m.update(version=1), "policy/bad-field", "`previous` must be empty in version 1"),
        (lambda m: m.update(expires=m["not_before"]), "policy/bad-field", "must be later than `not_before`"),
        (lambda m: m.update(expires="2026-02-30T00:00:00Z"), "policy/bad-field", "a date and time that exists"),
        (lambda m: m.update(expires="2026-02-03"), "policy/bad-field", "`expires` must be"),
        (lambda m: m.update(id="p\u0430ct"), "policy/not-ascii", "`id` holds letters beyond ASCII"),
        (lambda m: m["enclaves"][0].update(current_days=367), "policy/bad-field", "`current_days` must be"),
        (lambda m: m["deployments"][0].update(location="clod"), "policy/bad-field", "did you mean `cloud`"),
        (lambda m: m["organisations"][0].update(agency="civilian"), "policy/bad-field", "did you mean `civil`"),
        (lambda m: m["missions"][0].update(purpose="war"), "policy/bad-field", "`purpose` must be one of"),
        (lambda m: m["missions"][0].update(constrained=1), "policy/bad-field", "`constrained` must be true or false"),
        (lambda m: m["missions"].append(m["missions"][0]), "policy/bad-field", "`m` stands twice"),
        (lambda m: m["missions"][0].pop("constrained"), "policy/bad-field", "`constrained` is missing from mission"),
        (lambda m: m.pop("version"), "policy/bad-field", "`version` is missing from manifest"),
        (lambda m: m.update(version=0), "policy/bad-field", "`version` must be"),
        (lambda m: m.update(id="No Spaces"), "policy/bad-field", "`id` must be"),
        (lambda m: m.update(operator=" x"), "policy/bad-field", "`operator` must be"),
        (lambda m: m.pop("previous"), "policy/bad-field", "`previous` is missing from manifest"),
        (
            lambda m: m["deployments"][0].update(vendor="Other"),
            "policy/foreign-vendor",
            "deployment `one` is of vendor",
        ),
        (
            lambda m: m["deployments"][0].update(dialects=["openai-chatt"]),
            "policy/bad-field",
            "did you mean `openai-chat`",
        ),
        (lambda m: m["deployments"][0].update(dialects=[7]), "policy/bad-field", "`dialects` must hold only"),
        (lambda m: m["deployments"].append(m["deployments"][0]), "policy/bad-field", "`one` stands twice"),
        (lambda m: m["enclaves"][0].update(deployments=["onee"]), "policy/unknown-deployment", "did you mean `one`"),
        (lambda m: m["enclaves"].append(m["enclaves"][0]), "policy/bad-field", "`field` stands twice"),
        (lambda m: m["aliases"].update(x=["zzz"]), "policy/unknown-deployment", "alias `x` names deployment `zzz`"),
        (lambda m: m["aliases"].update(x=["one", "one"]), "policy/bad-field", "`one` stands twice"),
        (lambda m: m["aliases"].update(x=[1]), "policy/bad-field", "must be a string"),
        (lambda m: m["aliases"].update({"a b": []}), "policy/bad-field", "must name each alias"),
        (lambda m: m["organisations"][0].update(units=["a/b"]), "policy/bad-field", "`units` must be"),
        (lambda m: m["organisations"][0].update(units=["a", "a"]), "policy/bad-field", "`a` stands twice"),
        (lambda m: m["organisations"].append(m["organisations"][0]), "policy/bad-field", "`org` stands twice"),
    ],
)
def test_a_bent_manifest(manifest, bend, code, words):
    bend(manifest)
    found = faults(manifest)
    assert [told for told, _ in found] == [code]
    assert words in found[0][1]


MONEY = {"id": "money", "measure": "money", "per": [], "seconds": 60, "parts": 6, "unlimited": 1}


def test_money_is_counted_only_where_every_deployment_has_its_price(manifest):
    manifest["meters"] = [MONEY]
    assert "since a meter counts money" in faults(manifest)[0][1]
    for deployment in manifest["deployments"]:
        deployment["price"] = {"input": 150, "output": 600}
    assert faults(manifest) == []
    manifest["deployments"][0]["price"] = {"input": -1, "output": 10**10}
    assert len(faults(manifest)) == 2


def test_all_faults_at_once(manifest):
    manifest.update(format=9, version=-1, extra=1)
    manifest["deployments"][0] = 7
    assert len(faults(manifest)) >= 5
