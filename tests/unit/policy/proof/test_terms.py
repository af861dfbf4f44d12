import pytest

from brightline.policy.proof.terms import (
    BOOL,
    FALSE,
    INT,
    STRING,
    TRUE,
    Symbol,
    above,
    apply,
    arithmetic,
    at_most,
    below,
    conj,
    disj,
    entity,
    eq,
    iff,
    implies,
    integer,
    ite,
    like,
    matches,
    meets,
    member,
    neg,
    pack,
    reachable,
    reaches,
    set_of,
    subset,
    text,
    truth,
)

P, Q, R = (apply(Symbol("context", path=(name,)), BOOL) for name in "pqr")
N, M = (apply(Symbol("context", path=(name,)), INT) for name in "nm")
S = apply(Symbol("context", path=("s",)), STRING)
SET, OTHER = (apply(Symbol("context", path=(name,)), ("Set", STRING)) for name in "xy")


def test_equal_structures_are_one_term() -> None:
    assert conj([P, neg(Q)]) == conj([P, neg(Q)])
    assert hash(conj([P, Q])) == hash(conj([P, Q]))
    assert conj([P, Q]) != disj([P, Q])
    assert P != "p"
    assert integer(1) != TRUE
    assert len({text("a"), text("a"), entity(("T", "a"))}) == 2


def test_a_name_cannot_pass_for_an_argument() -> None:
    assert apply(Symbol("a"), BOOL, (P,)) != apply(Symbol("a"), BOOL, (P, P))


def test_conjunctions_and_disjunctions_are_simplified() -> None:
    assert conj([]) == TRUE
    assert disj([]) == FALSE
    assert conj([P, TRUE]) == P
    assert conj([P, FALSE]) == FALSE
    assert disj([P, TRUE]) == TRUE
    assert conj([P, conj([Q, P])]) == conj([P, Q])
    assert conj([P, neg(P)]) == FALSE
    assert disj([neg(P), P]) == TRUE
    assert neg(neg(P)) == P
    assert neg(TRUE) == FALSE


def test_what_a_premise_holds_is_not_asked_again() -> None:
    assert implies(conj([P, Q]), P) == TRUE
    assert implies(P, conj([P, Q])) == disj([neg(P), Q])


def test_choices_are_simplified() -> None:
    assert ite(TRUE, N, M) == N
    assert ite(FALSE, N, M) == M
    assert ite(P, N, N) == N
    assert ite(P, TRUE, Q) == disj([P, Q])
    assert ite(P, FALSE, Q) == conj([neg(P), Q])
    assert ite(P, Q, TRUE) == disj([neg(P), Q])
    assert ite(P, Q, FALSE) == conj([P, Q])
    assert ite(P, N, M).op == "ite"


def test_equality() -> None:
    assert eq(N, N) == TRUE
    assert eq(integer(1), integer(2)) == FALSE
    assert eq(N, M) == eq(M, N)
    assert iff(P, TRUE) == P
    assert iff(FALSE, P) == neg(P)
    assert iff(P, Q).op == "="
    assert eq(pack((N, S)), pack((integer(1), text("a")))) == conj([eq(N, integer(1)), eq(S, text("a"))])


def test_numbers() -> None:
    assert at_most(integer(1), integer(1)) == TRUE
    assert at_most(N, N) == TRUE
    assert below(integer(1), integer(1)) == FALSE
    assert below(N, N) == FALSE
    assert (at_most(N, M).op, below(N, M).op) == ("<=", "<")
    results = {op: arithmetic(op, integer(-7), integer(2)).data for op in ("+", "-", "*", "div", "mod")}
    assert results == {"+": -5, "-": -9, "*": -14, "div": -4, "mod": 1}
    assert arithmetic("+", N, M).op == "+"


def test_like_is_exact_for_literals() -> None:
    assert like(S, ("abc",)) == eq(S, text("abc"))
    assert like(S, (None,)) == TRUE
    assert like(text("abc"), ("a", None)) == TRUE
    assert like(S, ("a", None)).op == "like"


@pytest.mark.parametrize(
    ("value", "pattern", "wanted"),
    [
        ("", (), True),
        ("a", (), False),
        ("abc", ("a", None, "c"), True),
        ("abcd", ("a", None, "c"), False),
        ("ab", ("ab", None, "b"), False),
        ("xaxbx", (None, "a", None, "b", None), True),
        ("xbxax", (None, "a", None, "b", None), False),
        ("xab", ("a", None, "b"), False),
        ("abc", ("abc",), True),
        ("xabc", ("abc",), False),
    ],
)
def test_matches(value: str, pattern: tuple, wanted: bool) -> None:
    assert matches(value, pattern) is wanted


def test_sets() -> None:
    literal = set_of(STRING, [text("a"), text("a"), text("b")])
    assert len(literal.args) == 2
    assert member(S, literal) == disj([eq(S, text("a")), eq(S, text("b"))])
    assert member(S, SET).op == "member"
    assert subset(SET, SET) == TRUE
    assert subset(literal, SET) == conj([member(text("a"), SET), member(text("b"), SET)])
    assert subset(SET, literal).op == "subset"
    assert meets(SET, literal) == disj([member(text("a"), SET), member(text("b"), SET)])
    assert meets(SET, OTHER) == meets(OTHER, SET)


def test_orders() -> None:
    one, other = entity(("T", "a")), entity(("T", "b"))
    assert above(one, one) == FALSE
    assert above(one, other).op == "above"
    assert reaches(one, SET).op == "reaches"


def test_arguments_come_before_what_they_are_of() -> None:
    whole = conj([P, eq(N, M)])
    order = list(reachable(whole, P).values())
    assert all(order.index(arg) < order.index(term) for term in order for arg in term.args)
    assert order[-1] == whole


def test_a_term_shows_what_it_is() -> None:
    assert repr(conj([P, truth(value=True), like(S, ("a", None))])).startswith("(and (app Symbol")
