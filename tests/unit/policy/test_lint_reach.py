"""Policies without effect; each kind with one that has some."""

import pytest

from brightline.policy import lint_reach as lint_reach_module
from brightline.policy.attributes import actions_of
from brightline.policy.lint_cases import domains_of
from brightline.policy.lint_reach import lint_reach
from brightline.policy.lint_words import registers_of
from brightline.policy.strict_json import place
from tests.unit.policy.lint_scene import SCOPE, subject

ALL = f'@id("p-vendor") permit {SCOPE};'


def found(texts, **changes):
    given = subject(texts, **changes)
    actions = actions_of(given.schema)
    registers = registers_of(given.manifest, given.effectors)
    domains = domains_of(actions[0].attributes, registers, given.entities, [action.id for action in actions])
    return list(lint_reach(given.rules, given.red_lines, domains))


def told(texts, **changes):
    return [(one.code, one.warning, one.text.split("`")[1]) for one in found(texts, **changes)]


def forbid(name, body="true", notes="", scope=SCOPE):
    return f'@id("{name}") {notes} forbid {scope} when {{ {body} }};\n'


def around(law="", operator="", vendor="", **more):
    """The policies between permits of everything."""
    texts = {"vendor/a.cedar": ALL + vendor, "operator/a.cedar": f'@id("p-operator") permit {SCOPE};\n{operator}'}
    return {**texts, "law/a.cedar": law, **more} if law else {**texts, **more}


@pytest.mark.parametrize(
    ("marked", "fact"),
    [
        ("context.fact.input_bytes > 900 && ^context.fact.input_bytes < 90", "context.fact.input_bytes"),
        ("context.fact.stream && !^context.fact.stream", "context.fact.stream"),
        ('context.fact.mission == "supply" && ^context.fact.mission == "reporting"', "context.fact.mission"),
        (
            'context.fact.effects == [Effect::"read"] && ^context.fact.effects.contains(Effect::"write")',
            "context.fact.effects",
        ),
        ('context.fact.unit == "staff" && ["unit"].contains(^context.fact.unit)', "context.fact.unit"),
        (
            "!(context.fact has max_output_tokens) && "
            "context.fact has max_output_tokens && ^context.fact.max_output_tokens > 2",
            "context.fact.max_output_tokens",
        ),
        ('principal in Organisation::"org" && ^principal == Unit::"partner/liaison"', "principal"),
        ('^resource in Enclave::"bare"', "resource"),
        ("context.fact.input_bytes + 1 == 2 && !(context.fact.input_bytes + 1 == 2)", None),
        ("1 == 1 && false", None),
        ("[].contains(context.fact.mission)", None),
    ],
)
def test_a_policy_that_can_never_apply(marked, fact):
    text = forbid("a", marked)
    for file in ("law/a.cedar", "redlines/a.cedar"):
        [one] = found(around(**{file: text.replace("^", "")}))
        assert (one.code, one.warning) == ("policy/never-applies", False)
        if fact is None:
            assert "never true" in one.text
            assert (one.line, one.column) == (1, 1)
        else:
            assert f"`{fact}`" in one.text
            assert (one.line, one.column) == place(text, text.index("^"))


def test_a_scope_that_nobody_is_in():
    scope = '(principal in Organisation::"partner", action, resource in Enclave::"bare")'
    [(code, warned, name)] = told(around(operator=f'@id("a") permit {scope};'))
    assert (code, warned, name) == ("policy/never-applies", False, "a")


@pytest.mark.parametrize(
    "body",
    [
        "context.fact.input_bytes > 90 && context.fact.input_bytes < 900",
        'context.fact.mission == "supply" || context.fact.mission == "reporting"',
        "context.fact.stream || !context.fact.stream",
        'context.fact.effects.contains(Effect::"read") && context.fact.effects.contains(Effect::"write")',
        'resource in Enclave::"depot" && !(resource in Enclave::"field")',
        "context.fact has max_output_tokens && context.fact.max_output_tokens > 5",
        'context.fact.app == context.fact.key_id && context.fact.app like "a*"',
    ],
)
def test_a_policy_that_can_apply(body):
    assert told(around(law=forbid("a", body))) == []


def test_nobody_is_listed_yet():
    texts = around(law=forbid("a", "context.fact.stream && !context.fact.stream"))
    assert told(texts, units={}) == []
    assert told(texts, deployments={}, enclaves={}) == []


STREAM, LINKS = "context.fact.stream", "context.fact.remote_urls"
SURVEIL = 'context.fact.effects.contains(Effect::"surveil")'
EITHER = 'context.fact.effects.containsAny([Effect::"surveil", Effect::"kinetic"])'


@pytest.mark.parametrize(
    ("wide", "narrow"),
    [
        (STREAM, f"{STREAM} && {LINKS}"),
        (STREAM, STREAM),
        ("true", STREAM),
        (EITHER, SURVEIL),
        (f"{STREAM} || {LINKS}", f"{LINKS} && {STREAM}"),
        ("context.fact.input_bytes > 10", "context.fact.input_bytes > 20 && context.fact.input_bytes < 90"),
        ('["supply", "reporting"].contains(context.fact.mission)', 'context.fact.mission == "supply"'),
        ('context.fact.mission != "supply"', 'context.fact.mission == "reporting"'),
        ('principal in Organisation::"org"', 'principal == Unit::"org/unit"'),
        ("context.fact.app == context.fact.key_id", f"context.fact.app == context.fact.key_id && {STREAM}"),
        (
            "context.fact has max_output_tokens",
            "context.fact has max_output_tokens && context.fact.max_output_tokens > 2",
        ),
        ('[Effect::"read", Effect::"write"].containsAll(context.fact.effects)', "context.fact.effects.isEmpty()"),
    ],
)
def test_a_prohibition_whose_place_another_takes(wide, narrow):
    one = told(around(law=forbid("a-wide", wide) + forbid("b-narrow", narrow)))
    assert one == [("policy/never-matters", False, "b-narrow")]
    # Whatever it is called; but across layers each party may want its own.
    other = told(around(law=forbid("b-wide", wide), vendor=forbid("a-narrow", narrow)))
    assert ("policy/never-matters", True, "a-narrow") in other or (wide == narrow and other)
    assert not any(not warned for _, warned, _ in other)


def test_two_texts_in_one_layer_may_say_the_same():
    texts = around(law=forbid("a", STREAM), **{"law/b.cedar": forbid("b", STREAM)})
    assert told(texts) == [("policy/never-matters", True, "b")]
    # What is said twice in one of them is a mistake still, whatever the other says.
    texts["law/b.cedar"] += forbid("c", f"{STREAM} && {LINKS}")
    assert ("policy/never-matters", True, "b") in told(texts)
    split = around(law=forbid("a", STREAM) + forbid("c", LINKS), **{"law/b.cedar": forbid("d", f"{STREAM} || {LINKS}")})
    assert told(split) == [("policy/never-matters", True, "d")]


def test_two_that_say_the_same_are_told_once():
    assert told(around(law=forbid("a", STREAM) + forbid("b", STREAM) + forbid("c", STREAM))) == [
        ("policy/never-matters", False, "c"),
        ("policy/never-matters", False, "b"),
    ]


def test_several_take_the_place_of_one():
    law = forbid("a", STREAM) + forbid("b", LINKS) + forbid("c", f"{STREAM} || {LINKS}")
    [one] = found(around(law=law))
    assert (one.code, one.warning) == ("policy/never-matters", False)
    assert "`c` can never matter: whatever it refuses, `a` and `b` refuses as well" in one.text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (f"{STREAM} && {LINKS}", f"{STREAM} && !{LINKS}"),
        (SURVEIL, 'context.fact.effects.contains(Effect::"kinetic")'),
        ("context.fact.input_bytes > 20", "context.fact.input_bytes < 30"),
        ('context.fact.mission == "supply"', 'context.fact.mission == "reporting"'),
        (STREAM, LINKS),
        # What may err refuses when it does, and nothing else does in its place.
        ("true && context.fact.stream", "context.fact.stream && context.fact.input_bytes + 1 > 0"),
        ("context.fact.app == context.fact.key_id", 'context.fact.app == "a" && context.fact.key_id == "b"'),
    ],
)
def test_prohibitions_of_which_each_matters(one, other):
    assert told(around(law=forbid("a", one) + forbid("b", other))) == []


def test_a_hold_takes_the_place_of_no_prohibition_without_one():
    held = '@hold("officer, 2")'
    assert told(around(law=forbid("a", STREAM, held) + forbid("b", f"{STREAM} && {LINKS}"))) == []
    # The other way round it does: what is refused for good is never held.
    assert told(around(law=forbid("a", STREAM) + forbid("b", f"{STREAM} && {LINKS}", held))) == [
        ("policy/never-matters", False, "b")
    ]


@pytest.mark.parametrize(
    ("narrow", "dead"),
    [("officer, 2", True), ("officer, 1", True), ("officer, 3", False), ("lawyer, 1", False)],
)
def test_holds_are_held_against_each_other(narrow, dead):
    law = forbid("a", STREAM, '@hold("officer, 2")') + forbid("b", f"{STREAM} && {LINKS}", f'@hold("{narrow}")')
    assert bool(told(around(law=law))) is dead


def test_a_prohibition_that_obliges_to_something_matters():
    assert told(around(law=forbid("a", STREAM) + forbid("b", STREAM, '@notify("chief")'))) == [
        ("policy/never-matters", False, "a")
    ]
    both = forbid("a", STREAM, '@notify("chief")') + forbid("b", STREAM, '@notify("chief")')
    assert told(around(law=both)) == []


def test_a_prohibition_of_what_nobody_permits():
    texts = {
        "vendor/a.cedar": ALL,
        "operator/a.cedar": f'@id("p-operator") permit {SCOPE} when {{ context.fact.mission == "supply" }};',
    }
    dead = {**texts, "law/a.cedar": forbid("a", 'context.fact.mission == "reporting"')}
    assert told(dead) == [("policy/never-matters", True, "a")]
    assert "the operator permits nothing that it refuses" in found(dead)[0].text
    assert told({**texts, "law/a.cedar": forbid("a", "context.fact.stream")}) == []
    assert told({"vendor/a.cedar": ALL, "law/a.cedar": forbid("a", STREAM)}) == []


def test_a_policy_with_too_many_alternatives_is_not_judged():
    many = " || ".join(f"context.fact.input_bytes == {number}" for number in range(99))
    texts = {
        "vendor/a.cedar": ALL,
        "operator/a.cedar": f'@id("p-operator") permit {SCOPE} when {{ {many} }};',
        "law/a.cedar": forbid("a", STREAM) + forbid("b", f"({many}) && {STREAM}"),
    }
    assert told(texts) == []


def test_what_nobody_has_the_patience_to_compare_is_not_told(monkeypatch):
    texts = around(law=forbid("a", STREAM) + forbid("b", STREAM))
    assert told(texts) != []
    monkeypatch.setattr(lint_reach_module, "MAX_COMPARED", 0)
    assert told(texts) == []
