from brightline.policy.proof.string_classes import StringClasses
from brightline.policy.proof.terms import (
    BOOL,
    STRING,
    Symbol,
    Term,
    apply,
    conj,
    entity,
    eq,
    ite,
    meets,
    member,
    pack,
    reachable,
    set_of,
    subset,
    text,
    truth,
)

PAIR = ("Tuple", STRING, BOOL)


def word(name: str) -> Term:
    return apply(Symbol("context", path=(name,)), STRING)


def words(name: str, element: tuple = STRING) -> Term:
    return apply(Symbol("context", path=(name,)), ("Set", element))


def classes(*terms: Term) -> StringClasses:
    return StringClasses(reachable(conj(terms)).values())


A, B, C = word("a"), word("b"), word("c")


def test_what_is_never_compared_stays_apart() -> None:
    found = classes(eq(A, text("x")), eq(B, text("y")))
    assert found.literals(A) == {"x"}
    assert found.literals(B) == {"y"}
    assert found.of(A) != found.of(B)
    assert found.literals(C) == frozenset()


def test_equality_and_choices_join() -> None:
    chosen = ite(apply(Symbol("context"), BOOL), B, text("z"))
    found = classes(eq(A, B), eq(B, text("y")), eq(chosen, C))
    assert found.of(A) == found.of(B) == found.of(C)
    assert found.literals(A) == {"y", "z"}
    again = classes(eq(A, B), eq(B, C), eq(A, C))
    assert again.of(A) == again.of(C)


def test_elements_join_with_their_set() -> None:
    found = classes(member(A, words("s")), member(text("x"), words("s")), member(B, words("r")))
    assert found.literals(A) == {"x"}
    assert found.of(A) != found.of(B)


def test_compared_sets_join() -> None:
    for compared in (subset(words("s"), words("r")), meets(words("s"), words("r"))):
        found = classes(compared, member(A, words("s")), member(B, words("r")))
        assert found.of(A) == found.of(B)
    literal = set_of(STRING, [text("x"), C])
    found = classes(subset(words("s"), literal), member(A, words("s")))
    assert found.literals(A) == {"x"}
    assert found.of(A) == found.of(C)


def test_strings_in_tuples_join_place_by_place() -> None:
    pairs = words("p", PAIR)
    inside = set_of(PAIR, [pack((text("x"), truth(value=True)))])
    found = classes(subset(pairs, inside), member(pack((A, truth(value=False))), pairs))
    assert found.literals(A) == {"x"}


def test_arguments_join() -> None:
    tags = [apply(Symbol("has-tag", "T"), BOOL, (entity(("T", "t")), key)) for key in (A, B, text("x"))]
    found = classes(*tags)
    assert found.of(A) == found.of(B)
    assert found.literals(A) == {"x"}
