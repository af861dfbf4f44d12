import pytest

from brightline.policy.extensions import datetime
from brightline.policy.proof import witness
from brightline.policy.proof.encode import Chart, Environment, Problem
from brightline.policy.proof.model import Model, ModelError
from brightline.policy.proof.schema_model import LONG, Attribute, RecordOf, Scalar, SetOf
from brightline.policy.proof.smtlib import Question
from brightline.policy.proof.terms import TRUE
from brightline.policy.proof.witness import _as_uid, _moment, _scalar, _types_between, rebuild
from tests.unit.policy.proof.encoded import ENTITIES, MODEL, problem


def plain(about: Problem) -> Model:
    return Model(Question(about, TRUE, dialect="z3", strings="interned"), [], [])


def test_what_nothing_was_said_of_is_plain() -> None:
    found = rebuild(problem(), plain(problem()))
    assert found.principal == ("User", "some-other")
    assert found.context["n"] == 0
    assert found.context["kind"] == {"__entity": {"type": "Kind", "id": "red"}}
    assert found.context["ip"] == {"__extn": {"fn": "ip", "arg": "0.0.0.0/32"}}
    assert found.context["nested"] == []
    assert "opt" not in found.context
    assert found.as_json()["action"] == {"type": "Action", "id": "call"}


def test_what_no_request_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ModelError):
        witness._Rebuilding(problem(), plain(problem()))._packed(1, SetOf(LONG))
    monkeypatch.setattr(witness, "MOST_ENTITIES", 0)
    with pytest.raises(ModelError):
        rebuild(problem(), plain(problem()))


def test_a_record_of_one_attribute_is_no_tuple() -> None:
    kind = RecordOf((("x", Attribute(LONG)),))
    assert witness._Rebuilding(problem(), plain(problem()))._packed(5, kind) == {"x": 5}


def test_a_chart_without_anybody_has_no_request() -> None:
    about = problem(Chart([]))
    with pytest.raises(ModelError):
        rebuild(about, plain(about))
    listed = problem(Chart(ENTITIES), Environment("User", ("Action", "bare"), "Box"))
    with pytest.raises(ModelError):
        rebuild(listed, plain(listed))


@pytest.mark.parametrize(
    "text", ["0000-02-29", "1969-12-31T23:59:59.999Z", "2000-02-29", "2026-11-23T01:02:03.004Z", "9999-12-31"]
)
def test_moments_are_written_as_they_are_read(text: str) -> None:
    at = datetime(text).epoch_ms
    assert datetime(_moment(at)).epoch_ms == at


def test_what_no_text_can_write_is_no_request() -> None:
    for ms in (2**62, -(2**62)):
        with pytest.raises(ModelError):
            _moment(ms)
    for address in ((True, 2**32, 32), (False, 0, 129), (True, "x", 1)):
        with pytest.raises(ModelError):
            _scalar(address, Scalar("ipaddr"))
    with pytest.raises(ModelError):
        _as_uid("x")


@pytest.mark.parametrize(
    ("value", "kind", "wanted"),
    [
        (-15, "decimal", {"__extn": {"fn": "decimal", "arg": "-0.0015"}}),
        (-5, "duration", {"__extn": {"fn": "duration", "arg": "-5ms"}}),
        ((False, 1, 128), "ipaddr", {"__extn": {"fn": "ip", "arg": "::1/128"}}),
        (True, "bool", True),
        (7, "long", 7),
    ],
)
def test_scalars(value: object, kind: str, wanted: object) -> None:
    assert _scalar(value, Scalar(kind)) == wanted


def test_ways_from_type_to_type() -> None:
    assert _types_between(MODEL, "User", "Org") == ["Badge"]
    assert _types_between(MODEL, "User", "Team") == []
    with pytest.raises(ModelError):
        _types_between(MODEL, "Org", "User")
