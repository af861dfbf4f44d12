"""What Cedar lets pass and an agreement must not: what keeps one from being loaded, and from being signed."""

import pytest

from brightline.policy.draft import examine, own_schema
from brightline.policy.faults import fault
from brightline.policy.layers import read_layers
from brightline.policy.lint import lint, lint_before_signing, literals, near_misses
from brightline.policy.strict_json import place
from tests.unit.policy.lint_scene import SCOPE, subject


def faults(text, file="law/a.cedar"):
    return [(fault.code, fault.line, fault.column, fault.text) for fault in lint(subject({file: text}))]


# `^` stands before the token that is pointed at.
@pytest.mark.parametrize(
    ("marked", "words"),
    [
        ('forbid (principal == ^Unit::"org/unti", action, resource);', "did you mean `org/unit`"),
        ('forbid (principal, action, resource in ^Enclave::"zzz");', "`Enclave` `zzz` is not in the manifest"),
        (f'forbid {SCOPE} unless {{ resource == ^Deployment::"thirteen" }};', "`Deployment` `thirteen`"),
        (
            f'forbid {SCOPE} when {{ principal in [Organisation::"org", ^Organisation::"partnre"] }};',
            "did you mean `partner`",
        ),
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
    for file in ("law/a.cedar", "redlines/a.cedar"):
        [(code, line, _, _)] = faults(text, file)
        assert (code, line) == ("policy/claimed-red-line", 2)
    assert faults(text, "vendor/a.cedar") == []


def test_a_red_line_on_facts():
    assert faults(f'@id("a") forbid {SCOPE} when {{ context.fact.stream && context has fact }};') == []


def test_what_keeps_an_agreement_from_being_loaded_is_found_in_red_lines_as_well():
    body = 'context.fact.mission == "reportin" && context.fact has effcts && context.fact.app == "\u0430pp"'
    text = f'@id("a") forbid {SCOPE} when {{ {body} }};'
    for file in ("law/a.cedar", "redlines/a.cedar"):
        assert sorted(code for code, *_ in faults(text, file)) == [
            "policy/doubtful-word",
            "policy/unknown-attribute",
            "policy/unlisted-word",
        ]


def test_before_signing_every_rule_is_asked_where_it_comes_from_and_what_it_does():
    words = '@clause("c") @source("s")'
    texts = {
        "law/a.cedar": f'@id("a") forbid {SCOPE} when {{ context.fact.stream && !context.fact.stream }};',
        "vendor/b.cedar": f'@id("b") {words} forbid {SCOPE} when {{ context.fact.roles.contains("clerk") }};',
        "operator/c.cedar": f'@id("c") {words} forbid {SCOPE} when {{ context.fact.roles.contains("Clerk") }};',
    }
    found = [one.code for one in lint_before_signing(subject(texts), sound=True)]
    assert found == [*["policy/missing-annotation"] * 2, "policy/alike-roles", "policy/never-applies"]
    # What names nothing applies to nothing: told once is enough.
    assert "policy/never-applies" not in [one.code for one in lint_before_signing(subject(texts), sound=False)]


def test_the_near_miss_of_what_the_validator_names():
    def told(named):
        given = fault("policy/invalid", "law/a.cedar", (1, 1), why=f"{named} not found")
        return next(near_misses([given], own_schema(), [("Effect", "surveil"), ("Action", "generate")])).text

    assert "did you mean `fact.mission`" in told("attribute `fact.mision`")
    assert "did you mean `fact`" in told("attribute `fct`")
    assert "did you mean `Effect`" in told("entity type `Efect`")
    assert 'did you mean `Effect::"surveil"`' in told('entity `Effect::"surviel"`')
    assert 'did you mean `Action::"generate"`' in told('action `Action::"generat"`')
    assert "did you mean" not in told("the types")
    assert "did you mean" not in told("attribute `fact.mission`")
    assert "did you mean" not in told("attribute `quite.another`")


def test_a_misspelt_attribute_is_named_when_an_agreement_is_read(directory):
    text = f'@id("law-2") forbid {SCOPE} when {{ context.fact.efects.contains(Effect::"kinetic") }};'
    found = [one for one in examine(directory({"law/more.cedar": text})).faults if one.code == "policy/invalid"]
    assert [(one.line, one.column) for one in found] == [(1, 66)]
    assert "did you mean `fact.effects`" in found[0].text


def test_warnings_refuse_nothing(directory):
    permit = f'@id("vendor-1") @clause("c") @source("s") permit {SCOPE};'
    found = examine(directory({"vendor/vendor.cedar": permit}))
    assert found.faults == ()
    assert found.draft is not None
    assert [one.code for one in found.warnings] == ["policy/unlimited-permit"]
    assert all(one.warning for one in found.warnings)
    assert "warning: " in str(found.warnings[0])


def test_an_agreement_that_nobody_should_sign(directory):
    found = examine(directory({"law/law.cedar": f'@id("law-1") forbid {SCOPE} when {{ context.fact.stream }};'}))
    assert found.draft is None
    assert {one.code for one in found.faults} == {"policy/missing-annotation"}
    assert not any(one.warning for one in found.faults)
    assert "law/law.cedar" in found.texts


def test_the_constants_of_a_policy():
    text = f'@id("a") forbid {SCOPE} when {{ ["x"].contains("y") && 7 > -2 && true }};'
    [rule] = read_layers({"law/a.cedar": text})[0]
    assert literals(rule.policy) == {"x", "y", 7, -2}
