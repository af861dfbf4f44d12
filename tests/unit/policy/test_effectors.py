"""The effector register."""

import json

from brightline.policy.draft import own_schema
from brightline.policy.effectors import EFFECT_CLASSES, read_effectors
from brightline.policy.fields import Fields
from brightline.policy.strict_json import read


def told(value):
    fields = Fields("effectors.json")
    return read_effectors(fields, read(json.dumps(value))), [fault.text for fault in fields.faults]


def test_a_sound_register():
    assert told({"format": 1, "tools": {"a": "read", "b": "kinetic"}}) == ({"a": "read", "b": "kinetic"}, [])


def test_faults_of_a_register():
    effects, faults = told({"format": 1, "tools": {"a": "surviel", "b": 7, "c d": "read"}})
    assert effects == {"c d": "read"}
    assert len(faults) == 3
    assert "did you mean `surveil`" in faults[0]


def test_the_classes_are_those_of_the_schema():
    assert json.loads(own_schema())[""]["entityTypes"]["Effect"]["enum"] == list(EFFECT_CLASSES)
