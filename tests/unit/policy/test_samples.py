"""The sample uses of the self-check."""

from dataclasses import replace

import pytest

from brightline.domain.decision import Effect
from brightline.policy import load_agreement
from brightline.policy.draft import read_draft
from brightline.policy.samples import SAMPLES, sample_uses


def test_the_same_agreement_is_checked_with_the_same_uses(directory):
    draft = read_draft(directory())[0]
    first = list(sample_uses(draft.manifest, draft.rules, draft.digest))
    assert first == list(sample_uses(draft.manifest, draft.rules, draft.digest))
    assert len(first) == SAMPLES
    assert first != list(sample_uses(draft.manifest, draft.rules, bytes(32)))


def test_the_uses_reach_every_answer(directory):
    draft = read_draft(directory())[0]
    agreement = load_agreement(directory(), "field")
    decisions = [agreement.decide(use) for use in sample_uses(draft.manifest, draft.rules, draft.digest)]
    assert {decision.code for decision in decisions} >= {"policy/forbidden", "policy/not-permitted"}
    assert any(decision.effect is Effect.PERMIT for decision in decisions)


@pytest.mark.parametrize("units", [{}, {"org": ()}])
def test_an_agreement_without_anybody(directory, units):
    manifest = replace(read_draft(directory())[0].manifest, units=units)
    assert list(sample_uses(manifest, (), b"")) == []
