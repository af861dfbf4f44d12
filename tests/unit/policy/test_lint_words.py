"""Words in policies that match nothing; each with an example that must pass."""

import pytest

from brightline.policy.attributes import actions_of
from brightline.policy.lint_alike import Lookups
from brightline.policy.lint_words import (
    MOST_OF_ONE_RULE,
    compared_in,
    lint_attributes,
    lint_characters,
    lint_roles,
    lint_words,
    pattern_of,
    registers_of,
)
from brightline.policy.strict_json import place
from tests.unit.policy.lint_scene import SCOPE, subject


def rules_of(*bodies, notes=""):
    """One rule of the operator for each body."""
    texts = [f'@id("a{index}") {notes} forbid {SCOPE}\nwhen {{ {body} }};' for index, body in enumerate(bodies)]
    return subject({"operator/a.cedar": "\n".join(texts)})


def words(body):
    given = rules_of(body)
    return [(one.code, one.warning, one.text) for one in words_of(given)]


@pytest.mark.parametrize(
    ("body", "near"),
    [
        ('context.fact.mission == "reportin"', "reporting"),
        ('context.fact.mission != "Reporting"', "reporting"),
        ('"suply" == context.fact.mission', "supply"),
        ('["reporting", "suply"].contains(context.fact.mission)', "supply"),
        ('context["fact"]["mission"] == "r\\u{435}porting"', "reporting"),
        ('context.fact.tools.contains("serch")', "search"),
        ('context.fact.tools.containsAny(["search", "open_gates"])', "open_gate"),
        ('["open-gate"].containsAll(context.fact.tools)', "open_gate"),
        ('context.fact.organisation == "partnr"', "partner"),
        ('context.fact.unit == "laison"', "liaison"),
        ('context.fact.vendor == "vendor"', "Vendor"),
        ('resource.vendor == "Vendr"', "Vendor"),
        ('resource.model == "model_one"', "model-one"),
        ('context.fact.model == "modelone"', ""),
        ('context.fact.deployment == "model-one"', ""),
        ('context.fact.enclave == "fields"', "field"),
    ],
)
def test_a_word_that_no_register_lists(body, near):
    [(code, warned, text)] = words(body)
    assert (code, warned) == ("policy/unlisted-word", False)
    assert (f"did you mean `{near}`" in text) is bool(near)


@pytest.mark.parametrize(
    "body",
    [
        'context.fact.mission == "reporting" || context.fact.mission == "supply"',
        'context.fact.tools.containsAny(["search", "open_gate"])',
        'context.fact.organisation == "org" && context.fact.unit == "staff" && context.fact.enclave == "bare"',
        'resource.vendor == "Vendor" && context.fact.vendor == "Vendor" && resource.model == "model-two"',
        'context.fact.deployment == "two" && context.fact.mission like "rep*"',
        'context.fact.app == "anything" && context.fact.key_id == "k" && context.fact.roles.contains("clerk")',
        'context.claimed has mission && context.claimed.mission == "reportin"',
        "context.fact.input_bytes == 7",
        "context.fact.mission == context.fact.app",
        'principal == Unit::"org/unit"',
        '{a: "x"}.a == "reportin"',
        "context.fact.tools == []",
    ],
)
def test_words_that_pass(body):
    assert words(body) == []


def test_a_mission_or_tool_that_is_like_none_may_be_meant():
    for body in ('context.fact.mission == "harvest"', 'context.fact.tools.contains("web_view")'):
        [(code, warned, text)] = words(body)
        assert (code, warned) == ("policy/unlisted-word", True)
        assert "did you mean" not in text


def test_a_pattern_that_fits_nothing():
    assert [(code, warned) for code, warned, _ in words('context.fact.enclave like "yard*"')] == [
        ("policy/unlisted-word", False)
    ]
    assert [(code, warned) for code, warned, _ in words('context.fact.mission like "*x*"')] == [
        ("policy/unlisted-word", True)
    ]
    assert words('context.fact.enclave like "*o*"') == []
    assert words('{a: "x"}.a like "yard*"') == []


def test_a_pattern_is_texts_and_wildcards():
    assert pattern_of([{"Literal": "a"}, {"Literal": "b"}, "Wildcard", {"Literal": "c"}]) == ("ab", None, "c")
    assert pattern_of("x") == ()


def test_a_word_is_told_once_and_pointed_at():
    body = 'context.fact.mission == "suply" || context.fact.mission == "suply"'
    given = rules_of(body, notes='@reason("suply")')
    [found] = words_of(given)
    text = f"when {{ {body} }};"
    assert (found.line, found.column) == (2, place(text, text.rindex('"suply"'))[1])
    # A word that is written with an escape is not found again; what it is compared with is.
    [found] = words_of(rules_of('context.fact.mission == "sup\\u{6c}y2"'))
    assert (found.line, found.column) == (2, 8)


def words_of(given, most=99):
    [rule] = given.rules
    return list(lint_words(rule, registers_of(given.manifest, given.effectors), compared_in(rule), Lookups(most)))


def test_a_word_that_is_not_looked_for_any_more_is_a_fault():
    body = " || ".join(f'context.fact.mission == "{word}"' for word in ("harvest", "reportin", "voyage"))
    found = [(one.warning, "did you mean" in one.text) for one in words_of(rules_of(body), most=2)]
    assert found == [(True, False), (False, True), (False, False)]


def test_of_many_words_the_first_are_told():
    body = " || ".join(f'context.fact.mission == "voyage{number}"' for number in range(MOST_OF_ONE_RULE + 9))
    told = [warned for _, warned, _ in words(body)]
    assert told == [True] * (MOST_OF_ONE_RULE - 1) + [False]


def roles(*bodies, notes=""):
    found = lint_roles(rules_of(*bodies, notes=notes).rules)
    return [(one.code, one.warning, one.text.split("`")[1::2]) for one in found]


def clerk(role):
    return f'context.fact.roles.contains("{role}")'


def test_roles_that_look_like_one():
    assert roles(clerk("clinician"), clerk("Clinician")) == [("policy/alike-roles", False, ["Clinician", "clinician"])]
    # The one that fewer name is told, wherever it stands.
    told = [("policy/alike-roles", False, ["duty_officer", "duty-officer"])]
    assert roles(clerk("duty_officer"), clerk("duty-officer"), clerk("duty-officer")) == told
    assert roles(clerk("clinician"), clerk("clincian")) == [("policy/alike-roles", True, ["clincian", "clinician"])]


def test_roles_that_pass():
    assert roles(clerk("clerk"), clerk("officer"), clerk("unit-1"), clerk("unit-2"), clerk("clerk")) == []
    assert roles('context.fact.app == "clerk"', clerk("Clerk"), '"x" like "Clerk"') == []


def test_roles_of_holds_and_notices_count():
    assert roles(clerk("chef"), notes='@hold("chief, 1")') == [("policy/alike-roles", True, ["chief", "chef"])]
    told = [("policy/alike-roles", False, ["duty_officer", "duty-officer"])]
    assert roles(clerk("duty-officer"), clerk("duty-officer"), notes='@hold("duty_officer, 1")') != []
    hold, notify = '@hold("duty-officer, 1")', '@notify("duty_officer")'
    assert roles("true", notes=f'{hold} {notify} @retention("brief")') == told


def characters(body):
    [rule] = rules_of(body).rules
    return [(one.code, one.text) for one in lint_characters(rule, compared_in(rule))]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ('context.fact.app == "r\\u{435}port"', "mixes letters"),
        ('context.fact.app == "cafe\\u{301}"', "composed form"),
        ('context.fact.app == "a\\u{200b}b"', "cannot be seen"),
        ('context.fact.app == "caf\\u{e9}"', "is not ASCII"),
        ('context.fact.roles.contains("\\u{43a}\\u{43e}\\u{442}")', "is not ASCII"),
        ('principal == Unit::"org/un\\u{456}t"', "mixes letters"),
        ('context.claimed has purpose && context.claimed.purpose == "r\\u{435}port"', "mixes letters"),
    ],
)
def test_a_word_that_is_not_what_it_seems(body, why):
    [(code, text)] = characters(body)
    assert code == "policy/doubtful-word"
    assert why in text
    assert text.isascii()


@pytest.mark.parametrize(
    "body",
    [
        'context.fact.app == "report" && context.fact.app == "report"',
        'context.claimed has purpose && context.claimed.purpose == "caf\\u{e9}"',
        'context.claimed has purpose && context.claimed.purpose == "\\u{43a}\\u{43e}\\u{442}"',
        "context.fact.input_bytes > 7",
    ],
)
def test_words_that_are_what_they_seem(body):
    assert characters(body) == []


def test_words_for_people_are_theirs():
    given = rules_of("true", notes='@reason("caf\u00e9 \u043a\u043e\u0442")')
    assert list(lint_characters(given.rules[0], ())) == []


def attributes(body):
    given = rules_of(body)
    [generate] = [action for action in actions_of(given.schema) if action.id == "generate"]
    known = {("context", *attribute.path): attribute for attribute in generate.attributes}
    return [(one.code, one.column, one.text) for one in lint_attributes(given.rules[0], known)]


@pytest.mark.parametrize(
    ("body", "near"),
    [
        ("context.fact has max_output_token", "max_output_tokens"),
        ("!(context.claimed has purposes)", "purpose"),
        ("context has clamed", "claimed"),
        ("context has clamed.purpose", "claimed"),
        ("context.fact has quite_another", ""),
    ],
)
def test_has_of_what_the_schema_does_not_know(body, near):
    [(code, _, text)] = attributes(body)
    assert code == "policy/unknown-attribute"
    assert (f"did you mean `{near}`" in text) is bool(near)


@pytest.mark.parametrize(
    ("body", "other"),
    [
        ('context.fact.purpose == Location::"edge"', "Location"),
        ('Agency::"civil" != context.fact.purpose', "Agency"),
        ('principal == Deployment::"one"', "Deployment"),
        ('resource == Unit::"org/unit"', "Unit"),
        ('action == Unit::"org/unit"', "Unit"),
    ],
)
def test_a_comparison_of_two_types(body, other):
    [(code, _, text)] = attributes(body)
    assert code == "policy/unlike-types"
    assert f"`{other}`" in text


@pytest.mark.parametrize(
    "body",
    [
        "context.fact has max_output_tokens && context.claimed has purpose && context has fact",
        'context.fact.purpose == Purpose::"training" && principal == Unit::"org/unit"',
        'resource == Deployment::"one" && action != Action::"generate"',
        "resource has vendor && {a: 1} has b && context.fact.mission has b",
        'context.fact.app == "x" && "x" == "y" && principal.x == Unit::"org/unit"',
    ],
)
def test_attributes_that_pass(body):
    assert attributes(body) == []
