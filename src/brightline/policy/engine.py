"""Evaluates every policy for one request, in one pass, without stopping at the first answer."""

from collections.abc import Sequence
from dataclasses import dataclass

from brightline.policy.compile import Satisfied
from brightline.policy.values import Entity, EvaluationError, Record


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The positions of the policies that are satisfied, and of those that errored."""

    satisfied: tuple[int, ...]
    errored: tuple[int, ...]


def evaluate(
    policies: Sequence[Satisfied], principal: Entity, action: Entity, resource: Entity, context: Record
) -> Evaluation:
    """The policies of `policies` that hold for this request, and those that cannot be evaluated for it."""
    satisfied: list[int] = []
    errored: list[int] = []
    for index, policy in enumerate(policies):
        try:
            if policy(principal, action, resource, context):
                satisfied.append(index)
        except (EvaluationError, KeyError, TypeError):
            # KeyError: a missing attribute; TypeError: an attribute of what is neither record nor entity.
            errored.append(index)
    return Evaluation(tuple(satisfied), tuple(errored))
