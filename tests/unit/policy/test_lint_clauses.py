"""Where a policy comes from, and whether a permit depends on what its clause limits."""

import pytest

from brightline.policy.lint_clauses import depends_on, lint_clauses
from tests.unit.policy.lint_scene import SCOPE, subject

FACTS = {"mission", "effects", "roles", "stream", "input_bytes"}
SOURCED = '@clause("c") @source("s")'


def told(text, file="operator/a.cedar"):
    [rule] = subject({file: f'@id("a")\n{text}'}).rules
    return [(one.code, one.warning, one.line, one.text) for one in lint_clauses(rule, FACTS)]


def permit(limits, body="true", scope=SCOPE):
    return told(f'{SOURCED}\n@limits("{limits}")\npermit {scope} when {{ {body} }};')


@pytest.mark.parametrize(
    ("notes", "missing"), [("", ["clause", "source"]), ('@clause("c")', ["source"]), ('@source("s")', ["clause"])]
)
def test_a_policy_that_does_not_say_where_it_comes_from(notes, missing):
    found = told(f"{notes} forbid {SCOPE} when {{ context.fact.stream }};")
    assert [(code, warned, line) for code, warned, line, _ in found] == [("policy/missing-annotation", False, 1)] * len(
        missing
    )
    assert [name in text for name, (*_, text) in zip(missing, found, strict=True)] == [True] * len(missing)


def test_a_policy_that_does():
    assert told(f"{SOURCED} forbid {SCOPE};") == []


MISSION = 'context.fact.mission == "supply"'
STREAM = "context.fact.stream"


@pytest.mark.parametrize(
    ("limits", "body", "ignored"),
    [
        ("mission", "true", "`mission`"),
        ("mission, effects", MISSION, "`effects`"),
        ("mission, effects", "true", "`mission` and `effects`"),
        ("mission", f"{MISSION} || {STREAM}", "`mission`"),
        ("mission", f"!({MISSION} && {STREAM})", "`mission`"),
        ("mission", f"{MISSION} || true", "`mission`"),
        ("mission", f"if {STREAM} then {MISSION} else true", "`mission`"),
        ("mission", f"if {MISSION} then {STREAM} else {STREAM}", None),
        ("mission", 'context.claimed has mission && context.claimed.mission == "supply"', "`mission`"),
        ("mission", "context.fact == context.fact", "`mission`"),
        ("principal", MISSION, "`principal`"),
        ("resource, action", MISSION, "`resource` and `action`"),
    ],
)
def test_a_permit_that_is_wider_than_its_clause(limits, body, ignored):
    found = permit(limits, body)
    if ignored is None:
        assert found == []
        return
    [(code, warned, line, text)] = found
    assert (code, warned, line) == ("policy/wide-permit", False, 3)
    assert f"depend on {ignored}," in text


@pytest.mark.parametrize(
    ("limits", "body"),
    [
        ("mission", MISSION),
        ("mission,stream", f"{MISSION} && !{STREAM}"),
        ("mission", f"{MISSION} || ({STREAM} && {MISSION})"),
        ("stream", f"!(({MISSION} || {STREAM}) || {STREAM})"),
        ("mission, stream", f"!({MISSION} || {STREAM})"),
        ("mission", f"if {STREAM} then {MISSION} else false"),
        ("mission", f"{MISSION} || false"),
        ("mission", f"!(!({MISSION}) || false)"),
        ("effects", 'context.fact.effects.containsAny([Effect::"read"])'),
        ("principal", 'principal in Organisation::"org"'),
        ("nothing", "true"),
        ("nothing", MISSION),
    ],
)
def test_a_permit_that_is_not(limits, body):
    assert permit(limits, body) == []


def test_the_scope_counts():
    scope = '(principal in Organisation::"org", action == Action::"generate", resource is Deployment)'
    assert permit("principal, action, resource", scope=scope) == []


def test_an_unless_counts_the_other_way():
    text = f'{SOURCED} @limits("mission, stream") permit {SCOPE} unless {{ {MISSION} || {STREAM} }};'
    assert told(text) == []
    text = f'{SOURCED} @limits("mission") permit {SCOPE} unless {{ {MISSION} && {STREAM} }};'
    assert [code for code, *_ in told(text)] == ["policy/wide-permit"]


def test_a_condition_that_can_never_be_true_depends_on_nothing():
    [rule] = subject({"vendor/a.cedar": f'@id("a") permit {SCOPE} when {{ {MISSION} && false }};'}).rules
    assert depends_on(rule) == frozenset()


@pytest.mark.parametrize(
    ("limits", "near"),
    [
        ("misson", "did you mean `mission`"),
        ("nothin", "did you mean `nothing`"),
        ("mission, nothing", "names `nothing`"),
        ("xyz", "no fact"),
    ],
)
def test_limits_that_name_no_fact(limits, near):
    found = permit(limits, MISSION)
    assert [code for code, *_ in found] == ["policy/bad-field"]
    assert near in found[0][3]


def test_a_permit_of_everything_is_warned_of():
    for text in (f"permit {SCOPE};", 'permit (principal, action == Action::"generate", resource);'):
        assert [(code, warned) for code, warned, *_ in told(f"{SOURCED} {text}")] == [("policy/unlimited-permit", True)]
    for text in (f"permit {SCOPE} when {{ {MISSION} }};", 'permit (principal, action, resource == Deployment::"one");'):
        assert told(f"{SOURCED} {text}") == []
