"""Policies of one scope laid out together: each is satisfied, or errors, as if it stood alone."""

import json

import cedarpy
import pytest

from brightline.policy.compile import compile_policies
from brightline.policy.engine import Engine, Evaluation
from brightline.policy.entities import record_of, store_of

STORE = store_of([{"uid": {"type": "U", "id": "u"}, "attrs": {}, "parents": []}])
U = STORE.handle(("U", "u"))
CONTEXTS = [
    {},
    {"s": "a"},
    {"s": "b", "n": 1},
    {"s": "a", "n": 9223372036854775807, "e": {"__entity": {"type": "U", "id": "u"}}},
    {"s": 1, "n": 2},
    {"s": {"r": 1}, "n": 2},
    {"s": ["a"], "e": "u"},
    {"s": ["a", "b", "c"], "n": 1, "e": {"__entity": {"type": "U", "id": "gone"}}},
    {"s": [], "n": 1},
]


def program_of(conditions):
    text = "".join(f"permit (principal, action, resource) {condition};\n" for condition in conditions)
    static = json.loads(cedarpy.policies_to_json_str(text))["staticPolicies"]
    return compile_policies([static[f"policy{index}"] for index in range(len(conditions))])


def evaluated(conditions, context):
    engine = Engine(program_of(conditions).bind(STORE.handle))
    return engine.evaluate(U, U, U, record_of(context, STORE))


@pytest.mark.parametrize("context", CONTEXTS, ids=str)
@pytest.mark.parametrize(
    "conditions",
    [
        # One value compared with many strings: a table.
        [
            'when { context.s == "a" }',
            'when { "a" == context.s && context.n + 1 > 0 }',
            'when { context.s == "b" && (context.n > 0 && context.n < 2) }',
            'when { context.s == "c" && context.zz }',
            "",
        ],
        # Too few for a table, but alike.
        ['when { context.s == "a" }', 'when { context.s == "a" } when { context.n + 1 > 0 }'],
        # The same test first, which may error for all.
        [
            "when { context.n > 0 && context.n < 2 }",
            "when { context.n > 0 } unless { context.e == principal }",
            "when { context.n > 0 }",
            "unless { context.n > 0 }",
            "unless { context.n > 0 } when { [context.e].contains(principal) }",
        ],
        # What comes before a test decides whether its error counts.
        ['when { context.n > 1 && context.s == "a" }', 'when { context.n < 1 || context.s == "a" }', "when { true }"],
        ["", ""],
        # A set asked for constants, one or several at once.
        [
            'when { context.s.contains("a") }',
            'when { context.s.contains("b") && context.n > 0 }',
            'when { context.s.containsAny(["a", "b", "a"]) && context.n > 0 }',
            'when { context.s.containsAny(["c", "d"]) }',
            "when { context.s.contains(1) && context.zz }",
        ],
        # A long with bounds, and a string with beginnings.
        [
            "when { context.n > 0 }",
            "when { 2 > context.n && context.s == 1 }",
            "when { context.n <= 1 && context.n > 0 && context.n >= 1 && context.n < 7 }",
            "when { context.n <= 1 && context.n > -1 }",
            "when { context.n <= 1 && context.n > 1 }",
            'when { context.s like "a*" }',
            'when { context.s like "b*" && context.n > 0 }',
            'when { context.s like "a\\**" }',
            "when { context.n + 1 > 1 }",
            "when { context.n + 1 < 2 }",
            "when { context.n + 1 >= 2 && context.zz }",
        ],
        # A value compared with entities, and looked up in sets of strings.
        [
            'when { context.e == U::"u" }',
            'when { U::"v" == context.e && context.n > 0 }',
            'when { context.e == U::"gone" }',
            'when { ["a", "b"].contains(context.s) }',
            'when { ["b", "c"].contains(context.s) && context.n > 0 }',
            'when { context.s == "b" }',
        ],
        # What is left after a shared test is laid out again, deeper and deeper.
        [
            f'when {{ context.n > 0 && context.s == "{letter}" && context.n<2 && context.e == U::"u" && {number} > 0}}'
            for letter in "abc"
            for number in range(4)
        ]
        + ["when { context.n > 0 && context.n < 2 }", "when { context.n > 0 }"],
        ["when { context.n > 0 && context.n > 1 && context.n > 2 && context.n > 3 && context.n > 4 && context.n > 5 }"]
        * 5,
    ],
    ids=["table", "few", "first", "order", "none", "sets", "bounds", "entities", "nested", "deepest"],
)
def test_together_as_alone(conditions, context):
    alone = [evaluated([condition], context) for condition in conditions]
    satisfied = tuple(index for index, one in enumerate(alone) if one.satisfied)
    errored = tuple(index for index, one in enumerate(alone) if one.errored)
    assert evaluated(conditions, context) == Evaluation(satisfied, errored)


def test_what_is_shared_is_tried_once():
    many = program_of([f'when {{ context.s == "{number}" }}' for number in range(50)])
    [bind] = [value for value in many.code.co_consts if hasattr(value, "co_consts")]
    [rules] = [value for value in bind.co_consts if getattr(value, "co_name", "") == "g0"]
    assert rules.co_consts.count("s") == 1
