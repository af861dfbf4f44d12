"""Policies without effect that only a solver sees; each with one that has some."""

import pytest

from brightline.policy import lint_exact as module
from brightline.policy.draft import read_draft
from brightline.policy.expressions import UnsupportedError
from brightline.policy.lint_exact import lint_exact
from brightline.policy.proof.solver import SolverPool, Unknown

SCOPE = "(principal, action, resource)"
NOTES = '@clause("c") @source("s")'


@pytest.fixture(scope="module")
def pool():
    with SolverPool() as started:
        yield started


@pytest.fixture
def told(directory, pool):
    """What a solver finds in the agreement of the tests with more rules of the law."""

    def tell(*rules):
        text = "\n".join(f'@id("x{number}") {NOTES} {rule}' for number, rule in enumerate(rules))
        draft, faults = read_draft(directory({"law/more.cedar": text}))
        assert faults == ()
        return [(one.code, one.warning, one.text.split("`")[1]) for one in lint_exact(draft, pool)]

    return tell


def forbid(body, notes=""):
    return f"{notes} forbid {SCOPE} when {{ {body} }};"


COUNT, STREAM = "context.fact.message_count", "context.fact.stream"


def test_a_sound_agreement_has_nothing_without_effect(told):
    assert told(forbid(f"{COUNT} > 9"), forbid(STREAM)) == []


def test_a_policy_that_no_request_satisfies(told):
    # Two facts at once: each alone is possible.
    body = "context.fact.app == context.fact.key_id && context.fact.app != context.fact.key_id"
    assert told(forbid(body)) == [("policy/never-applies", False, "x0"), ("policy/never-matters", True, "x0")]
    assert told(forbid(f"{COUNT} > 3 && {COUNT} + 1 < 2"))[0] == ("policy/never-applies", False, "x0")


def test_a_prohibition_without_which_nothing_is_decided_otherwise(told):
    # Two take its place together and neither alone, and it has one alternative only.
    found = told(forbid(f"{COUNT} > 5"), forbid(f"{STREAM} && {COUNT} < 7"), forbid(STREAM))
    assert ("policy/never-matters", True, "x2") in found
    assert ("policy/never-matters", True, "x0") not in found


def test_what_errs_where_others_do_not_matters(told):
    assert told(forbid(STREAM), forbid(f"{STREAM} && {COUNT} + 1 > 0")) != []
    assert told(forbid(STREAM), forbid(f"{COUNT} + 1 > 0 && {STREAM}")) == []


def test_a_hold_for_less_than_another(told):
    held = [forbid(STREAM, f'@hold("officer, {quorum}")') for quorum in (1, 2)]
    assert told(*held) == [("policy/never-matters", True, "x0")]
    assert told(forbid(STREAM, '@hold("officer, 1")'), forbid(STREAM, '@hold("lawyer, 1")')) == []
    assert told(forbid(STREAM), forbid(STREAM, '@hold("lawyer, 1")')) == [("policy/never-matters", True, "x1")]


def test_a_prohibition_that_obliges_to_something_matters(told):
    assert told(forbid(STREAM), forbid(f"{STREAM} && {COUNT} > 3", '@notify("chief")')) == []


def test_what_a_solver_does_not_decide_is_not_told(told, monkeypatch):
    monkeypatch.setattr(module, "solve", lambda *_, **__: Unknown("timeout"))
    assert told(forbid(f"{STREAM} && !{STREAM}")) == []


def test_what_no_formula_can_say_is_not_told(told, monkeypatch):
    from brightline.policy import lint_exact as module

    def unsupported(*_, **__):
        raise UnsupportedError("tags")

    monkeypatch.setattr(module, "solve", unsupported)
    assert told(forbid(f"{STREAM} && !{STREAM}")) == []
