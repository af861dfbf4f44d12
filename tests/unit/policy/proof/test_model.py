import pytest

from brightline.policy.proof.model import Model, ModelError, asked_terms, facts_of, fresh, values_of
from brightline.policy.proof.smtlib import Question
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
    entity,
    eq,
    integer,
    like,
    member,
    neg,
    pack,
    text,
    truth,
)
from tests.unit.policy.proof.encoded import problem

S, T = (apply(Symbol("context", path=(name,)), STRING) for name in "st")
N = apply(Symbol("context", path=("n",)), INT)
USER = apply(Symbol("principal"), ("Entity", "User"))
WORDS = apply(Symbol("context", path=("words",)), ("Set", STRING))
PAIRS = apply(Symbol("context", path=("pairs",)), ("Set", ("Tuple", STRING, BOOL)))


def model(assertion: Term, values: dict, strings: str = "interned") -> Model:
    question = Question(problem(), assertion, dialect="z3", strings=strings)
    asked = asked_terms(question)
    return Model(question, asked, [values[question.name_of(term)] for term in asked])


def test_values_are_read() -> None:
    said = '(((f (g x)) (- 5))\n (|a b| true) (y false) (z 12) (w "a""b\\u{e9}\\u0041"))'
    assert values_of(said, 5) == [-5, True, False, 12, 'a"b\u00e9A']


@pytest.mark.parametrize(
    ("said", "count"),
    [
        ("((x 1))", 2),
        ("", 1),
        ("((x abc))", 1),
        ("((x (+ 5)))", 1),
        ("((x (- y)))", 1),
        ('((x "\\u{d800}"))', 1),
        ("(())", 1),
    ],
)
def test_what_cannot_be_read_is_no_model(said: str, count: int) -> None:
    with pytest.raises(ModelError):
        values_of(said, count)


def test_numbers_are_entities_and_strings_again() -> None:
    assertion = conj(
        [eq(USER, entity(("User", "ann"))), eq(S, text("x")), disj([like(S, ("x", None)), eq(N, integer(3))])]
    )
    found = model(assertion, {"|principal|": 0, "|context.s|": 0, "(|like x*| |context.s|)": True, "|context.n|": 3})
    assert found.value(USER) == ("User", "ann")
    assert found.value(S) == "x"
    assert found.value(N) == 3
    assert found.value(text("lit")) == "lit"
    assert found.value(pack((S, truth(value=True)))) == ("x", True)


def test_new_entities_and_strings_are_made() -> None:
    assertion = conj([neg(eq(USER, entity(("User", "some-user")))), neg(eq(S, text("abc"))), like(S, ("ab", None))])
    found = model(assertion, {"|principal|": 7, "|context.s|": -1, "(|like ab*| |context.s|)": True})
    assert found.value(USER) == ("User", "some-user-2")
    assert found.value(USER) == ("User", "some-user-2")
    assert str(found.value(S)).startswith("ab")
    assert found.value(S) != "abc"


def test_no_string_no_model() -> None:
    assertion = conj([like(S, ("a", None)), like(S, ("b", None))])
    found = model(
        assertion, dict.fromkeys(("(|like a*| |context.s|)", "(|like b*| |context.s|)"), True) | {"|context.s|": 5}
    )
    with pytest.raises(ModelError):
        found.value(S)


def test_native_strings_are_as_they_are() -> None:
    found = model(eq(S, T), {"|context.s|": "q", "|context.t|": "q"}, "native")
    assert found.value(S) == "q"


def test_facts() -> None:
    group = entity(("Team", "t"))
    lies, other = above(USER, group), above(USER, entity(("Team", "u")))
    inside, outside = member(text("a"), WORDS), member(text("b"), WORDS)
    pair = member(pack((S, truth(value=True))), PAIRS)
    assertion = conj([lies, neg(other), inside, neg(outside), pair, member(S, WORDS)])
    question = Question(problem(), assertion, dialect="z3", strings="interned")
    values = {
        "|principal|": 9,
        "|context.s|": 5,
        question.name_of(lies): True,
        question.name_of(other): False,
        question.name_of(inside): True,
        question.name_of(outside): False,
        question.name_of(pair): True,
        question.name_of(member(S, WORDS)): True,
    }
    facts, order = facts_of(model(assertion, values))
    assert order == {(("User", "some-user"), ("Team", "t"))}
    assert facts[WORDS.data, ()] == {"a", "some-text"}
    assert facts[PAIRS.data, ()] == {("some-text", True)}


def test_fresh_ids() -> None:
    assert fresh("A::User", set()) == "some-user"
    assert fresh("User", {"some-user", "some-user-2"}) == "some-user-3"
