"""The encoder on Cedar's own integration tests: every fortieth case here, all with `nox -s bench -- cedar-corpus`."""

from collections import Counter
from pathlib import Path

import pytest

from brightline.policy.proof import encode_expression
from brightline.policy.proof.solver import SolverPool
from brightline.policy.proof.terms import TRUE
from tests.benchmarks.encoder_corpus import BAR_ACCEPTED, EncodedCase, answered, checked, solved, validating

STEP = 40
SOLVED_STEP = 12


@pytest.fixture(scope="module")
def cases(shared: Path) -> list[EncodedCase]:
    assert (shared / "vectors" / "cedar").is_dir()
    return list(validating(STEP))


def test_every_request_of_what_is_accepted(cases: list[EncodedCase]) -> None:
    seen = [checked(case) for case in cases]
    refused = Counter(one.refused for one in seen if one.refused)
    assert [line for one in seen for line in one.differing] == []
    assert len(cases) > 100
    assert 1 - refused.total() / len(cases) >= BAR_ACCEPTED
    assert set(refused) <= {"a set of sets that a request or an entity holds"}


def test_both_solvers_see_what_the_evaluator_sees(cases: list[EncodedCase]) -> None:
    accepted = [case for case in cases if not checked(case, printed=False).refused]
    with SolverPool() as pool:
        failing = [(solved(case, pool), answered(case, pool)) for case in accepted[::SOLVED_STEP]]
    assert failing == [("", "")] * len(failing)


def test_a_wrong_encoding_is_seen(cases: list[EncodedCase], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encode_expression, "equal", lambda _left, _right, _domain: TRUE)
    assert any(checked(case, printed=False).differing for case in cases)
