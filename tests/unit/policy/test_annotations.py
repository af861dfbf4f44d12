"""What the annotations of a policy say, and every way in which they may say nothing."""

import pytest

from brightline.domain.decision import BreakGlass, Hold, Obligation
from brightline.policy.annotations import read_notes
from brightline.policy.cedar_text import split


def read(*, forbids=True, **annotations):
    """The notes and the texts of the faults."""
    written = {"id": "a", **annotations}
    text = "".join(f'@{name}("{value}")\n' for name, value in written.items()) + "forbid (principal, action, resource);"
    policy = {"effect": "forbid" if forbids else "permit", "annotations": written}
    faults = []
    notes = read_notes(split("law/a.cedar", text)[0], policy, faults)
    return notes, [(fault.code, fault.line, fault.text) for fault in faults]


@pytest.mark.parametrize(
    "value",
    ["officer", "officer,", ", 1", "officer, 0", "officer, 17", "off icer, 1", "officer, one", "ófficer, 1", "a,b, 1"],
)
def test_a_hold_that_names_nobody_or_no_number(value):
    notes, [(code, line, told)] = read(hold=value)
    assert (notes.hold, code, line) == (None, "policy/bad-field", 2)
    assert "`ROLE, QUORUM`" in told


def test_a_hold_belongs_to_prohibitions():
    notes, [(code, line, _)] = read(forbids=False, hold="officer, 1")
    assert (notes.hold, code, line) == (None, "policy/permit-hold", 2)


@pytest.mark.parametrize(("value", "quorum"), [("officer, 1", 1), ("officer,16", 16), ("officer ,  2", 2)])
def test_a_hold(value, quorum):
    assert read(hold=value)[0].hold == Hold("a", "officer", quorum)


def test_everything_that_is_said_of_a_hold():
    notes, faults = read(
        hold="officer, 2", break_glass="chief, 3", risk="top", wait="0", term="604800", own_machine="required"
    )
    assert faults == []
    assert notes.hold == Hold("a", "officer", 2, "top", 0, 604_800, True, BreakGlass("chief", 3))
    assert read(hold="officer, 2", wait="3600", term="60", risk="low")[0].hold == Hold(
        "a", "officer", 2, "low", 3600, 60
    )


@pytest.mark.parametrize(
    ("name", "value", "near"),
    [
        ("break_glass", "chief", "`ROLE, QUORUM`"),
        ("break_glass", "chief, 0", "`ROLE, QUORUM`"),
        ("risk", "tops", "did you mean `top`"),
        ("risk", "middling", "must be of low, high, top"),
        ("wait", "3601", "whole seconds from 0 to 3600"),
        ("wait", "-1", "whole seconds"),
        ("wait", "030", "whole seconds"),
        ("term", "59", "whole seconds from 60 to 604800"),
        ("term", "604801", "whole seconds"),
        ("term", "1 h", "whole seconds"),
        ("own_machine", "requried", "did you mean `required`"),
    ],
)
def test_what_is_said_of_a_hold_and_means_nothing(name, value, near):
    notes, [(code, line, told)] = read(hold="officer, 2", **{name: value})
    assert (code, line) == ("policy/bad-field", 3)
    assert near in told
    # What is not understood asks for no less than what is not said.
    assert notes.hold in (Hold("a", "officer", 2), Hold("a", "officer", 2, own_machine=True))


@pytest.mark.parametrize("name", ["break_glass", "risk", "wait", "term", "own_machine"])
@pytest.mark.parametrize("forbids", [True, False])
def test_what_is_said_of_a_hold_where_there_is_none(name, forbids):
    notes, [(code, line, told)] = read(forbids=forbids, **{name: "chief, 1"})
    assert (notes.hold, code, line) == (None, "policy/bad-field", 2)
    assert "no `@hold` here" in told


@pytest.mark.parametrize(
    ("name", "value", "near"),
    [
        ("retention", "permament", "did you mean `permanent`"),
        ("retention", "for ever", "brief, ordinary, extended, permanent"),
        ("buffer", "hole", "did you mean `whole`"),
        ("buffer", "100", "must be `whole`"),
        ("notify", "the chief", "a role of the form"),
        ("narrow", "search  send", "one space"),
        ("narrow", "search,send", "one space"),
    ],
)
def test_an_obligation_that_means_nothing(name, value, near):
    notes, [(code, line, told)] = read(**{name: value})
    assert (notes.obligations, code, line) == (
        tuple(one for one in notes.obligations if one.kind == "narrow"),
        "policy/bad-field",
        2,
    )
    assert near in told


def test_every_obligation():
    notes, faults = read(retention="extended", notify="chief", buffer="whole", narrow="send buy")
    assert faults == []
    assert notes.obligations == (
        Obligation("retention", "extended", "a"),
        Obligation("notify", "chief", "a"),
        Obligation("buffer", "whole", "a"),
        Obligation("narrow", "send", "a"),
        Obligation("narrow", "buy", "a"),
    )


def test_limits_belong_to_permits():
    assert read(forbids=False, limits="mission,  effects")[0].limits == ("mission", "effects")
    assert read(forbids=False)[0].limits is None
    notes, [(code, _, told)] = read(limits="mission")
    assert (notes.limits, code) == (None, "policy/bad-field")
    assert "permits" in told


@pytest.mark.parametrize("value", ["", "a" * 401, "a\tb", None])
def test_words_are_bounded_and_printable(value):
    assert [code for code, *_ in read(reason=value)[1]] == ["policy/bad-field"]


def test_a_misspelt_annotation_is_named():
    [(code, line, told)] = read(resaon="x")[1]
    assert (code, line) == ("policy/unknown-annotation", 2)
    assert "did you mean `reason`" in told


def test_a_policy_without_annotations():
    faults = []
    notes = read_notes(split("law/a.cedar", "forbid (principal, action, resource);")[0], {"effect": "forbid"}, faults)
    assert (notes.policy_id, [fault.code for fault in faults]) == ("", ["policy/missing-id"])
