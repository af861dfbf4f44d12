"""Which question is put to the solvers, and what becomes of each answer; the solvers are stood in for."""

import pytest

from brightline.policy.expressions import UnsupportedError
from brightline.policy.proof import questions as module
from brightline.policy.proof.certificate import EVERY_CHART, SIGNED_CHART
from brightline.policy.proof.properties import Candidate, claims_of
from brightline.policy.proof.questions import Proved, Questions, Refuted, Shown, Undecided
from brightline.policy.proof.solver import Limits, Sat, Unknown, Unsat
from brightline.policy.proof.subject import subject_of
from brightline.policy.proof.terms import FALSE, TRUE
from brightline.policy.proof.witness import ProofRequest

FOUND = ProofRequest(("Unit", "org/unit"), ("Action", "generate"), ("Deployment", "one"), {}, ())


class Pool:
    def versions(self):
        return {"z3": "1", "cvc5": "2"}


@pytest.fixture
def asking(draft, monkeypatch):
    """Questions about the small agreement; the solvers answer from a list, and say what they were asked."""

    def make(*answers):
        waiting, asked = list(answers), []

        def solve(problem, assertion, *, limits, pool, confirm=True):
            asked.append((problem, assertion, confirm))
            answer = waiting.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer

        monkeypatch.setattr(module, "solve", solve)
        monkeypatch.setattr(module, "replay", lambda request, rules, *, schema: "decided")
        made = Questions(subject_of(draft()), Limits(), Pool())
        return made, claims_of(made.subject, made.model)[0], asked

    return make


def test_what_holds_for_every_chart_is_asked_once(asking):
    questions, claim, asked = asking(Unsat(("z3", "cvc5"), "native"))
    assert questions.settle(claim) == Proved(EVERY_CHART, "native")
    assert len(asked) == 1


def test_what_does_not_is_asked_for_the_chart_as_signed(asking):
    questions, claim, asked = asking(Sat(FOUND), Unsat(("z3", "cvc5")))
    assert questions.settle(claim) == Proved(SIGNED_CHART, "interned")
    assert asked[0][0] is not asked[1][0]


@pytest.mark.parametrize("first", [Sat(FOUND), Unknown("timeout"), UnsupportedError("ip")])
def test_a_request_under_the_chart_as_signed_refutes(asking, first):
    questions, claim, _ = asking(first, Sat(FOUND))
    assert questions.settle(claim) == Refuted(FOUND, "decided")


@pytest.mark.parametrize(
    ("second", "why"),
    [(Unknown("memory"), "memory"), (UnsupportedError("ip"), "it uses ip, which no formula can say")],
)
def test_what_nobody_knows_is_undecided(asking, second, why):
    questions, claim, _ = asking(Sat(FOUND), second)
    assert questions.settle(claim) == Undecided(why)


def test_the_best_rank_of_any_kind_of_request_comes_first(asking):
    questions, _, asked = asking(Unsat(("z3",)), Unknown("timeout"), Unsat(("z3",)), Sat(FOUND))
    one, other = questions.environments
    candidates = [Candidate("near", TRUE), Candidate("far", FALSE)]
    assert questions.first([(one, candidates), (other, candidates)]) == Shown(1, "far", FOUND)
    assert [assertion for _, assertion, _ in asked] == [TRUE, TRUE, FALSE, FALSE]
    assert {confirm for _, _, confirm in asked} == {False}


def test_no_request_is_known_or_unknown(asking):
    questions, _, _ = asking(Unsat(("z3",)), Unsat(("z3",)))
    some = [(each, [Candidate("near", TRUE)]) for each in questions.environments]
    assert questions.first(some) is None
    questions, _, _ = asking(Unknown("timeout"), Unsat(("z3",)))
    assert questions.first(some) == Undecided("timeout")
    assert questions.first([]) is None


def test_formulas_are_built_once_and_printed_for_each_solver(asking):
    questions, claim, _ = asking()
    assert questions.formulas(claim.environment, EVERY_CHART) is questions.formulas(claim.environment, EVERY_CHART)
    texts = questions.texts(claim, SIGNED_CHART, "interned")
    assert set(texts) == {"z3", "cvc5"}
    assert questions.versions() == {"z3": "1", "cvc5": "2"}
