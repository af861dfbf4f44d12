"""What a new version would have decided otherwise about uses that were made."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from brightline.domain.decision import Decision, Effect
from brightline.domain.use import ToolEffect
from brightline.policy.draft import Draft
from brightline.policy.explain import Explainer
from brightline.policy.facts_record import RecordedUse, read_recorded
from brightline.policy.service import Agreement
from brightline.policy.verdict import refusal
from brightline.policy.written import WrittenRequest, lines_in, read_object, read_request

# What one report shows; the counts are of all.
MOST_SHOWN = 1_000
_RANK = {Effect.FORBID: 0, Effect.HOLD: 1, Effect.PERMIT: 2}
Made: TypeAlias = WrittenRequest | RecordedUse


@dataclass(frozen=True, slots=True)
class ChangedUse:
    """A use whose answer changes; `place` says where it was read."""

    place: str
    made: Made
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


class Decider:
    """Decides requests and recorded uses as a gateway under `draft` would, in whatever enclave they were made."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._explainer = Explainer(draft)
        self._agreements: dict[str, Agreement] = {}

    def decide(self, made: Made) -> Decision:
        """The decision; raises `PolicyError` for what the schema has no place for."""
        return self._explainer.decide(made) if isinstance(made, WrittenRequest) else self._again(made)

    def _again(self, made: RecordedUse) -> Decision:
        manifest = self._draft.manifest
        deployment = manifest.deployments.get(made.deployment)
        if deployment is None or made.enclave not in manifest.enclaves:
            return refusal("policy/deployment-not-authorised")
        agreement = self._agreements.get(made.enclave)
        if agreement is None:
            agreement = self._agreements[made.enclave] = Agreement(self._draft, made.enclave)
        effect_of: Callable[[str], ToolEffect] = agreement.effect_of
        return agreement.decide(made.use(deployment, effect_of, manifest.meters))


def recorded_changes(old: Draft, new: Draft, uses: Iterable[tuple[str, Made]]) -> Recorded:
    """Decide each of `uses` (with its place) under both versions; raises `PolicyError` for one that cannot be."""
    before, after = Decider(old), Decider(new)
    found = Recorded()
    for place, made in uses:
        found.total += 1
        change = ChangedUse(place, made, before.decide(made), after.decide(made))
        if change.before.effect is change.after.effect:
            continue
        found.counts[change.before.effect.value, change.after.effect.value] += 1
        found.widening += change.widens
        if len(found.changed) < MOST_SHOWN:
            found.changed.append(change)
    return found


def read_uses(path: Path) -> Iterator[tuple[str, Made]]:
    """The recorded uses and requests in the file `path`, one a line, with their places.

    Raises `PolicyError` (`policy/bad-request-file`) at the first line that is neither, and `OSError`.
    """
    for number, text in lines_in(path):
        place, line = f"{path}:{number}", read_object(text, file=str(path), line=number)
        if "recorded" in line:
            yield place, read_recorded(line, place=place)
        else:
            yield place, read_request(text, file=str(path), line=number)
