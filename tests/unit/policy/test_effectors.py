"""The effector register."""

import json

from brightline.domain.use import ToolEffect
from brightline.policy.effectors import read_effectors
from brightline.policy.fields import Fields
from brightline.policy.strict_json import read

WATCH = {"effect": "surveil", "origins": ["public", "commercial"], "subjects": ["domestic"], "activities": ["track"]}
QUIET = {"effect": "control", "origins": [], "subjects": [], "activities": []}


def told(tools, **changes):
    fields = Fields("effectors.json")
    node = read(json.dumps({"format": 2, "tools": tools, **changes}))
    return read_effectors(fields, node), [fault.text for fault in fields.faults]


def test_a_sound_register():
    watch = ToolEffect(
        "a", "surveil", frozenset({"public", "commercial"}), frozenset({"domestic"}), frozenset({"track"})
    )
    quiet = ToolEffect("b", "control", frozenset(), frozenset(), frozenset())
    assert told({"a": WATCH, "b": QUIET}) == ({"a": watch, "b": quiet}, [])


def test_the_first_format_is_not_read():
    assert "`format` must be" in told({}, format=1)[1][0]
    assert len(told({"a": "read"})[1]) == 1


def test_a_misspelt_word_is_named_with_its_near_miss():
    for name, word, near in (
        ("effect", "surviel", "surveil"),
        ("origins", ["comercial"], "commercial"),
        ("subjects", ["domestik"], "domestic"),
        ("activities", ["trak"], "track"),
    ):
        effectors, faults = told({"a": {**WATCH, name: word}})
        assert len(faults) == 1
        assert f"did you mean `{near}`" in faults[0]
        assert "unknown" in (
            effectors["a"].effect,
            *effectors["a"].origins,
            *effectors["a"].subjects,
            *effectors["a"].activities,
        )


def test_what_is_no_word_at_all():
    assert told({"a": {**WATCH, "effect": 7}})[1] == [
        "`effect` must be of read, write, communicate, purchase, control, surveil, kinetic, unknown"
    ]
    assert "stands twice" in told({"a": {**WATCH, "subjects": ["foreign", "foreign"]}})[1][0]
    assert len(told({"a": {**WATCH, "activities": "track"}})[1]) == 1
    assert len(told({"c d": QUIET})[1]) == 1


def test_an_effector_that_acts():
    effectors, faults = told({"a": {**QUIET, "audience": "valve-7.example"}, "b": QUIET})
    assert (effectors["a"].audience, effectors["b"].audience, faults) == ("valve-7.example", "", [])
    for bad in ("", "a b", "-x", "x" * 129, 7):
        effectors, faults = told({"a": {**QUIET, "audience": bad}})
        assert (effectors["a"].audience, len(faults)) == ("", 1)
        assert "`audience`" in faults[0]
    assert "which is nobody" in told({"a": {**QUIET, "audience": "null"}})[1][0]
    assert "did you mean `audience`" in told({"a": {**QUIET, "audence": "x"}})[1][0]


def test_every_field_must_stand_there_and_no_other():
    assert told({"a": {"effect": "read"}})[1] == [
        f"`{name}` is missing from tool `a`" for name in ("activities", "origins", "subjects")
    ]
    assert len(told({"a": {**WATCH, "subject": []}})[1]) == 1
