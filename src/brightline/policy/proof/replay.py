"""Decides a request that a solver found by the evaluator that serves and by cedarpy, before anybody sees it."""

from collections.abc import Sequence

from brightline.domain.decision import Decision
from brightline.policy.layers import Rule
from brightline.policy.proof.witness import ProofRequest


def replay(request: ProofRequest, rules: Sequence[Rule], *, schema: str) -> Decision:
    """What `rules` decide about `request`, by our evaluator, confirmed by cedarpy under the JSON `schema`.

    Raises `PolicyError` (`policy/replay-differs`) when the two engines find otherwise, or cedarpy cannot read it.
    """
    raise NotImplementedError
