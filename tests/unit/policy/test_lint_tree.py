"""Reading Cedar's JSON AST."""

import pytest

from brightline.policy.layers import read_layers
from brightline.policy.lint_tree import (
    conditions,
    constant_of,
    constants_of,
    only,
    operands,
    part,
    path_of,
    paths_in,
    walk,
    written,
)


def body_of(text, kind="when"):
    [rule] = read_layers({"law/a.cedar": f'@id("a") forbid (principal, action, resource) {kind} {{ {text} }};'})[0]
    [(body, positive)] = conditions(rule.policy)
    assert positive is (kind == "when")
    return body


def test_a_path_is_a_variable_and_attributes():
    assert path_of(body_of("context.fact.stream")) == ("context", "fact", "stream")
    assert path_of(body_of('context["fact"]["stream"]', "unless")) == ("context", "fact", "stream")
    assert path_of({"Var": "principal"}) == ("principal",)
    assert written(("context", "fact")) == "context.fact"
    for other in (body_of("{a: true}.a"), body_of("true"), None, 7, {}):
        assert path_of(other) is None


def test_constants():
    left, right = part(only(body_of('[1, "a", Unit::"u"].contains(context.fact.mission)'))[1], "left", "right")
    assert constants_of(left) == [1, "a", ("Unit", "u")]
    assert constants_of(right) is None
    assert constant_of(right) is None
    assert constant_of({"Value": {"other": {}}}) is None
    assert constants_of({"Set": [{"Var": "context"}]}) is None
    assert constants_of({"Set": "x"}) is None


def test_a_chain_is_taken_apart_however_long():
    names = [part(only(each)[1], "attr")[0] for each in operands(*only(body_of("context.a && context.b && context.c")))]
    assert names == ["a", "b", "c"]
    deep = {"Value": True}
    for _ in range(5_000):
        deep = {"&&": {"left": deep, "right": {"Value": True}}}
    assert len(operands("&&", deep["&&"])) == 5_001


def test_every_path_that_is_read():
    text = 'context.fact.a == 1 || (context.fact has b && ["x"].contains(principal.c)) || resource in Enclave::"e"'
    assert paths_in(body_of(text)) == {
        ("context", "fact", "a"),
        ("context", "fact", "b"),
        ("principal", "c"),
        ("resource",),
    }
    assert paths_in(body_of("{a: 1} has a")) == set()


@pytest.mark.parametrize("policy", [{}, {"conditions": "x"}, {"conditions": ["x"]}])
def test_a_policy_without_conditions(policy):
    assert list(conditions(policy)) == []


def test_every_object_outermost_first():
    assert list(walk({"a": [{"b": 1}, "x"], "c": {"d": {}}})) == [
        {"a": [{"b": 1}, "x"], "c": {"d": {}}},
        {"b": 1},
        {"d": {}},
        {},
    ]
    assert list(walk("x")) == []
