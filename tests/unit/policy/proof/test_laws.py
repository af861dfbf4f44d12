from brightline.policy.proof.laws import laws
from brightline.policy.proof.terms import (
    INT,
    STRING,
    TRUE,
    Symbol,
    Term,
    apply,
    at_most,
    conj,
    disj,
    eq,
    implies,
    integer,
    like,
    neg,
    reachable,
    text,
)
from tests.unit.policy.proof.encoded import problem

S = apply(Symbol("context", path=("s",)), STRING)
A, B, AB, ODD = (like(S, pattern) for pattern in (("a", None), ("b", None), ("ab", None), (None, "x", None)))


def found(term: Term) -> Term:
    return laws(problem(), term)


def test_patterns_are_told_how_they_relate() -> None:
    assert found(disj([A, B])) == neg(conj([A, B]))
    assert found(disj([A, AB])) == implies(AB, A)
    assert found(disj([AB, A])) == implies(AB, A)
    assert found(disj([A, ODD])) == TRUE


def test_moments_are_such_as_can_be_written() -> None:
    at, number = (apply(Symbol("context", path=(name,)), INT) for name in ("at", "n"))
    told = found(at_most(at, number))
    assert at in reachable(told).values()
    assert number not in reachable(told).values()


def test_other_numbers_have_no_law() -> None:
    ann = apply(Symbol("principal"), ("Entity", "User"))
    asked = [
        apply(Symbol("attr", "User", ("age",)), INT, (ann,)),
        apply(Symbol("tag", "User"), INT, (ann, text("level"))),
        apply(Symbol("witness", "0", ("0",)), INT),
        apply(Symbol("context", path=("n", "deeper")), INT),
    ]
    assert found(conj([eq(term, integer(1)) for term in asked])) == TRUE
