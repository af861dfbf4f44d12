"""Evaluates every policy for one request, in one pass, without stopping at the first answer."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from brightline.policy.compile import Group
from brightline.policy.operators import Rules
from brightline.policy.values import Entity, Record

# About 300 bytes each; one for every unit, action and deployment that meet.
_REMEMBERED_SCOPES = 4096


class Evaluation(NamedTuple):
    """The positions of the policies that are satisfied, and of those that errored, both rising."""

    satisfied: tuple[int, ...]
    errored: tuple[int, ...]


class Engine:
    """Policies bound to the entities of one store, indexed by their scopes."""

    def __init__(self, groups: Sequence[Group]) -> None:
        @lru_cache(maxsize=_REMEMBERED_SCOPES)
        def within_scope(principal: Entity, action: Entity, resource: Entity) -> tuple[Rules, ...]:
            return tuple([group.rules for group in groups if group.reaches(principal, action, resource)])

        self._within_scope = within_scope

    def evaluate(self, principal: Entity, action: Entity, resource: Entity, context: Record) -> Evaluation:
        """The policies that hold for this request, and those that cannot be evaluated for it."""
        satisfied: list[int] = []
        errored: list[int] = []
        for rules in self._within_scope(principal, action, resource):
            rules(principal, action, resource, context, satisfied, errored)
        satisfied.sort()
        errored.sort()
        return Evaluation(tuple(satisfied), tuple(errored))
