"""One expression at a time: what it gives, and what refuses."""

import json

import cedarpy
import pytest

from brightline.policy.compile import compile_policies
from brightline.policy.engine import Engine
from brightline.policy.entities import record_of, store_of
from brightline.policy.expressions import MAX_DEPTH, Constants, Expressions, TooDeepError, UnsupportedError

CONTEXT = {"n": 5, "s": "abc", "b": True, "set": [1, "x"], "r": {"a": 1}, "u": {"__entity": {"type": "U", "id": "u"}}}
ENTITIES = [
    {"uid": {"type": "U", "id": "u"}, "attrs": {"name": "ann"}, "parents": [{"type": "G", "id": "g"}], "tags": {"t": 1}}
]


def result(expression):
    """`true`, `false` or `error`."""
    text = f"permit (principal, action, resource) when {{ {expression} }};"
    policy = json.loads(cedarpy.policies_to_json_str(text))["staticPolicies"]["policy0"]
    store = store_of(ENTITIES)
    u = store.handle(("U", "u"))
    outcome = Engine(compile_policies([policy]).bind(store.handle)).evaluate(u, u, u, record_of(CONTEXT, store))
    return "error" if outcome.errored else "true" if outcome.satisfied else "false"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("true", "true"),
        ("1", "error"),
        ("context.b", "true"),
        ("context.n", "error"),
        ("!context.b", "false"),
        ("!(1 == 2)", "true"),
        ("!context.n", "error"),
        ("-context.n == -5", "true"),
        ("-context.s == 1", "error"),
        ("false && context.missing", "false"),
        ("true || context.missing", "true"),
        ("context.missing || true", "error"),
        ("context.n && true", "error"),
        ("true && true && context.n > 4 && true", "true"),
        ("false || false || context.b", "true"),
        ("1 == true", "false"),
        ("true == true", "true"),
        ("true == 1", "false"),
        ("true == false", "false"),
        ("context.b == true", "true"),
        ("false == context.b", "false"),
        ("context.n == true", "false"),
        ("context.s == 1", "false"),
        ('context.s == "abc"', "true"),
        ('principal == U::"u"', "true"),
        ('principal != U::"u"', "false"),
        ("context.u == principal", "true"),
        ("context.r == {a: 1}", "true"),
        ("context.r == {a: true}", "false"),
        ('context.set == ["x", 1, 1]', "true"),
        ('principal.name == "ann"', "true"),
        ("principal.age == 1", "error"),
        ('U::"gone".name == "x"', "error"),
        ('U::"gone" has name', "false"),
        ("context.r.a == 1", "true"),
        ("context.s.a == 1", "error"),
        ("context.n.a == 1", "error"),
        ("context.set.a == 1", "error"),
        ('"abc".a == 1', "error"),
        ("context has r.a", "true"),
        ("context has r.b", "false"),
        ("context.n has a", "error"),
        ('context.s like "a*c"', "true"),
        ('"a*c" like "a\\*c"', "true"),
        ('context.s like "ab*"', "true"),
        ('context.s like "*bc"', "true"),
        ('context.s like "*b*"', "true"),
        ('context.s like "b*"', "false"),
        ('context.n like "*b*"', "error"),
        ('context.n like "b*"', "error"),
        ('context.n like "*b"', "error"),
        ('context.u == U::"u"', "true"),
        ('context.n == U::"u"', "false"),
        ('1 == U::"u"', "false"),
        ("4 < context.n && 5 <= context.n && 6 > context.n", "true"),
        ("4 < context.b", "error"),
        ("1 + 1 < 2 + 1", "true"),
        ('["abc", "x"].contains(context.s)', "true"),
        ('["abc", "x"].contains(context.n)', "false"),
        ("[1, true].contains(context.b)", "true"),
        ("context.set.containsAny([context.n, 1])", "true"),
        ('"abc" like "a\\*c"', "false"),
        ("principal is U", "true"),
        ('principal is U in G::"g"', "true"),
        ('principal is V in (if context.missing then G::"g" else G::"g")', "false"),
        ('(if principal is U in G::"g" then principal else principal) is U in [G::"g"]', "true"),
        ("context.n is U", "error"),
        ('principal in G::"g"', "true"),
        ('context.u in [G::"h", G::"g"]', "true"),
        ("[].isEmpty()", "true"),
        ("context.n.isEmpty()", "error"),
        ("(if context.b then 1 else true) == 1", "true"),
        ("if context.n then true else true", "error"),
        ("if true then context.b else context.missing", "true"),
        ("context.set.contains(1)", "true"),
        ("context.set.contains(true)", "false"),
        ("context.set.contains(-1)", "false"),
        ('context.s.contains("a")', "error"),
        ("context.set.contains(context.n)", "false"),
        ('context.set.containsAll(["x"])', "true"),
        ("context.set.containsAny([2])", "false"),
        ("context.n > 4 && context.n >= 5 && context.n < 6 && context.n <= 5", "true"),
        ("context.n > 5", "false"),
        ("context.n > context.s", "error"),
        ("context.n + 9223372036854775807 > 0", "error"),
        ("context.n * 2 - 1 == 9", "true"),
        ('principal.hasTag("t") && principal.getTag("t") == 1', "true"),
        ('principal.getTag("none") == 1', "error"),
        ('ip("10.0.0.1").isInRange(ip("10.0.0.0/8"))', "true"),
        ('ip("nonsense").isIpv4()', "error"),
        ('true || ip("nonsense").isIpv4()', "true"),
        ("ip(context.s).isIpv4()", "error"),
        ("ip(1).isIpv4()", "error"),
        ('ip("1.2.3.4").isIpv4(1)', "error"),
        ('ip(if true then "1.2.3.4" else "x").isIpv4()', "true"),
        ('decimal("1.0").lessThan(decimal("2.0"))', "true"),
    ],
)
def test_semantics(expression, expected):
    assert result(expression) == expected


def expression(node):
    return Expressions(Constants()).expression(node)


@pytest.mark.parametrize(
    ("node", "construct"),
    [
        ({"Slot": "?principal"}, "Slot"),
        ({"Unknown": [{"Value": "x"}]}, "Unknown"),
        ({"Var": "environment"}, "environment"),
        ({"Value": None}, "a constant of an unknown type"),
        ({"Value": {"__extn": {}}}, "an unknown form of expression"),
        ({"Value": True, "Var": "context"}, "an unknown form of expression"),
        ([], "an unknown form of expression"),
        ({"!": {"left": {"Value": True}}}, "an unknown form of expression"),
        ({"like": {"left": {"Value": "x"}, "pattern": "x"}}, "a pattern of an unknown form"),
        ({".": {"left": {"Var": "context"}, "attr": 7}}, "a name that is not a string"),
        ({"Set": {}}, "a set of an unknown form"),
        ({"Record": []}, "a record of an unknown form"),
        ({"ip": {}}, "`ip` of an unknown form"),
    ],
)
def test_what_is_not_covered_refuses_by_name(node, construct):
    with pytest.raises(UnsupportedError) as caught:
        expression(node)
    assert caught.value.construct == construct


def test_nesting_is_bounded():
    node = {"Value": True}
    for _ in range(MAX_DEPTH - 1):
        node = {"!": {"arg": node}}
    expression(node)
    for _ in range(2):
        node = {"!": {"arg": node}}
    with pytest.raises(TooDeepError):
        expression(node)


def test_the_deepest_code_python_is_given_compiles():
    node = {"Var": "context"}
    for _ in range(MAX_DEPTH // 2 - 1):
        node = {"==": {"left": {"Set": [{"Value": -1}]}, "right": {"Set": [node]}}}
    scope = {"op": "All"}
    policy = {"principal": scope, "action": scope, "resource": scope, "conditions": [{"kind": "unless", "body": node}]}
    compile_policies([policy])


def test_a_chain_costs_no_depth():
    node = {"Value": True}
    for _ in range(400):
        node = {"&&": {"left": node, "right": {"Value": True}}}
    assert expression(node).text.count(" and ") == 400


def test_nothing_is_written_twice():
    node = {"Var": "principal"}
    for _ in range(40):
        group = {"Value": {"__entity": {"type": "G", "id": "g"}}}
        node = {"is": {"left": node, "entity_type": "U", "in": group}}
    assert len(expression(node).text) < 4_000


def test_constants_are_shared():
    constants = Constants()
    made = Expressions(constants)
    one = {"Value": {"__entity": {"type": "G", "id": "g"}}}
    assert made.expression(one).text == made.expression(one).text
    assert list(constants.entities) == [("G", "g")]


def test_code_that_python_would_warn_about_is_not_written():
    # Warnings are errors here: `False["n"]` and `1 is True` would each be one when Python folds them.
    for expression_text in (
        "(!true).n",
        "(-5).n",
        '(if true then 1 else 2).n == "x"',
        "(1 == 1) == true",
        "true == (!true)",
    ):
        assert result(f"{expression_text}") in ("error", "true", "false")
