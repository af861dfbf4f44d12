"""The parties in a manifest: who they are, their keys, and that no key speaks for two."""

import json

import pytest

from brightline.crypto.party_keys import create
from brightline.policy.fields import Fields
from brightline.policy.manifest import read_manifest
from brightline.policy.parties import MAX_KEYS, MAX_PARTIES
from brightline.policy.strict_json import read

KEYS = [create(algorithm) for algorithm in ("ed25519", "ecdsa-p256", "ecdsa-p384")]
ENTRIES = [key.public.entry() for key in KEYS]


def told(manifest):
    fields = Fields("manifest.json")
    made = read_manifest(fields, read(json.dumps(manifest)))
    return made, [(fault.code, fault.text) for fault in fields.faults]


def test_parties_with_keys(manifest):
    manifest["parties"][0] |= {"keys": ENTRIES[:2], "k": 2}
    made, faults = told(manifest)
    assert faults == []
    operator, vendor = made.parties
    assert (operator.name, operator.role, operator.k, operator.may_tighten) == ("Operator", "operator", 2, True)
    assert list(operator.keys) == [key.public.id for key in KEYS[:2]]
    assert vendor.keys == {}


def with_keys(*entries):
    return lambda manifest: manifest["parties"][0].update(keys=list(entries))


def oversight(**changes):
    party = {"name": "Office", "role": "oversight", "k": 1, "keys": [], "may_tighten": False, **changes}
    return lambda manifest: manifest["parties"].append(party)


@pytest.mark.parametrize(
    ("bend", "code", "words"),
    [
        (with_keys(ENTRIES[0], ENTRIES[0]), "policy/bad-field", "stands twice"),
        (
            with_keys({**ENTRIES[0], "id": ENTRIES[1]["id"]}),
            "policy/bad-key",
            "`Operator` is refused: its id is",
        ),
        (with_keys({**ENTRIES[0], "algorithm": "ecdsa-p256"}), "policy/bad-key", "is of ed25519, not of ecdsa-p256"),
        (with_keys({**ENTRIES[0], "public": 7}), "policy/bad-key", "not the base64"),
        (with_keys({**ENTRIES[0], "algorithm": "rsa"}), "policy/bad-field", "`algorithm` must be one of"),
        (with_keys({"id": "ab", "algorithm": "ed25519", "public": ""}), "policy/bad-field", "`id` must be"),
        (with_keys({"id": ENTRIES[0]["id"], "algorithm": "ed25519"}), "policy/bad-field", "`public` is missing"),
        (lambda manifest: manifest["parties"][0].update(k=0), "policy/bad-field", "`k` must be"),
        (lambda manifest: manifest["parties"][0].update(may_tighten="yes"), "policy/bad-field", "true or false"),
        (oversight(role="oversigt"), "policy/bad-field", "did you mean `oversight`"),
        (oversight(name="Vendor"), "policy/bad-field", "`Vendor` stands twice"),
        (oversight(role="vendor"), "policy/bad-parties", "one party, `Vendor`, must have the role `vendor`"),
        (lambda manifest: manifest["parties"].pop(), "policy/bad-parties", "one party, `Vendor`"),
        (lambda manifest: manifest.update(current_by=[]), "policy/bad-parties", "must name a party"),
        (lambda manifest: manifest.update(current_by=["Nobody"]), "policy/bad-parties", "which is no party"),
        (lambda manifest: manifest.update(current_by=["Vendor", "Vendor"]), "policy/bad-field", "stands twice"),
        (lambda manifest: manifest.update(current_by=[""]), "policy/bad-field", "`current_by` must be"),
        (lambda manifest: manifest.pop("current_by"), "policy/bad-field", "`current_by` is missing"),
    ],
)
def test_bent_parties(manifest, bend, code, words):
    bend(manifest)
    faults = told(manifest)[1]
    assert [found for found, _ in faults] == [code]
    assert words in faults[0][1]


def test_a_key_of_two_parties(manifest):
    manifest["parties"][0]["keys"] = manifest["parties"][1]["keys"] = ENTRIES[:1]
    assert [code for code, _ in told(manifest)[1]] == ["policy/shared-key"]


def test_lists_are_bounded(manifest):
    manifest["parties"][0]["keys"] = [create("ed25519").public.entry() for _ in range(MAX_KEYS + 1)]
    assert told(manifest)[1] == [("policy/bad-field", "`keys` must be a list of at most 8 keys")]
    manifest["parties"][0]["keys"] = []
    for number in range(MAX_PARTIES):
        oversight(name=f"Office {number}")(manifest)
    assert told(manifest)[1] == [("policy/bad-field", "`parties` must be a list of at most 8 parties")]


def test_without_parties(manifest):
    del manifest["parties"]
    codes = [code for code, _ in told(manifest)[1]]
    assert codes == ["policy/bad-field", "policy/bad-parties"]
