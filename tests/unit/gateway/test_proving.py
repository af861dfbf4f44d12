"""The prover is there only where both solvers are, and asks the policy room's own functions."""

import importlib

import pytest

from brightline.gateway import proving
from brightline.gateway.proving import SolverProver, installed_prover
from brightline.testing.house import house_agreement


@pytest.mark.parametrize("missing", ["z3", "cvc5"])
def test_without_either_solver_there_is_none(missing: str) -> None:
    assert installed_prover(lambda name: None if name == missing else object()) is None


def test_with_both_there_is_one() -> None:
    assert isinstance(installed_prover(lambda name: object()), SolverProver)


def test_it_asks_for_the_proof_and_for_the_subset(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    checking = importlib.import_module("brightline.policy.proof.verify_proof")
    showing = importlib.import_module("brightline.policy.proof.subset")

    def verify(draft: object, text: object, *, limits: object, progress: object) -> None:
        asked.append((draft, text))
        progress("a step")  # type: ignore[operator]

    monkeypatch.setattr(checking, "verify_proof", verify)
    monkeypatch.setattr(showing, "check_subset", lambda before, after, *, limits: asked.append((before, after)))
    draft = house_agreement().draft
    SolverProver().confirm(draft)
    SolverProver().shows_tightening(draft, draft)
    assert asked == [(draft, draft.texts["certificate.json"]), (draft, draft)]
    assert proving._SOLVERS == ("z3", "cvc5")
