"""Two versions side by side over one chart: how each decides a request, and what makes the difference."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from brightline.domain.decision import Decision, Effect
from brightline.policy.attributes import actions_of
from brightline.policy.draft import Draft, joint_schema
from brightline.policy.entities import store_of
from brightline.policy.expressions import Json
from brightline.policy.layers import Rule
from brightline.policy.proof.causes import Altered, altered, causes_of, change_of
from brightline.policy.proof.differences import Change
from brightline.policy.proof.registers import union_chart
from brightline.policy.trial import Trial, standing
from brightline.policy.typical import Typical, registers_of
from brightline.policy.vocabulary import vocabulary
from brightline.policy.written import WrittenRequest


@dataclass(frozen=True, slots=True)
class Kind:
    """What a group is known by: how the answer changes, what it was before, and which policies make it change."""

    change: Change
    before: Effect
    causes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two versions bound to the union of their charts."""

    old: Trial
    new: Trial
    altered: tuple[Altered, ...]
    entities: tuple[Mapping[str, Json], ...]
    typical: Mapping[str, Typical]

    def kind_of(self, asked: WrittenRequest) -> Kind | None:
        """The group that a request belongs to; none when both versions answer alike."""
        before, after = self.old.contributions(asked), self.new.contributions(asked)
        if before == after:
            return None
        stood = standing(before.values())
        change = change_of(stood, standing(after.values()))
        return Kind(change, stood.effect, causes_of(before, after, self.altered)) if change else None

    def decisions(self, asked: WrittenRequest) -> tuple[Decision, Decision]:
        """What the old and the new version decide."""
        return self.old.decide(asked), self.new.decide(asked)


def pair_of(old: Draft, new: Draft) -> Pair:
    """The two versions, ready to be compared."""
    entities = union_chart(old.manifest, new.manifest)
    store = store_of(entities)
    differing = altered(old.rules, new.rules)
    registers = registers_of((old.manifest, new.manifest))
    words, numbers = vocabulary(_rules(differing), [*old.rules, *new.rules])
    before, after = Trial(old.rules, old.program, store), Trial(new.rules, new.program, store)

    def permitted(asked: WrittenRequest) -> bool:
        return before.standing(asked).effect is Effect.PERMIT or after.standing(asked).effect is Effect.PERMIT

    typical = {
        action.id: Typical(action, registers, words, numbers, permitted=permitted)
        for action in actions_of(joint_schema(old, new))
    }
    return Pair(before, after, differing, entities, typical)


def _rules(differing: Iterable[Altered]) -> list[Rule]:
    return [rule for one in differing for rule in (one.old, one.new) if rule is not None]
