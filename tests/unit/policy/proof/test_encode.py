import pytest

from brightline.policy.expressions import UnsupportedError
from brightline.policy.proof.encode import Chart, Encodings, Environment, Problem, environments
from brightline.policy.proof.terms import FALSE, TRUE
from tests.unit.policy.proof.encoded import CALL, MODEL, REQUESTS, agreed, by_engine, by_terms, policy, problem

ANY = {"op": "All"}


def test_every_kind_of_request_in_order() -> None:
    assert environments(MODEL) == (Environment("User", ("Action", "bare"), "Box"), CALL)


@pytest.mark.parametrize(
    "scope",
    [
        'principal == User::"ann", action, resource',
        'principal == File::"ann", action, resource',
        'principal in Team::"t2", action == Action::"call", resource == File::"f"',
        'principal is User, action in Action::"group", resource is File',
        'principal is User in Team::"t1", action in [Action::"bare", Action::"call"], resource',
        'principal is File, action == Action::"bare", resource is Box in Org::"o1"',
    ],
)
def test_scopes_agree_with_the_evaluator(scope: str) -> None:
    agreed(f"permit({scope});")


@pytest.mark.parametrize(
    "conditions",
    [
        "when { context.b } when { context.n + 1 > 0 }",
        "unless { context.b } when { context.n + 1 > 0 }",
        "when { context.n + 1 > 0 } unless { context.b }",
        "when { 1 } when { context.b }",
        "unless { true } when { context.n + 1 > 0 }",
        "",
    ],
)
def test_conditions_agree_with_the_evaluator(conditions: str) -> None:
    agreed(f"permit(principal, action, resource) {conditions};")


@pytest.mark.parametrize(
    "changed",
    [
        {"principal": {"op": "==", "slot": "?principal"}},
        {"resource": None},
        {"conditions": [{"kind": "whenever", "body": {"Value": True}}]},
        {"conditions": ["when"]},
    ],
)
def test_unknown_forms_are_refused(changed: dict) -> None:
    written = {"principal": ANY, "action": ANY, "resource": ANY, "conditions": [], **changed}
    with pytest.raises(UnsupportedError):
        problem().satisfied(written)


def test_a_policy_without_conditions_is_always_satisfied() -> None:
    about = problem()
    written = {"principal": ANY, "action": ANY, "resource": ANY, "conditions": None}
    assert (about.satisfied(written), about.errored(written)) == (TRUE, FALSE)


def test_an_action_that_the_schema_lacks_is_refused() -> None:
    with pytest.raises(UnsupportedError):
        Problem(MODEL, Environment("User", ("Action", "fly"), "File"), chart=Chart.OPEN)


def test_what_was_encoded_is_remembered_by_its_meaning(monkeypatch: pytest.MonkeyPatch) -> None:
    encodings = Encodings()
    first, again = (Problem(MODEL, CALL, chart=Chart.OPEN, encodings=encodings) for _ in range(2))
    written = policy("context.b")
    wanted = first.satisfied(written)
    monkeypatch.setattr(Problem, "_policy", None)
    assert first.satisfied(written) == wanted
    assert again.satisfied({**written, "annotations": {"id": "x"}}) == wanted
    other = Problem(MODEL, CALL, chart=Chart.PARTIAL, encodings=encodings)
    with pytest.raises(TypeError):
        other.satisfied(written)


def test_a_full_memory_forgets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Encodings, "MOST", 1)
    about = problem()
    for text in ("context.b", "!context.b", "context.b"):
        written = policy(text)
        assert by_terms(written, REQUESTS[0], about) == by_engine(written, REQUESTS[0])
