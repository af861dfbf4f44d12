import pytest

from brightline.policy.expressions import UnsupportedError
from brightline.policy.proof import axioms
from brightline.policy.proof.axioms import bounds, order_axioms, set_axioms, with_axioms, witness
from brightline.policy.proof.terms import (
    BOOL,
    INT,
    STRING,
    Symbol,
    Term,
    above,
    apply,
    conj,
    disj,
    eq,
    integer,
    meets,
    member,
    neg,
    reachable,
    reaches,
    subset,
    text,
)
from tests.unit.policy.proof.encoded import MODEL


def words(name: str, element: tuple = STRING) -> Term:
    return apply(Symbol("context", path=(name,)), ("Set", element))


def entity_of(kind: str, name: str) -> Term:
    return apply(Symbol("context", path=(name,)), ("Entity", kind))


def test_a_set_comparison_has_a_witness_of_its_own() -> None:
    one, other = subset(words("a"), words("b")), subset(words("b"), words("a"))
    assert witness(one) != witness(other)
    assert witness(one).sort == STRING
    assert witness(subset(words("p", ("Tuple", INT, BOOL)), words("q", ("Tuple", INT, BOOL)))).sort == (
        "Tuple",
        INT,
        BOOL,
    )


def test_no_comparison_needs_no_axiom() -> None:
    assert set_axioms([member(text("x"), words("a"))]) == []


def test_what_a_subset_means() -> None:
    atom = subset(words("a"), words("b"))
    found = set_axioms(reachable(conj([atom, member(text("x"), words("a"))])).values())
    shown = witness(atom)
    assert found[0] == disj((atom, conj((member(shown, words("a")), neg(member(shown, words("b")))))))
    assert disj((neg(atom), neg(member(text("x"), words("a"))), member(text("x"), words("b")))) in found


def test_what_meeting_and_reaching_mean() -> None:
    teams, user, team = words("t", ("Entity", "Team")), entity_of("User", "u"), entity_of("Team", "v")
    assert len(set_axioms([meets(words("a"), words("b"))])) == 2
    other = set_axioms(reachable(reaches(user, teams)).values())
    assert above(user, witness(reaches(user, teams))) in reachable(*other).values()
    same = set_axioms(reachable(reaches(team, teams)).values())
    assert eq(team, witness(reaches(team, teams))) in reachable(*same).values()


def test_too_many_instances_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(axioms, "MOST_INSTANCES", 0)
    with pytest.raises(UnsupportedError):
        set_axioms([meets(words("a"), words("b"))])
    one, two, three = (entity_of("Team", name) for name in "abc")
    with pytest.raises(UnsupportedError):
        order_axioms([above(one, two), above(two, three)], MODEL)


def test_an_order_is_spelt_out_among_those_in_between() -> None:
    one, two, three = (entity_of("Team", name) for name in "abc")
    found = order_axioms([above(one, two), above(two, three)], MODEL)
    assert disj((neg(above(one, two)), neg(above(two, three)), above(one, three))) in found
    assert disj((neg(above(one, two)), neg(eq(one, two)))) in found
    user, badge = entity_of("User", "u"), entity_of("Badge", "b")
    assert order_axioms([above(user, badge)], MODEL) == []


def test_numbers_have_64_bits() -> None:
    number = apply(Symbol("context", path=("n",)), INT)
    flag = apply(Symbol("context", path=("b",)), BOOL)
    [found] = bounds([number, flag, integer(3)])
    assert number in reachable(found).values()
    assert bounds([witness(subset(words("a", INT), words("b", INT)))])
    address = ("Tuple", BOOL, INT, INT)
    assert bounds(witness(subset(words("a", address), words("b", address))).args) == []


def test_the_ends_of_a_range_follow_from_its_prefix() -> None:
    first = apply(Symbol("context", path=("ip",), part="first"), INT)
    last = apply(Symbol("context", path=("ip",), part="last"), INT)
    found = bounds([first, last])
    assert len(found) == 2 + 33 + 129


def test_constants_need_no_axiom() -> None:
    number = apply(Symbol("context", path=("n",)), INT)
    assertion = conj([eq(number, integer(1)), above(entity_of("Team", "a"), entity_of("Team", "b"))])
    for order in (True, False):
        found, terms = with_axioms(assertion, MODEL, order=order)
        assert assertion in terms
        assert len(found) == (2 if order else 1)
