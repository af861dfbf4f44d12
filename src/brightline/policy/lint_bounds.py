"""What a condition leaves possible for one fact: a value of few, a number between two, a set with members.

Each answers two questions that are exact for the fact alone: what is left when two bounds must hold (None: nothing),
and whether one bound makes another sure.
"""

from collections.abc import Hashable
from dataclasses import dataclass

from brightline.policy.values import LONG_MAX, LONG_MIN


@dataclass(frozen=True, slots=True)
class Among:
    """One value: one of `allowed`, or with None any that is not in `excluded`."""

    allowed: frozenset[Hashable] | None
    excluded: frozenset[Hashable] = frozenset()

    def meet(self, other: "Among") -> "Among | None":
        """What is left of both."""
        excluded = self.excluded | other.excluded
        sets = [each for each in (self.allowed, other.allowed) if each is not None]
        if not sets:
            return Among(None, excluded)
        left = frozenset.intersection(*sets) - excluded
        return Among(left) if left else None

    def within(self, other: "Among") -> bool:
        """Whether every value that is left here is left in `other`."""
        if self.allowed is None:
            return other.allowed is None and other.excluded <= self.excluded
        return (other.allowed is None or self.allowed <= other.allowed) and not self.allowed & other.excluded


@dataclass(frozen=True, slots=True)
class Between:
    """One whole number from `low` to `high`."""

    low: int = LONG_MIN
    high: int = LONG_MAX

    def meet(self, other: "Between") -> "Between | None":
        """What is left of both."""
        low, high = max(self.low, other.low), min(self.high, other.high)
        return Between(low, high) if low <= high else None

    def within(self, other: "Between") -> bool:
        """Whether every number that is left here is left in `other`."""
        return other.low <= self.low and self.high <= other.high


@dataclass(frozen=True, slots=True)
class Members:
    """A set: no member outside `only` (None: any may be), one at least of each of `hits`, and none of `without`."""

    only: frozenset[Hashable] | None = None
    hits: frozenset[frozenset[Hashable]] = frozenset()
    without: frozenset[Hashable] = frozenset()

    def meet(self, other: "Members") -> "Members | None":
        """What is left of both."""
        sets = [each for each in (self.only, other.only) if each is not None]
        without = self.without | other.without
        only = frozenset.intersection(*sets) - without if sets else None
        hits = frozenset([self._left(hit, only, without) for hit in self.hits | other.hits])
        return None if frozenset() in hits else Members(only, hits, without)

    @staticmethod
    def _left(
        hit: frozenset[Hashable], only: frozenset[Hashable] | None, without: frozenset[Hashable]
    ) -> frozenset[Hashable]:
        return (hit if only is None else hit & only) - without

    def within(self, other: "Members") -> bool:
        """Whether every set that is left here is left in `other`."""
        if other.only is not None and (self.only is None or not self.only <= other.only):
            return False
        absent = all(
            item in self.without or (self.only is not None and item not in self.only) for item in other.without
        )
        return absent and all(any(own <= hit for own in self.hits) for hit in other.hits)


Bound = Among | Between | Members


def meet(one: Bound, other: Bound) -> Bound | None:
    """What is left when both hold; None: nothing."""
    if isinstance(one, Among) and isinstance(other, Among):
        return one.meet(other)
    if isinstance(one, Between) and isinstance(other, Between):
        return one.meet(other)
    if isinstance(one, Members) and isinstance(other, Members):
        return one.meet(other)
    raise TypeError("two bounds of one fact are of one kind")


def within(one: Bound, other: Bound) -> bool:
    """Whether `one` makes `other` sure."""
    if isinstance(one, Among) and isinstance(other, Among):
        return one.within(other)
    if isinstance(one, Between) and isinstance(other, Between):
        return one.within(other)
    return isinstance(one, Members) and isinstance(other, Members) and one.within(other)
