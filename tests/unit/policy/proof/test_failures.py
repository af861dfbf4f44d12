"""A failed proof speaks with the words of its first failure, and carries all."""

import pytest

from brightline.policy import PolicyError
from brightline.policy.proof.failures import Failure, ProofFailedError


def test_all_failures_are_carried_and_the_first_speaks():
    failures = (
        Failure("policy/vacuous-red-line", {"red_line": "a"}),
        Failure("policy/not-proved", {"claim": "b", "why": "timeout"}),
    )
    with pytest.raises(PolicyError) as caught:
        raise ProofFailedError(failures)
    assert caught.value.code == "policy/vacuous-red-line"
    assert caught.value.failures == failures
    assert "`b`" in failures[1].text
    assert "--seconds" in failures[1].hint
