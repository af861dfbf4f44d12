"""The smallest change that would be permitted, with both solvers at work, and with answers that a test makes up."""

from collections.abc import Callable
from pathlib import Path

import pytest

from brightline.domain.decision import Effect
from brightline.policy.attributes import actions_of, put
from brightline.policy.draft import read_draft
from brightline.policy.explain import Explainer, Explanation
from brightline.policy.expressions import UnsupportedError
from brightline.policy.proof import nearest
from brightline.policy.proof.nearest import with_nearest
from brightline.policy.proof.solver import Limits, SolverPool, Unknown, Unsat
from brightline.policy.typical import Typical, registers_of
from brightline.policy.written import WrittenRequest

OPERATOR = (
    '@id("operator-1") @clause("c") @source("s") @limits("nothing")\n'
    "permit (principal, action, resource)\n"
    'when { context.fact.app == "one" && context.fact.key_id == "two" && context.fact.input_bytes > 70000 };\n'
)


class Shared:
    """The pool of the whole run, where each explanation would start its own."""

    def __init__(self, pool: SolverPool) -> None:
        self._pool = pool

    def __enter__(self) -> SolverPool:
        return self._pool

    def __exit__(self, *_: object) -> None:
        return None


@pytest.fixture(autouse=True)
def one_pool(pool: SolverPool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nearest, "SolverPool", lambda: Shared(pool))


@pytest.fixture
def explainer(directory: Callable[..., Path]) -> Explainer:
    draft, faults = read_draft(directory({"operator/operator.cedar": OPERATOR}))
    assert draft is not None, faults
    return Explainer(draft)


@pytest.fixture
def asked(explainer: Explainer) -> WrittenRequest:
    draft = explainer.draft
    generate = next(action for action in actions_of(draft.schema) if action.id == "generate")
    plain = Typical(generate, registers_of((draft.manifest,)), [], []).plain
    surveil = [{"__entity": {"type": "Effect", "id": "surveil"}}]
    return plain._replace(context=put(plain.context, ("fact", "effects"), surveil))


def found(explainer: Explainer, asked: WrittenRequest, *, ways: bool = True) -> Explanation:
    explanation = explainer.explain(asked)
    return explanation if ways else Explanation(explanation.decision, explanation.determining, (), ())


@pytest.mark.parametrize("ways", [True, False])
def test_all_that_has_to_change_and_nothing_else(explainer: Explainer, asked: WrittenRequest, ways: bool) -> None:
    shown = with_nearest(explainer, asked, found(explainer, asked, ways=ways), limits=Limits())
    assert shown.fewest
    assert {change.name for change in shown.ways[0].changes} == {
        "context.fact.app",
        "context.fact.key_id",
        "context.fact.input_bytes",
        "context.fact.effects",
    }
    assert shown.ways[0].after.effect is Effect.PERMIT


def test_what_needs_no_solver(explainer: Explainer, asked: WrittenRequest) -> None:
    absent = asked._replace(principal=("Unit", "org/gone"))
    explanation = found(explainer, absent)
    assert with_nearest(explainer, absent, explanation, limits=Limits()) is explanation
    way = found(explainer, asked).ways[0].request
    explanation = found(explainer, way)
    assert with_nearest(explainer, way, explanation, limits=Limits()) is explanation


def test_without_an_answer_it_stays_as_it_was(
    explainer: Explainer, asked: WrittenRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    explanation = found(explainer, asked, ways=False)
    for answer in (Unknown("timeout"), Unsat(("z3",))):
        monkeypatch.setattr(nearest, "solve", lambda *_, answer=answer, **__: answer)
        assert with_nearest(explainer, asked, explanation, limits=Limits()) is explanation
    explanation = found(explainer, asked)
    monkeypatch.setattr(nearest, "solve", lambda *_, **__: Unknown("timeout"))
    assert not with_nearest(explainer, asked, explanation, limits=Limits()).fewest


def test_a_construct_that_no_solver_is_given(
    explainer: Explainer, asked: WrittenRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unsupported(*_: object) -> None:
        raise UnsupportedError("an odd thing")

    monkeypatch.setattr(nearest, "judgement", unsupported)
    explanation = found(explainer, asked)
    assert with_nearest(explainer, asked, explanation, limits=Limits()) is explanation
