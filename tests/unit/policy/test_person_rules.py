"""How many people a registered tool touches: read strictly, with every path checked."""

import json

import pytest

from brightline.domain.data_subjects import KindedPath, PersonRule
from brightline.policy.effectors import read_effectors
from brightline.policy.fields import Fields
from brightline.policy.person_rules import MOST_PATHS
from brightline.policy.strict_json import read

RULE = {
    "arguments": [{"path": "$.people[*].passport", "kind": "passport"}],
    "results": [{"path": "$.rows[*].email", "kind": "email"}],
    "count": {"argument": "$.limit"},
    "most": 500,
    "unreadable": "most",
}


def register(persons):
    fields = Fields("effectors.json")
    entry = {"effect": "read", "origins": [], "subjects": [], "activities": [], "persons": persons}
    made = read_effectors(fields, read(json.dumps({"format": 2, "tools": {"find": entry}})))
    return made[0]["find"].persons, [fault.text for fault in fields.faults]


def test_a_sound_rule():
    rule, faults = register(RULE)
    assert faults == []
    assert rule == PersonRule(
        most=500,
        arguments=(KindedPath("$.people[*].passport", "passport"),),
        results=(KindedPath("$.rows[*].email", "email"),),
        count_argument="$.limit",
    )
    refusing, _ = register({**RULE, "unreadable": "refuse", "count": {"rows": "$.rows"}})
    assert (refusing.refuses, refusing.count_rows, refusing.count_argument) == (True, "$.rows", "")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"most": 0}, "`most` must be"),
        ({"unreadable": "guess"}, "`unreadable` must be one of"),
        ({"extra": 1}, "`extra` is not a field of persons"),
        ({"count": {}}, "`count` must have exactly one of"),
        ({"count": {"argument": "$.a", "rows": "$.b"}}, "`count` must have exactly one of"),
        ({"count": {"argument": "limit"}}, "must begin with `$`"),
        ({"count": {"argument": 5}}, "must be a path"),
        ({"arguments": [{"path": "$.a", "kind": "E-Mail"}]}, "`kind` must be"),
        ({"arguments": [{"path": "$[?@.a]", "kind": "email"}]}, "cannot be read from character 2"),
        ({"results": [{"path": "$.a", "kind": "id"}] * (MOST_PATHS + 1)}, "at most 16 paths"),
    ],
)
def test_a_rule_is_read_strictly(changes, words):
    assert any(words in text for text in register({**RULE, **changes})[1])


def test_a_rule_says_where_people_stand():
    _, faults = register({"most": 5, "unreadable": "most"})
    assert any("must say where people stand" in text for text in faults)
    assert any("must be an object" in text for text in register("some")[1])
