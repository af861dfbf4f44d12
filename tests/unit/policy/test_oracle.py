"""The reference engine: validation at its place, and confirmation of ours."""

import pytest

from brightline.policy.draft import own_schema, read_draft
from brightline.policy.engine import Engine, Evaluation
from brightline.policy.entities import store_of
from brightline.policy.layers import read_layers
from brightline.policy.oracle import Difference, Oracle, to_json, validate
from brightline.policy.request import Requests, closed_entities, entities_of
from brightline.policy.strict_json import place
from brightline.policy.values import Decimal, Truth, absent

SCOPE = "(principal, action, resource)"


# `^` stands before the token that is pointed at.
@pytest.mark.parametrize(
    ("marked", "words"),
    [
        (f'@id("b") permit {SCOPE} when {{ context.^fact.missoin == "x" }};', "missoin"),
        (f'@id("b") permit {SCOPE}\nwhen {{ context.fact.effects.contains(^Effect::"surviel") }};', "surviel"),
        ('@id("b") permit (principal, action == ^Action::"generat", resource);', "generat"),
        (f'@id("b") permit {SCOPE} when {{ context.^fact.max_output_tokens > 1 }};', "optional"),
    ],
)
def test_validation_points_at_its_place(marked, words):
    rules, faults = read_layers(
        {"vendor/a.cedar": f'@id("a") permit {SCOPE};', "vendor/b.cedar": marked.replace("^", "")}
    )
    assert faults == ()
    found = list(validate(rules, own_schema()))
    assert {fault.code for fault in found} == {"policy/invalid"}
    assert words in found[0].text
    assert (found[0].file, (found[0].line, found[0].column)) == ("vendor/b.cedar", place(marked, marked.index("^")))
    assert len({fault.text for fault in found}) == len(found)


def test_nothing_to_validate():
    assert list(validate((), own_schema())) == []


def test_values_in_cedar_json():
    value = {"a": frozenset({1}), "e": absent(("U", "u")), "s": "x", "b": True}
    assert to_json(value) == {"a": [1], "e": {"__entity": {"type": "U", "id": "u"}}, "s": "x", "b": True}
    for other in (Decimal(1), Truth.TRUE):
        with pytest.raises(TypeError):
            to_json(other)


def test_a_wrong_evaluation_is_noticed(directory, a_use):
    overflow = f'@id("law-x") forbid {SCOPE} when {{ context.fact.message_count * 9223372036854775807 > 1 }};'
    draft = read_draft(directory({"law/more.cedar": overflow}))[0]
    entities = [*closed_entities(), *entities_of(draft.manifest)]
    store = store_of(entities)
    requests = Requests(store, draft.manifest, "field")
    engine = Engine(draft.program.bind(store.handle))
    oracle = Oracle(draft.rules, entities, draft.schema)
    asked = [requests.request(use, use.deployment) for use in (a_use(message_count=0), a_use(message_count=2))]
    right = [engine.evaluate(one.principal, one.action, one.resource, one.context) for one in asked]
    assert list(oracle.differences(asked, right)) == []
    assert [bool(one.errored) for one in right] == [False, True]
    wrong = [Evaluation((), ()), Evaluation(right[1].satisfied, ())]
    assert [one.request for one in oracle.differences(asked, wrong)] == [0, 1]
    [few] = oracle.differences(asked[:1], [Evaluation(right[0].satisfied[:1], ())])
    assert few == Difference(0, True, right[0].satisfied[1:])
    forbidding = [index for index, rule in enumerate(draft.rules) if rule.forbids]
    [other] = oracle.differences(asked[:1], [Evaluation(tuple(forbidding), ())])
    assert other.policies == (*sorted({*forbidding, *right[0].satisfied}),)
    bad = asked[0]._replace(context={"fact": {}, "claimed": {}})
    assert list(oracle.differences([bad], right[:1])) == [Difference(0, False, ())]
