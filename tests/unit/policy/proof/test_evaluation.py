import pytest

from brightline.policy.proof.encode import Chart
from brightline.policy.proof.evaluation import Assignment, assignment_of, default, evaluate
from brightline.policy.proof.terms import BOOL, INT, STRING, Symbol, Term, above, apply, entity, reaches, text
from tests.unit.policy.proof.encoded import CONTEXT, ENTITIES, MODEL, request


@pytest.fixture
def assignment() -> Assignment:
    return assignment_of(MODEL, request(), ENTITIES)


def user(name: str) -> Term:
    return entity(("User", name))


def test_what_is_not_there_has_a_default(assignment: Assignment) -> None:
    asked = [
        (Symbol("context", path=("opt",)), STRING, ()),
        (Symbol("context", path=("n", "deeper")), INT, ()),
        (Symbol("attr", "User", ("age",)), INT, (user("nobody"),)),
        (Symbol("tag", "User"), INT, (user("ann"), text("none"))),
        (Symbol("tag", "Org"), INT, (entity(("Org", "o1")), text("none"))),
    ]
    for symbol, sort, args in asked:
        assert evaluate(apply(symbol, sort, args), assignment) == default(sort)


def test_presence_existence_and_tags(assignment: Assignment) -> None:
    asked = [
        (Symbol("context", path=("opt",), part="?"), (), False),
        (Symbol("attr", "User", ("boss",), "?"), (user("ann"),), True),
        (Symbol("exists", "User"), (user("ann"),), True),
        (Symbol("exists", "User"), (user("nobody"),), False),
        (Symbol("has-tag", "User"), (user("ann"), text("level")), True),
        (Symbol("has-tag", "User"), (user("nobody"), text("level")), False),
    ]
    for symbol, args, wanted in asked:
        assert evaluate(apply(symbol, BOOL, args), assignment) is wanted


def test_orders(assignment: Assignment) -> None:
    ann, group = user("ann"), entity(("Team", "t2"))
    teams = apply(Symbol("context", path=("teams",)), ("Set", ("Entity", "Team")))
    assert evaluate(above(ann, group), assignment) is True
    assert evaluate(above(user("bob"), group), assignment) is False
    assert evaluate(reaches(ann, teams), assignment) is True
    assert evaluate(reaches(user("bob"), teams), assignment) is False
    assert evaluate(reaches(ann, apply(Symbol("context"), BOOL)), assignment) is False


def test_defaults() -> None:
    assert default(("Entity", "T")) == ("T", "")
    assert default(("Set", STRING)) == frozenset()
    assert default(("Tuple", BOOL, INT)) == (False, 0)


def test_an_open_chart_lists_nobody() -> None:
    uid = ("User", "ann")
    assignment = Assignment(
        MODEL, principal=uid, action=("Action", "call"), resource=("File", "f"), context=CONTEXT, entities=Chart.OPEN
    )
    assert evaluate(apply(Symbol("principal"), ("Entity", "User")), assignment) == uid
    assert assignment.ancestors(uid) == frozenset()
    assert assignment.ancestors("text") == frozenset()
