"""Compiling policies: what is covered, what refuses, and that no policy's text becomes code."""

import json

import cedarpy
import pytest

from brightline.policy.compile import compile_policies
from brightline.policy.engine import Engine
from brightline.policy.entities import store_of
from brightline.policy.expressions import UnsupportedError

ENTITIES = [
    {"uid": {"type": "G", "id": "g"}, "attrs": {}, "parents": []},
    {"uid": {"type": "U", "id": "u"}, "attrs": {}, "parents": [{"type": "G", "id": "g"}]},
]
ALL = {"op": "All"}


def policy_of(text):
    return json.loads(cedarpy.policies_to_json_str(text))["staticPolicies"]["policy0"]


def satisfied(text, context=None):
    store = store_of(ENTITIES)
    engine = Engine(compile_policies([policy_of(text)]).bind(store.handle))
    u, a = store.handle(("U", "u")), store.handle(("Action", "a"))
    return bool(engine.evaluate(u, a, u, context or {}).satisfied)


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        ("principal, action, resource", True),
        ('principal == U::"u", action, resource', True),
        ('principal == U::"x", action, resource', False),
        ('principal in G::"g", action, resource', True),
        ('principal in G::"h", action, resource', False),
        ("principal is U, action, resource", True),
        ("principal is G, action, resource", False),
        ('principal is U in G::"g", action, resource', True),
        ('principal is U in G::"h", action, resource', False),
        ('principal, action == Action::"a", resource', True),
        ('principal, action in [Action::"b", Action::"a"], resource', True),
        ('principal, action in [Action::"b"], resource', False),
        ("principal, action in [], resource", False),
    ],
)
def test_scopes(scope, expected):
    assert satisfied(f"permit ({scope});") is expected


def test_conditions():
    assert satisfied("permit (principal, action, resource) when { true } unless { false };")
    assert not satisfied("permit (principal, action, resource) when { true } unless { true };")


@pytest.mark.parametrize(
    "policy",
    [
        {"principal": {"op": "==", "slot": "?principal"}, "action": ALL, "resource": ALL},
        {"principal": {"op": "is", "entity_type": 7}, "action": ALL, "resource": ALL},
        {"principal": {"op": "is", "entity_type": "U", "in": 7}, "action": ALL, "resource": ALL},
        {"principal": {"op": "near"}, "action": ALL, "resource": ALL},
        {"principal": {"op": "==", "entity": {"type": 1, "id": "x"}}, "action": ALL, "resource": ALL},
        {"action": ALL, "resource": ALL},
        {"principal": ALL, "action": ALL, "resource": ALL, "conditions": [{"kind": "maybe", "body": {"Value": True}}]},
        {"principal": ALL, "action": ALL, "resource": ALL, "conditions": ["when"]},
        7,
    ],
)
def test_a_policy_of_an_unknown_form_refuses(policy):
    with pytest.raises(UnsupportedError):
        compile_policies([policy])


@pytest.mark.parametrize("word", ['\\"); import os; (\\"', "'''", "\\\\n", "{0}", "\\u{0}", "#", "K0", "__import__"])
def test_no_text_of_a_policy_becomes_code(word):
    text = (
        f'permit (principal == U::"u", action, resource) when {{ context["{word}"] == "{word}" && '
        f'context has "{word}" && "{word}" like "*" && ["{word}"].contains("{word}") && {{"{word}": 1}}["{word}"] == 1 '
        f'&& U::"{word}" == U::"{word}" }};'
    )
    plain = policy_of(f'permit (principal, action, resource) when {{ "{word}" == "x" }};')
    key = plain["conditions"][0]["body"]["=="]["left"]["Value"]
    assert satisfied(text, {key: key})


def test_the_generated_code_sees_no_builtins():
    program = compile_policies([policy_of("permit (principal, action, resource) when { context.a };")])
    assert set(program.code.co_names) == {"bind"}
