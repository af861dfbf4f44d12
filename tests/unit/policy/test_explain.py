import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from brightline.domain.decision import Effect
from brightline.policy.attributes import at, put
from brightline.policy.draft import read_draft
from brightline.policy.errors import PolicyError
from brightline.policy.explain import Explainer
from brightline.policy.typical import Typical
from brightline.policy.written import WrittenRequest

SURVEIL = [{"__entity": {"type": "Effect", "id": "surveil"}}]
Make = Callable[..., Explainer]


@pytest.fixture
def make(directory: Callable[..., Path]) -> Make:
    def explainer(changes: Mapping[str, str] | None = None) -> Explainer:
        draft, faults = read_draft(directory(changes))
        assert draft is not None, faults
        return Explainer(draft)

    return explainer


@pytest.fixture
def plain(make: Make) -> WrittenRequest:
    asked = WrittenRequest(("Unit", "org/unit"), ("Action", "generate"), ("Deployment", "one"), {})
    typical = make().typical(asked)
    return Typical(typical.action, typical.registers, [], []).plain


def changed(asked: WrittenRequest, name: str, value: object) -> WrittenRequest:
    return asked._replace(context=put(asked.context, ("fact", name), value))


def test_refuses_before_policies_what_a_gateway_refuses_before_them(make: Make, plain: WrittenRequest) -> None:
    explainer = make()
    absent = plain._replace(principal=("Unit", "org/other"))
    assert explainer.decide(absent).code == "policy/absent-entity"
    assert explainer.decide(plain._replace(resource=("Deployment", "far"))).code == "policy/deployment-not-authorised"
    assert explainer.decide(changed(plain, "enclave", "bare")).code == "policy/deployment-not-authorised"
    explanation = explainer.explain(absent)
    assert (explanation.determining, explanation.decided_by, explanation.ways) == ((), (), ())


def test_refuses_what_does_not_fit_the_schema(make: Make, plain: WrittenRequest) -> None:
    for asked in (plain._replace(action=("Action", "unheard-of")), changed(plain, "app", 3)):
        with pytest.raises(PolicyError):
            make().explain(asked)


def test_what_decided_a_permit(make: Make, plain: WrittenRequest) -> None:
    explanation = make().explain(plain)
    assert explanation.decision.effect is Effect.PERMIT
    assert [one.policy_id for one in explanation.determining] == ["operator-1", "vendor-1"]
    assert explanation.determining[0].place == "operator/operator.cedar:1:1"
    names = [way.changes[0].name for way in explanation.decided_by]
    assert names == ["context.fact.effects", "context.fact.mission"]
    assert explanation.decided_by[0].after.effect is Effect.FORBID
    assert explanation.ways == ()


def test_what_decided_a_refusal_and_what_would_change_it(make: Make, plain: WrittenRequest) -> None:
    asked = changed(plain, "effects", SURVEIL)
    explanation = make().explain(asked)
    assert [one.reason for one in explanation.determining] == ["no watching"]
    assert [way.changes[0].name for way in explanation.decided_by] == ["context.fact.effects"]
    (way,) = explanation.ways
    assert [(one.name, one.value) for one in way.changes] == [("context.fact.effects", [])]
    assert way.after.effect is Effect.PERMIT
    assert at(way.request.context, ("fact", "effects")) == []


def test_two_changes_at_once(make: Make, plain: WrittenRequest) -> None:
    asked = changed(changed(plain, "effects", SURVEIL), "mission", "elsewhere")
    explanation = make().explain(asked)
    (way,) = explanation.ways
    assert [one.name for one in way.changes] == ["context.fact.mission", "context.fact.effects"]
    # The operator does not permit either: taking the tool out takes the reason away, and not the refusal.
    assert [way.after.effect for way in explanation.decided_by] == [Effect.FORBID]
    assert explanation.decided_by[0].after.reasons[0].policy_id == ""


def test_nothing_helps_against_what_always_forbids(make: Make, plain: WrittenRequest) -> None:
    law = '@id("always") @clause("c") @source("s") forbid (principal, action, resource);\n'
    explanation = make({"law/always.cedar": law}).explain(plain)
    assert explanation.decision.effect is Effect.FORBID
    assert explanation.decided_by == ()
    assert explanation.ways == ()


def test_a_layer_without_any_permit_is_out_of_reach(make: Make, plain: WrittenRequest) -> None:
    vendor = '@id("v") @clause("c") @source("s") forbid (principal, action, resource) when { context.fact.stream };\n'
    explanation = make({"vendor/vendor.cedar": vendor}).explain(plain)
    assert explanation.decision.code == "policy/not-permitted"
    assert explanation.determining[0].place == ""
    assert explanation.ways == ()


def test_the_parts_of_a_permit_lead_the_way(make: Make, plain: WrittenRequest) -> None:
    operator = (
        '@id("narrow") @clause("c") @source("s")\n'
        'permit (principal == Unit::"org/unit", action, resource == Deployment::"two")\n'
        'when { context.fact.app == "a" && context.fact.key_id == "b" } unless { context.fact.stream || 1 == 2 };\n'
    )
    asked = changed(plain, "stream", True)
    (way, *_) = make({"operator/operator.cedar": operator}).explain(asked).ways
    assert {one.name for one in way.changes} == {
        "resource",
        "context.fact.app",
        "context.fact.key_id",
        "context.fact.stream",
    }
    assert json.dumps(way.request.as_json())
