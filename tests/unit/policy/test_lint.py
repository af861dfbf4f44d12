"""What Cedar lets pass and an agreement must not."""

import pytest

from brightline.policy.layers import read_layers
from brightline.policy.lint import lint, literals
from brightline.policy.strict_json import place

ENTITIES = {("Unit", "org/unit"), ("Organisation", "org"), ("Enclave", "field"), ("Deployment", "one")}
SCOPE = "(principal, action, resource)"


def faults(text, file="law/a.cedar"):
    rules, found = read_layers({file: text})
    assert found == ()
    return [(fault.code, fault.line, fault.column, fault.text) for fault in lint(rules, ENTITIES)]


# `^` stands before the token that is pointed at.
@pytest.mark.parametrize(
    ("marked", "words"),
    [
        ('forbid (principal == ^Unit::"org/unti", action, resource);', "did you mean `org/unit`"),
        ('forbid (principal, action, resource in ^Enclave::"zzz");', "`Enclave` `zzz` is not in the manifest"),
        (f'forbid {SCOPE} unless {{ resource == ^Deployment::"two" }};', "`Deployment` `two`"),
        (f'forbid {SCOPE} when {{ principal in [Organisation::"org", ^Organisation::"ogr"] }};', "did you mean `org`"),
    ],
)
def test_an_entity_that_is_not_listed(marked, words):
    marked = f'@id("a") {marked}'
    [(code, line, column, told)] = faults(marked.replace("^", ""))
    assert (code, line, column) == ("policy/unknown-entity", *place(marked, marked.index("^")))
    assert words in told


def test_an_entity_is_told_once():
    text = f'@id("a") forbid {SCOPE} when {{ resource == Deployment::"x" || resource == Deployment::"x" }};'
    assert len(faults(text)) == 1


def test_an_effect_is_left_to_the_schema():
    assert faults(f'@id("a") forbid {SCOPE} when {{ context.fact.effects.contains(Effect::"zzz") }};') == []


@pytest.mark.parametrize(
    "body",
    [
        'context.claimed has authority && context.claimed.authority == "x"',
        "context has claimed",
        'context["claimed"] has purpose',
        "{a: context}.a.claimed has purpose",
        "context == {}",
        "context.fact.stream && (if context.claimed has purpose then true else false)",
    ],
)
def test_a_red_line_that_rests_on_claims(body):
    text = f'@id("a") forbid {SCOPE}\nwhen {{ true }} unless {{ {body} }};'
    [(code, line, _, _)] = faults(text)
    assert (code, line) == ("policy/claimed-red-line", 2)
    assert faults(text, "vendor/a.cedar") == []


def test_a_red_line_on_facts():
    assert faults(f'@id("a") forbid {SCOPE} when {{ context.fact.stream && context has fact }};') == []


def test_the_constants_of_a_policy():
    [rule] = read_layers({"law/a.cedar": f'@id("a") forbid {SCOPE} when {{ ["x"].contains("y") && 7 > -2 && true }};'})[
        0
    ]
    assert literals(rule.policy) == {"x", "y", 7, -2}
