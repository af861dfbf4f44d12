from collections.abc import Callable
from pathlib import Path

import pytest

from brightline.policy.attributes import Action, Attribute, actions_of, at, put
from brightline.policy.draft import own_schema, read_draft
from brightline.policy.typical import Deviation, Distance, Registers, Typical, registers_of
from brightline.policy.written import WrittenRequest

FACT = "fact"


def entity(kind: str, name: str) -> dict[str, object]:
    return {"__entity": {"type": kind, "id": name}}


@pytest.fixture
def registers(directory: Callable[..., Path]) -> Registers:
    draft, faults = read_draft(directory())
    assert draft is not None, faults
    return registers_of((draft.manifest, draft.manifest))


@pytest.fixture
def typical(registers: Registers) -> Typical:
    generate = next(action for action in actions_of(own_schema()) if action.id == "generate")
    return Typical(generate, registers, ["m", "other"], [5, 4, 6])


def changed(asked: WrittenRequest, name: str, value: object) -> WrittenRequest:
    return asked._replace(context=put(asked.context, (FACT, name), value))


def test_the_plain_request_is_one_that_a_gateway_makes(typical: Typical) -> None:
    plain = typical.plain
    assert plain.principal == ("Unit", "org/unit")
    assert plain.resource == ("Deployment", "one")
    assert at(plain.context, (FACT, "mission")) == "m"
    assert at(plain.context, (FACT, "constrained")) is True
    assert at(plain.context, (FACT, "agency")) == entity("Agency", "defence")
    assert at(plain.context, (FACT, "model")) == "model-one"
    assert at(plain.context, (FACT, "enclave")) == "field"
    assert at(plain.context, (FACT, "max_output_tokens")) is None
    assert plain.context["claimed"] == {}
    assert typical.contradictions(plain) == ()
    assert typical.distance(plain) == Distance(0, 0, 0, 0)


def test_what_follows_from_a_choice_is_not_a_choice(typical: Typical) -> None:
    moved = next(one for one in typical.others(typical.plain) if one.resource == ("Deployment", "two"))
    assert at(moved.context, (FACT, "model")) == "model-two"
    assert typical.deviations(moved) == (Deviation("resource", "two", "one"),)
    elsewhere = changed(typical.plain, "mission", "unlisted")
    names = [one.name for one in typical.deviations(elsewhere)]
    assert names == ["context.fact.mission", "context.fact.purpose", "context.fact.constrained"]


def test_what_was_chosen_can_be_kept_when_a_mission_changes(typical: Typical) -> None:
    asked = changed(typical.plain, "purpose", entity("Purpose", "training"))
    others = [one for one in typical.others(asked) if at(one.context, (FACT, "mission")) == "other"]
    purposes = [at(one.context, (FACT, "purpose")) for one in others]
    assert purposes == [entity("Purpose", "unknown"), entity("Purpose", "training")]


def test_a_choice_undone(typical: Typical) -> None:
    moved = next(one for one in typical.others(typical.plain) if one.resource == ("Deployment", "two"))
    assert typical.undone(moved, "resource") == typical.plain
    elsewhere = next(one for one in typical.others(typical.plain) if at(one.context, (FACT, "mission")) == "other")
    assert typical.undone(elsewhere, "context.fact.mission") == typical.plain
    assert typical.undone(changed(typical.plain, "app", "x"), "context.fact.app") == typical.plain
    assert typical.undone(typical.plain, "principal") == typical.plain


def test_the_first_of_a_schema_without_missions(registers: Registers) -> None:
    action = Action("do", ("Unit",), ("Deployment",), (Attribute(("fact", "flag"), "Boolean", required=True),))
    small = Typical(action, registers, [], [], permitted=lambda asked: asked.resource[1] == "two")
    assert small.plain.resource == ("Deployment", "two")


def test_facts_that_contradict_each_other(typical: Typical) -> None:
    asked = changed(changed(typical.plain, "vendor", "nobody"), "enclave", "bare")
    assert typical.contradictions(asked) == ("vendor", "enclave")
    assert typical.distance(asked).contradictions == 2
    absent = typical.plain._replace(resource=("Deployment", "gone"))
    assert "deployment" in typical.contradictions(absent)


def test_a_set_counts_its_elements_and_has_no_order(typical: Typical) -> None:
    both = [entity("Effect", "read"), entity("Effect", "write")]
    asked = changed(typical.plain, "effects", both)
    assert typical.distance(asked)[:3] == (0, 1, 2)
    assert typical.deviations(changed(typical.plain, "modalities", [entity("Modality", "text")])) == ()
    fewer = [at(one.context, (FACT, "effects")) for one in typical.others(asked, towards_plain=True)]
    assert [both[0]] in fewer
    assert [] in fewer
    assert all(at(one.context, (FACT, "roles")) == [] for one in typical.others(asked, towards_plain=True))


def test_values_worth_trying(typical: Typical) -> None:
    tried = list(typical.others(typical.plain))
    assert {at(one.context, (FACT, "input_bytes")) for one in tried} == {100, 4, 5, 6}
    assert {at(one.context, (FACT, "app")) for one in tried} >= {"app", "m", "other", "something-else"}
    assert ["other"] in [at(one.context, (FACT, "roles")) for one in tried]
    assert {at(one.context, (FACT, "max_output_tokens")) for one in tried} == {None, 4, 5, 6}
    odd = changed(typical.plain, "app", "never heard of")
    assert typical.distance(odd).oddity > typical.distance(changed(typical.plain, "app", "m")).oddity
    assert typical.distance(typical.plain._replace(action=("Action", "count_tokens"))).chosen == 1


def test_around_a_request_that_request_is_plain(typical: Typical) -> None:
    asked = changed(typical.plain, "app", "mine")
    around = Typical(typical.action, typical.registers, [], [], around=asked)
    assert around.deviations(asked) == ()
    assert [one.name for one in around.deviations(typical.plain)] == ["context.fact.app"]
    kept = changed(asked, "vendor", "another")
    around = Typical(typical.action, typical.registers, [], [], around=kept)
    moved = next(one for one in around.others(kept) if one.resource[1] == "two")
    assert at(moved.context, (FACT, "vendor")) == "Vendor"
    assert [one.name for one in around.deviations(moved)] == ["resource"]
    elsewhere = next(one for one in around.others(kept) if at(one.context, (FACT, "mission")) == "something-else")
    assert [one.name for one in around.deviations(elsewhere)] == ["context.fact.mission"]
    absent = kept._replace(principal=("Unit", "org/other"))
    assert "principal" in [one.name for one in around.deviations(absent)]


def test_the_first_that_is_permitted_is_plain(typical: Typical, registers: Registers) -> None:
    on_two = Typical(typical.action, registers, [], [], permitted=lambda asked: asked.resource[1] == "two")
    assert on_two.plain.resource == ("Deployment", "two")
    assert at(on_two.plain.context, (FACT, "model")) == "model-two"
    none = Typical(typical.action, registers, [], [], permitted=lambda asked: False)
    assert none.plain == typical.plain


def test_a_small_schema_without_registers() -> None:
    attributes = (
        Attribute(("fact", "when"), "datetime", required=True),
        Attribute(("fact", "who"), "Entity", required=True, entity="Someone"),
        Attribute(("alone",), "Boolean", required=True),
    )
    action = Action("do", ("U",), ("D",), attributes)
    typical = Typical(action, Registers({}, {}, {}, {}), [], [])
    fact = {"when": {"__extn": {"fn": "datetime", "arg": "1970-01-01"}}, "who": entity("Someone", "")}
    context = {"fact": fact, "alone": False}
    assert typical.plain == WrittenRequest(("U", ""), ("Action", "do"), ("D", ""), context)
    assert {one.context["alone"] for one in typical.others(typical.plain)} == {True}
    unauthorised = Registers({}, {"d": {}}, {}, {"d": ()})
    assert Typical(action, unauthorised, [], []).plain.resource == ("D", "d")
    assert Typical(action, unauthorised, [], [], permitted=lambda asked: True).plain.resource == ("D", "d")


def test_what_is_remembered_is_bounded(typical: Typical, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("brightline.policy.typical._MOST_REMEMBERED", 2)
    for mission in ("a", "b", "c"):
        assert typical.expected(changed(typical.plain, "mission", mission), (FACT, "constrained")) is False
