import pytest

from brightline.policy.expressions import UnsupportedError
from brightline.policy.proof.encode_expression import _pattern
from tests.unit.policy.proof.encoded import Answer, agreed, policy, problem

YES, NO, ERROR = Answer(True, False), Answer(False, False), Answer(False, True)
AGREEING = [
    'context.s == "abc"',
    'context.s != "abc"',
    "context.s == 1 || context.b",
    "context.n < context.m",
    "context.n <= 3",
    "context.n > context.m",
    "context.n >= 3",
    "context.n + 1 > 2",
    "context.n - -1 > 2",
    "context.n * 2 == 6",
    "-context.n == -3",
    "-context.s == 1",
    'context.n + "a" == 3',
    'context.s < "b"',
    "context.at < context.n",
    'context.at < datetime("2026-12-01")',
    "!context.b",
    "!context.n",
    "context.b && context.n + 1 == 4",
    "context.b || context.n + 1 == 4",
    "context.b && context.n",
    "false && context.n",
    "context.n && true",
    'context.s like "a*"',
    'context.s like "*b*"',
    'context.s like "abc"',
    'context.s like "*"',
    'context.n like "*"',
    '"abc" like "a*c"',
    "context has opt",
    "context has missing",
    'context has opt && context.opt == "o"',
    'context.opt == "o"',
    "context.n has opt",
    "context.n.opt == 1",
    "context.missing == 1",
    "context has inner && context.inner has a && context.inner.a",
    "context has inner.p.y && context.inner.p.y == 2",
    "principal is User",
    "principal is File",
    'principal is User in Team::"t2"',
    "context.n is User",
    'resource is User in Team::"t2"',
    'principal in Team::"t2"',
    'principal in Org::"o1"',
    'principal in [Team::"t9", Badge::"b1"]',
    'principal in ["a"]',
    "principal in context.n",
    "context.n in principal",
    "principal in context.teams",
    "resource in context.teams",
    'Team::"t2" in context.teams',
    "principal in (if context.b then context.teams else [])",
    "principal in resource",
    "principal in principal",
    'action in Action::"group"',
    'action in [Action::"bare", Action::"call"]',
    'action == Action::"call"',
    "principal.age + principal.boss.age > 1",
    'principal has boss && principal.boss.name == "bob"',
    'principal.boss.boss.name == "bob"',
    "resource.owner == principal",
    'User::"nobody" has name',
    'User::"nobody".name == "x"',
    "principal.point == {x: 1}",
    "principal.point == {x: 1, y: 2}",
    "principal.point == {x: 1, z: 2}",
    "{a: context.n, b: 2}.a == 3",
    "{a: context.n + 1}.a == 4",
    "[1, context.n].contains(3)",
    'context.words.contains("a")',
    "context.words.contains(1)",
    "context.n.contains(1)",
    "context.words.containsAll(context.others)",
    'context.words.containsAll(["a"])',
    '["a", "b", "c"].containsAll(context.words)',
    "context.n.containsAll([1])",
    "context.words.containsAny(context.others)",
    'context.words.containsAny(["b"])',
    "context.words.containsAny(1)",
    "context.words.isEmpty()",
    "context.n.isEmpty()",
    "[].isEmpty()",
    "context.words == context.others",
    'context.words == ["b", "a"]',
    "context.numbers == [1, 2]",
    "[[1], [2]].contains([1])",
    '(if context.b then context.words else context.others).contains("c")',
    'context.others.containsAll(if context.b then ["b"] else ["c"])',
    "(if context.b then 1 else context.n + 1) == 1",
    "(if context.n then 1 else 2) == 1",
    "(if true then context.n else context.s) == 3",
    "(if context.n + 1 > 0 then true else context.b)",
    "(if context.b then principal.point else {x: 1, y: 4}) == {x: 1}",
    "(if context.b then context.missing else context.n) == 3",
    "resource.kinds.contains(context.kind)",
    'resource.kinds.containsAny([Kind::"red", Kind::"green"])',
    '[Kind::"red"].containsAll(resource.kinds)',
    "resource.points.contains({x: 1})",
    "resource.points.contains(principal.point)",
    "resource.flags.containsAll([true, false])",
    "[true].containsAll(resource.flags)",
    'resource.from.contains(ip("10.0.0.0/8"))',
    "principal.friends.contains(principal.boss)",
    'principal.hasTag("level")',
    'principal.hasTag("level") && principal.getTag("level") == 3',
    "principal.getTag(context.s) == 3",
    "principal.hasTag(1)",
    'context.n.hasTag("x")',
    'action.hasTag("x")',
    'resource.hasTag("labels") && resource.getTag("labels").contains("a")',
    'context.kind.hasTag("x")',
    "action has x",
]


@pytest.mark.parametrize("text", AGREEING)
def test_agrees_with_the_evaluator(text: str) -> None:
    agreed(text)


def test_overflow_is_an_error_where_it_is_evaluated() -> None:
    assert agreed("context.n + 1 == 4") == [YES, ERROR, YES, ERROR]
    assert agreed("context.b && context.n + 1 == 4") == [YES, NO, YES, NO]


@pytest.mark.parametrize(
    ("text", "construct"),
    [
        ('(if context.b then 1 else "a") == 1', "`if` with branches of different types"),
        ("decimal(context.s) == context.d", "`decimal` of a text that is not written out"),
        ("context.nested.contains([1])", "a set of sets that a request or an entity holds"),
        ("context.n == " + "-(" * 60 + "1" + ")" * 60, "too deep an expression"),
        ("principal in (if context.b then [1] else [principal])", "`in` a set that may hold what is no entity"),
        (
            "resource.points.contains(if context.b then {x: 1} else {x: 1, z: 2})",
            "an element of a set with attributes that its type does not have alike",
        ),
        ('(if context.b then action else Action::"bare") in Action::"group"', "an action that is not written out"),
    ],
)
def test_names_what_it_refuses(text: str, construct: str) -> None:
    with pytest.raises(UnsupportedError) as caught:
        problem().satisfied(policy(text))
    assert caught.value.construct == construct


@pytest.mark.parametrize(
    "body",
    [
        {"Value": None},
        {"Value": {"__entity": {"type": "User"}}},
        {"Var": "world"},
        {"frobnicate": []},
        {"ip": {}},
        {"!": {}},
        {"Set": 1},
        {"Record": 1},
        {"like": {"left": {"Value": "a"}, "pattern": "a"}},
        {},
        [],
        {".": {"left": {"Var": "context"}, "attr": 1}},
    ],
)
def test_refuses_unknown_forms(body: object) -> None:
    any_ = {"op": "All"}
    written = {"principal": any_, "action": any_, "resource": any_, "conditions": [{"kind": "when", "body": body}]}
    with pytest.raises(UnsupportedError):
        problem().satisfied(written)


def test_a_pattern_joins_letters_and_wildcards() -> None:
    letters = [{"Literal": "a"}, {"Literal": "b"}, "Wildcard", "Wildcard", {"Literal": "c"}]
    assert _pattern(letters) == ("ab", None, "c")
