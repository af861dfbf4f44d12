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
    return read_effectors(fields, node).tools, [fault.text for fault in fields.faults]


def reserved(names, tools=None):
    fields = Fields("effectors.json")
    node = read(json.dumps({"format": 2, "tools": tools or {}, "null_audiences": names}))
    return read_effectors(fields, node).null_audiences, [fault.text for fault in fields.faults]


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


def test_effectors_that_no_machine_is():
    assert reserved(["valve-9.example", "uav-2.example"]) == (("uav-2.example", "valve-9.example"), [])
    assert reserved([]) == ((), [])
    assert read_effectors(Fields("effectors.json"), read('{"format": 2, "tools": {}}')).null_audiences == ()


def test_what_cannot_be_reserved():
    acting = {"a": {**QUIET, "audience": "valve-7.example"}}
    assert reserved(["valve-7.example"], acting)[1] == [
        "`null_audiences` `valve-7.example` acts on a tool, so it is not nobody"
    ]
    assert "which is nobody" in reserved(["null"])[1][0]
    assert "`uav-2.example` stands twice" in reserved(["uav-2.example", "uav-2.example"])[1][0]
    for bad in ("", "a b", "-x", "x" * 129, 7, None, "ü.example"):
        names, faults = reserved(["uav-2.example", bad])
        assert (names, len(faults)) == (("uav-2.example",), 1)
        assert "`null_audiences`" in faults[0]
    assert "at most 64" in reserved([f"uav-{number}" for number in range(65)])[1][0]
    assert reserved([f"uav-{number}" for number in range(64)])[1] == []
    assert len(reserved("uav-2.example")[1]) == 1
    assert len(reserved({"uav-2.example": True})[1]) == 1
