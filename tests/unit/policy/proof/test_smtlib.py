import pytest

from brightline.policy.expressions import UnsupportedError
from brightline.policy.proof import smtlib as module
from brightline.policy.proof.encode import Chart
from brightline.policy.proof.smtlib import Question, pattern_name, smtlib, symbol_name
from brightline.policy.proof.terms import STRING, Symbol, apply, eq, text
from tests.unit.policy.proof.encoded import ENTITIES, policy, problem
from tests.unit.policy.proof.test_encode_expression import AGREEING

SET = 'context.words.containsAll(context.others) && context.s like "a*" && context.t == "x"'
ORDER = 'principal in Team::"t1" && Team::"t1" in Team::"t2" && context.teams.containsAny([Team::"t1"])'


def test_the_same_question_has_the_same_text() -> None:
    for dialect in ("z3", "cvc5"):
        texts = {smtlib(about, about.satisfied(policy(SET)), dialect=dialect) for about in (problem(), problem())}
        assert len(texts) == 1


@pytest.mark.parametrize("written", AGREEING)
def test_no_name_is_reserved_and_no_parenthesis_is_open(written: str) -> None:
    about = problem()
    for dialect in ("z3", "cvc5"):
        for strings in ("interned", "native"):
            found = smtlib(about, about.satisfied(policy(written)), dialect=dialect, strings=strings)
            assert found.count("(") == found.count(")")
            assert "|@" not in found
            assert "|." not in found


def test_only_z3_is_given_its_own_order() -> None:
    about = problem(Chart.OPEN)
    written = about.satisfied(policy(ORDER))
    assert "partial-order" in smtlib(about, written, dialect="z3")
    assert "partial-order" not in smtlib(about, written, dialect="cvc5")


def test_a_pattern_is_told_of_the_literals_that_it_may_meet() -> None:
    about = problem()
    written = about.satisfied(policy('context.s like "a*" && (context.s == "abc" || context.t == "axe")'))
    interned = smtlib(about, written, dialect="z3")
    assert '(assert (|like a*| |"abc"|))' in interned
    assert '(|like a*| |"axe"|)' not in interned
    native = smtlib(about, written, dialect="z3", strings="native")
    assert '(str.in_re |context.s| (re.++ (str.to_re "a") re.all))' in native


def test_closed_types_are_ranges() -> None:
    about = problem(Chart(ENTITIES))
    found = smtlib(about, about.satisfied(policy('resource.owner == User::"zed" || principal.age > 3')), dialect="z3")
    assert "(assert (<= 1 |principal| 2))" in found


def test_an_empty_closed_type_has_nobody() -> None:
    about = problem(Chart([]))
    assert "(assert false)" in smtlib(about, about.satisfied(policy("context.b")), dialect="z3")
    boss = about.satisfied(policy("principal.age > 3 || resource.owner == principal"))
    assert "(assert false)" in smtlib(about, boss, dialect="z3")
    teams = problem(Chart([one for one in ENTITIES if one["uid"]["type"] in ("User", "File")]))
    box = apply(Symbol("context", path=("box",)), ("Entity", "Box"))
    other = apply(Symbol("context", path=("other",)), ("Entity", "Box"))
    assert "(assert (<= 0 |context.box| (- 1)))" in smtlib(teams, eq(box, other), dialect="z3")


def test_names_are_escaped() -> None:
    assert symbol_name(Symbol("context", path=("a.b", "c|d"))) == "context.a%2Eb.c%7Cd"
    assert symbol_name(Symbol("attr", "T", ("x",), "?")) == "attr T.x?"
    assert symbol_name(Symbol("context", path=("ip",), part="v4")) == "context.ip#v4"
    assert pattern_name(("a*", None)) == "like a%2A*"


def test_strings_that_smtlib_cannot_write() -> None:
    about = problem()
    s = apply(Symbol("context", path=("s",)), STRING)
    odd = eq(s, text('q"\\\n\u00e9'))
    assert '"q\\u{22}\\u{5c}\\u{a}\\u{e9}"' in smtlib(about, odd, dialect="z3", strings="native")
    beyond = eq(s, text("\U00030000"))
    assert smtlib(about, beyond, dialect="z3")
    with pytest.raises(UnsupportedError):
        smtlib(about, beyond, dialect="z3", strings="native")


def test_a_text_that_nobody_reads_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", 100)
    with pytest.raises(UnsupportedError):
        smtlib(problem(), problem().satisfied(policy(SET)), dialect="z3")


def test_every_term_has_a_name() -> None:
    about = problem()
    question = Question(about, about.satisfied(policy(SET)), dialect="z3", strings="interned")
    assert question.name_of(apply(Symbol("context", path=("s",)), STRING)) == "|context.s|"
