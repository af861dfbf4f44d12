"""The control of the benchmark `wordings` takes out what it says, and leaves agreements that can be read."""

import importlib
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def wordings() -> ModuleType:
    return importlib.import_module("tests.benchmarks.wordings")


def test_without_the_fact_no_policy_looks_at_the_origin_of_data(wordings: ModuleType) -> None:
    for wording in (wordings.FEBRUARY, wordings.MARCH, wordings.WITH_BILL):
        before, after = wordings.draft_of(wording), wordings.draft_of(wording, wordings.without_origins)
        assert any("data_origins" in rule.text.text for rule in before.rules)
        for rule in (*after.rules, *after.red_lines):
            assert "data_origins" not in rule.text.text
            assert "DataOrigin" not in rule.text.text
        assert [rule.reason.policy_id for rule in after.rules] == [rule.reason.policy_id for rule in before.rules]


def test_an_edit_that_breaks_an_agreement_is_said(wordings: ModuleType) -> None:
    with pytest.raises(ValueError, match="policy/syntax"):
        wordings.draft_of(wordings.FEBRUARY, lambda _, text: text.replace("forbid", "forbbid"))
