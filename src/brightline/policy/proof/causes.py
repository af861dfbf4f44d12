"""Which policies make the difference between two versions, for one request.

The answer is a function of what each policy contributes. So a cause is a smallest set of policies such that putting
their new contributions in place of their old ones, and nothing else, already gives the new answer.
"""

import json
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

from brightline.domain.decision import Effect
from brightline.policy.layers import Rule
from brightline.policy.proof.differences import Cause, Change
from brightline.policy.trial import Contribution, Standing, contribution, standing

# Beyond, looking at all pairs costs more than it tells; the set is then reduced one by one.
_MOST_TO_COMBINE = 16


class Altered(NamedTuple):
    """A policy that is not the same in both versions; `old` or `new` is none where it is not there."""

    policy_id: str
    old: Rule | None
    new: Rule | None

    @property
    def same_kind(self) -> bool:
        """Whether both versions of it contribute the same when satisfied."""
        return self.old is not None and self.new is not None and contribution(self.old) == contribution(self.new)

    def cause(self) -> Cause:
        """This policy as the cause of a difference, in the words of the version that has the say."""
        rule = self.old or self.new
        if rule is None:
            raise ValueError(self.policy_id)
        how = "changed" if self.old and self.new else ("removed" if self.old else "added")
        place = f"{rule.text.file}:{rule.text.at[0]}"
        return Cause(self.policy_id, how, rule.layer, rule.forbids, rule.reason.text, place)


def altered(old: Sequence[Rule], new: Sequence[Rule]) -> tuple[Altered, ...]:
    """The policies that differ, by id; one that only got another id, other words or another place does not."""
    before, after = {rule.reason.policy_id: rule for rule in old}, {rule.reason.policy_id: rule for rule in new}
    found = [
        Altered(name, before.get(name), after.get(name))
        for name in sorted(before.keys() | after.keys())
        if name not in before or name not in after or _meaning(before[name]) != _meaning(after[name])
    ]
    return tuple(_without_renamed(found))


def _without_renamed(found: list[Altered]) -> list[Altered]:
    gone: dict[str, list[Altered]] = {}
    for one in found:
        if one.old is not None and one.new is None:
            gone.setdefault(_meaning(one.old), []).append(one)
    renamed: set[str] = set()
    for one in found:
        twins = gone.get(_meaning(one.new), []) if one.new is not None and one.old is None else []
        if twins:
            renamed |= {one.policy_id, twins.pop().policy_id}
    return [one for one in found if one.policy_id not in renamed]


def _meaning(rule: Rule) -> str:
    """What of a policy counts for a decision."""
    bare = {name: part for name, part in rule.policy.items() if name != "annotations"}
    return json.dumps([bare, repr(contribution(rule))], sort_keys=True)


def change_of(before: Standing, after: Standing) -> Change | None:
    """How an answer changes; none when it does not, or when only reasons do."""
    if before.effect is not after.effect:
        changes = {Effect.PERMIT: Change.PERMITTED, Effect.HOLD: Change.HELD, Effect.FORBID: Change.FORBIDDEN}
        return changes[after.effect]
    if any(not after.covers(demand) for demand in before.demands):
        return Change.LOOSENED
    return Change.TIGHTENED if any(not before.covers(demand) for demand in after.demands) else None


def causes_of(
    before: Mapping[str, Contribution], after: Mapping[str, Contribution], candidates: Sequence[Altered]
) -> tuple[str, ...]:
    """The ids of a smallest set of policies that makes the difference; empty when the answer does not change."""
    start = standing(before.values())
    wanted = change_of(start, standing(after.values()))
    if wanted is None:
        return ()
    differing = [one.policy_id for one in candidates if before.get(one.policy_id) != after.get(one.policy_id)]

    def suffices(ids: Sequence[str]) -> bool:
        mixed = {**before, **{name: said for name, said in after.items() if name in ids}}
        kept = {name: said for name, said in mixed.items() if name not in ids or name in after}
        return change_of(start, standing(kept.values())) is wanted

    if len(differing) <= _MOST_TO_COMBINE:
        for size in (1, 2):
            for ids in combinations(differing, size):
                if suffices(ids):
                    return ids
    kept = differing
    for name in differing:
        fewer = [other for other in kept if other != name]
        if suffices(fewer):
            kept = fewer
    return tuple(kept)
