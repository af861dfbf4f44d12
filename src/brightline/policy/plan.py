"""What a new version would have decided otherwise about uses that were made."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from brightline.domain.decision import Decision, Effect
from brightline.policy.draft import Draft
from brightline.policy.explain import Explainer
from brightline.policy.written import WrittenRequest

# What one report shows; the counts are of all.
MOST_SHOWN = 1_000
_RANK = {Effect.FORBID: 0, Effect.HOLD: 1, Effect.PERMIT: 2}


@dataclass(frozen=True, slots=True)
class ChangedUse:
    """A use whose answer changes; `place` says where it was read."""

    place: str
    request: WrittenRequest
    before: Decision
    after: Decision

    @property
    def widens(self) -> bool:
        """Whether the new version lets more happen."""
        return _RANK[self.after.effect] > _RANK[self.before.effect]


@dataclass(slots=True)
class Recorded:
    """The recorded uses of a period under two versions; `counts` are by the answer before and after."""

    total: int = 0
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    changed: list[ChangedUse] = field(default_factory=list)
    widening: int = 0

    @property
    def changing(self) -> int:
        """How many uses change their answer."""
        return self.counts.total()


def recorded_changes(old: Draft, new: Draft, uses: Iterable[tuple[str, WrittenRequest]]) -> Recorded:
    """Decide each of `uses` (with its place) under both versions; raises `PolicyError` for one that cannot be."""
    before, after = Explainer(old), Explainer(new)
    found = Recorded()
    for place, asked in uses:
        found.total += 1
        change = ChangedUse(place, asked, before.decide(asked), after.decide(asked))
        if change.before.effect is change.after.effect:
            continue
        found.counts[change.before.effect.value, change.after.effect.value] += 1
        found.widening += change.widens
        if len(found.changed) < MOST_SHOWN:
            found.changed.append(change)
    return found
