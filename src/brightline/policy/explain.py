"""Explains one decision: which policies determined it, which attributes decided it, and what would change the answer.

Everything said was tried on the evaluator that decides: an attribute decided the answer when changing it alone gives
another answer, or takes a determining policy away.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from brightline.domain.decision import Decision, Effect, Layer
from brightline.policy.attributes import actions_of, at
from brightline.policy.draft import Draft
from brightline.policy.entities import store_of
from brightline.policy.expressions import Json
from brightline.policy.layers import Rule
from brightline.policy.nearness import Nearness
from brightline.policy.normaliser import Normaliser
from brightline.policy.proof.schema_model import read_schema
from brightline.policy.request import closed_entities, entities_of
from brightline.policy.trial import Trial
from brightline.policy.typical import Deviation, Typical, registers_of
from brightline.policy.verdict import refusal
from brightline.policy.vocabulary import vocabulary
from brightline.policy.written import WrittenRequest

# Four changes at once are more than a person would call an explanation; the width bounds the work at about a second.
MAX_CHANGES, WIDTH = 4, 12
MAX_WAYS = 5


class Determining(NamedTuple):
    """A policy that determined the decision: where it stands, and its author's words."""

    policy_id: str
    layer: Layer
    place: str
    reason: str
    hint: str
    clause: str
    source: str


class Way(NamedTuple):
    """Changes that together give another answer; `plain` of a change is what stands there now."""

    changes: tuple[Deviation, ...]
    after: Decision
    request: WrittenRequest


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a request is decided as it is.

    `decided_by` has one way for each attribute that alone gives another answer or other reasons, `ways` the smallest
    changes that were found to give a permit; `fewest` tells that a solver showed that no smaller one does.
    """

    decision: Decision
    determining: tuple[Determining, ...]
    decided_by: tuple[Way, ...]
    ways: tuple[Way, ...]
    fewest: bool = False


class Explainer:
    """One agreement, ready to explain its decisions."""

    def __init__(self, draft: Draft) -> None:
        self.entities: tuple[Mapping[str, Json], ...] = (*closed_entities(), *entities_of(draft.manifest))
        self._store = store_of(self.entities)
        self.draft = draft
        self.trial = Trial(draft.rules, draft.program, self._store)
        self._normaliser = Normaliser(read_schema(draft.schema), self._store)
        self._near = Nearness(self.trial, self._store)
        self._rules = {rule.reason.policy_id: rule for rule in draft.rules}

    def decide(self, asked: WrittenRequest) -> Decision:
        """What a gateway of this agreement in the enclave that `asked` names decides.

        Raises `PolicyError` for a request that does not fit the schema.
        """
        refused = self.refused(asked)
        if refused is not None:
            return refused
        self._normaliser.request(asked)
        return self.trial.decide(asked)

    def _decide(self, asked: WrittenRequest) -> Decision:
        """The decision about a request that is known to fit the schema."""
        return self.refused(asked) or self.trial.decide(asked)

    def refused(self, asked: WrittenRequest) -> Decision | None:
        """The refusal of what no policy is asked about."""
        authorised = self.draft.manifest.enclaves.get(str(at(asked.context, ("fact", "enclave"))), ())
        if asked.resource[1] not in authorised or asked.resource not in self._store.handles:
            return refusal("policy/deployment-not-authorised")
        if asked.principal not in self._store.handles:
            return refusal("policy/absent-entity")
        return None

    def typical(self, asked: WrittenRequest) -> Typical:
        """What can be tried around `asked`, whose action the schema knows."""
        action = next(one for one in actions_of(self.draft.schema) if one.id == asked.action[1])
        said = self.trial.contributions(asked)
        words, numbers = vocabulary([self._rules[name] for name in said], self.draft.rules)
        return Typical(action, registers_of((self.draft.manifest,)), words, numbers, around=asked)

    def explain(self, asked: WrittenRequest) -> Explanation:
        """Why `asked` is decided as it is; raises `PolicyError` for a request that does not fit the schema."""
        decision = self.decide(asked)
        determining = tuple(self._determining(decision))
        if self.refused(asked) is not None:
            return Explanation(decision, determining, (), ())
        typical = self.typical(asked)
        turns = self._turns(asked, decision, typical)
        return Explanation(decision, determining, turns, self._ways(asked, decision, typical))

    def way(self, asked: WrittenRequest, typical: Typical) -> Way:
        """The request `asked` as a way out of the one that `typical` is around."""
        return Way(typical.deviations(asked), self._decide(asked), asked)

    def _determining(self, decision: Decision) -> Iterator[Determining]:
        for reason in decision.reasons:
            rule = self._rules.get(reason.policy_id)
            place = f"{rule.text.file}:{rule.text.at[0]}:{rule.text.at[1]}" if rule is not None else ""
            notes = _annotations(rule)
            clause, source = notes.get("clause", ""), notes.get("source", "")
            yield Determining(reason.policy_id, reason.layer, place, reason.text, reason.hint, clause, source)

    def _turns(self, asked: WrittenRequest, decision: Decision, typical: Typical) -> tuple[Way, ...]:
        """The first way found for each attribute that alone gives another answer or takes a policy away."""
        found: dict[str, Way] = {}
        for other in typical.others(asked):
            changes = typical.deviations(other)
            if len(changes) == 1 and changes[0].name not in found:
                after = self._decide(other)
                if after.effect is not decision.effect or not _ids(decision) <= _ids(after):
                    found[changes[0].name] = Way(changes, after, other)
        return tuple(found[name] for name in sorted(found))

    def _ways(self, asked: WrittenRequest, decision: Decision, typical: Typical) -> tuple[Way, ...]:
        """The smallest changes that give the best answer within reach: what a person would want, else what he fears."""
        if decision.effect is Effect.PERMIT:
            return ()
        states = [asked]
        for _ in range(MAX_CHANGES):
            reached = _distinct(other for state in states for other in typical.others(state))
            ranked = sorted(
                ((self._near.obstacles(one), *typical.distance(one), index), one) for index, one in enumerate(reached)
            )
            through = [one for rank, one in ranked if rank[0] == 0]
            if through:
                fewest = min(len(typical.deviations(one)) for one in through)
                ways = [self.way(one, typical) for one in through if len(typical.deviations(one)) == fewest]
                return tuple(_one_for_each(ways))[:MAX_WAYS]
            states = [one for _, one in ranked[:WIDTH]]
        return ()


def _ids(decision: Decision) -> set[tuple[str, Layer]]:
    return {(reason.policy_id, reason.layer) for reason in decision.reasons}


def _annotations(rule: Rule | None) -> dict[str, str]:
    written = rule.policy.get("annotations") if rule is not None else None
    return {name: str(value) for name, value in written.items()} if isinstance(written, dict) else {}


def _distinct(requests: Iterator[WrittenRequest]) -> list[WrittenRequest]:
    seen: dict[str, WrittenRequest] = {}
    for request in requests:
        seen.setdefault(repr(request), request)
    return list(seen.values())


def _one_for_each(ways: Sequence[Way]) -> Iterator[Way]:
    """The first way for each set of attributes: ten tools that would do are one explanation."""
    seen: set[frozenset[str]] = set()
    for way in ways:
        names = frozenset(change.name for change in way.changes)
        if names not in seen:
            seen.add(names)
            yield way
