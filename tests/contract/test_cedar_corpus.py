"""Cedar's own integration tests: decision, determining and erring policies, by the functions that decide live uses.

Every third case runs here (some 21,000 requests); `CEDAR_CORPUS_STEP=1`, or `nox -s bench -- cedar-corpus`, runs all.
"""

import os
from pathlib import Path

import pytest

from brightline.policy import operators
from tests.benchmarks.cedar_corpus import REQUESTS, Case, mismatches, read_corpus

STEP = int(os.environ.get("CEDAR_CORPUS_STEP", "3"))


@pytest.fixture(scope="module")
def cases(shared: Path) -> list[Case]:
    return list(read_corpus(STEP, shared / "vectors" / "cedar" / "corpus-tests.tar.gz"))


def test_every_request_of_the_corpus(cases: list[Case]) -> None:
    decided = sum(len(case.requests) for case in cases)
    assert decided * STEP >= REQUESTS * 0.99, "found too little to test"
    assert [line for case in cases for line in mismatches(case)] == []


def test_a_broken_operator_is_seen(cases: list[Case], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operators, "has", lambda _value, _name: True)
    assert any(True for case in cases for _ in mismatches(case))
