"""The kinds of authority of a manifest: read strictly, each with those who may sign it."""

import json
import os

import pytest

from brightline.crypto.party_keys import ED25519, P256, create
from brightline.domain.authority import AuthorityKind
from brightline.policy.authority_kinds import MOST_KINDS, read_authority_kinds
from brightline.policy.fields import Fields
from brightline.policy.strict_json import read

KEYS = [create(algorithm, os.urandom).public for algorithm in (ED25519, P256)]
WARRANT = {
    "kind": "warrant",
    "k": 1,
    "keys": [key.entry() for key in KEYS],
    "most_persons": 20,
    "most_covered": 200,
    "seconds": 2_592_000,
    "parts": 30,
    "longest_seconds": 7_776_000,
}


def faults(*kinds: object) -> list[str]:
    fields = Fields("manifest.json")
    read_authority_kinds(fields, read(json.dumps(list(kinds))))
    return [fault.text for fault in fields.faults]


def test_a_sound_kind() -> None:
    fields = Fields("manifest.json")
    [kind] = read_authority_kinds(fields, read(json.dumps([WARRANT])))
    assert fields.faults == []
    assert kind == AuthorityKind(
        kind="warrant",
        k=1,
        keys={key.id: (key.algorithm, key.der) for key in KEYS},
        most_persons=20,
        most_covered=200,
        seconds=2_592_000,
        parts=30,
        longest_seconds=7_776_000,
    )
    assert read_authority_kinds(fields, None) == ()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"kind": "Two words"}, "`kind` must be"),
        ({"keys": []}, "`keys` must be a list of 1"),
        ({"keys": WARRANT["keys"] * 5}, "`keys` must be a list of 1"),
        ({"keys": [{**KEYS[0].entry(), "id": KEYS[1].id}]}, "its id is"),
        ({"keys": [KEYS[0].entry(), KEYS[0].entry()]}, "stands twice"),
        ({"k": 0}, "`k` must be"),
        ({"k": 3}, "`k` must not be more than the keys"),
        ({"most_persons": 0}, "`most_persons` must be"),
        ({"most_persons": "*"}, "`most_persons` must be"),
        ({"most_covered": 0}, "`most_covered` must be"),
        ({"parts": 0}, "`parts` must be"),
        ({"seconds": 0}, "`seconds` must be"),
        ({"longest_seconds": 0}, "`longest_seconds` must be"),
        ({"wildcard": True}, "`wildcard` is not a field"),
    ],
)
def test_a_bent_kind(changes: dict[str, object], words: str) -> None:
    assert any(words in fault for fault in faults({**WARRANT, **changes}))


def test_each_kind_stands_once_and_they_are_few() -> None:
    assert "`warrant` stands twice" in faults(WARRANT, WARRANT)[0]
    many = [{**WARRANT, "kind": f"kind-{number}"} for number in range(MOST_KINDS + 1)]
    assert "at most 16 kinds" in faults(*many)[0]
    assert "`k` is missing" in faults({name: value for name, value in WARRANT.items() if name != "k"})[0]
    assert "`keys` is missing" in faults({name: value for name, value in WARRANT.items() if name != "keys"})[0]
