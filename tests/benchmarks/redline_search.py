"""Searches with the evaluator for requests that cross a red line and pass: what the prover must find as well.

Requests are drawn near the line, from the words, numbers and patterns that the policies compare with; those that cross
it are kept once for a set, and every mutant of the set decides all of them.
"""

import random
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from brightline.domain.decision import Decision, Effect
from brightline.policy.attributes import Attribute, actions_of, put
from brightline.policy.compile import compile_policies
from brightline.policy.engine import Engine
from brightline.policy.entities import Store, record_of, store_of
from brightline.policy.expressions import Json
from brightline.policy.layers import Rule
from brightline.policy.proof.subject import Subject
from brightline.policy.request import Request
from brightline.policy.values import LONG_MAX
from brightline.policy.verdict import Verdicts

_TRIES = 12_000
_KEPT = 400
_EVERYBODY = 99


class _Pools(NamedTuple):
    words: list[str]
    numbers: list[int]
    entities: Mapping[str, list[str]]


def _nodes(node: object) -> Iterable[Mapping[str, object]]:
    waiting = [node]
    while waiting:
        current = waiting.pop()
        if isinstance(current, Mapping):
            yield current
            waiting.extend(current.values())
        elif isinstance(current, list):
            waiting.extend(current)


def _instances(pattern: object) -> Iterable[str]:
    """Strings that match a `like` pattern, and near misses."""
    items = pattern if isinstance(pattern, list) else []
    for filling in ("", "x", "-x"):
        text = "".join(filling if item == "Wildcard" else str(item["Literal"]) for item in items)
        yield text
        yield f"z{text}"
        yield f"{text}z"


def _pools(rules: Iterable[Rule]) -> _Pools:
    words, numbers = {"something-else"}, {0, 1, LONG_MAX, -LONG_MAX}
    entities: dict[str, set[str]] = {}
    for rule in rules:
        for node in _nodes(rule.policy):
            value = node.get("Value")
            if isinstance(value, str):
                words.add(value)
            elif isinstance(value, int) and not isinstance(value, bool):
                numbers.update((value - 1, value, value + 1))
            elif set(node) == {"type", "id"}:
                entities.setdefault(str(node["type"]), set()).add(str(node["id"]))
            if "pattern" in node:
                words.update(_instances(node["pattern"]))
    return _Pools(sorted(words), sorted(numbers), {kind: sorted(names) for kind, names in entities.items()})


class Searcher:
    """The requests that cross one red line of one set."""

    def __init__(self, subject: Subject, red_line: Rule, chance: random.Random) -> None:
        self._subject = subject
        self._store = store_of(subject.entities)
        self._pools = _pools([*subject.rules, red_line])
        self._red_line = red_line
        self._requests = self._crossing(chance)

    @property
    def size(self) -> int:
        """How many requests are decided for each mutant."""
        return len(self._requests)

    def hole(self, rules: Sequence[Rule]) -> Request | None:
        """A request that crosses the line and passes under `rules`; none when the search finds none."""
        engine = _engine(rules, self._store)
        verdicts = Verdicts(rules)
        others = _all_others(rules, self._red_line)
        for request in self._requests:
            evaluation = engine.evaluate(*request)
            if passes(verdicts.decision(evaluation), self._red_line):
                return request
            # What the line asks for is looked at by what happens without it: everybody else signs, all glass breaks.
            if verdicts.decision(evaluation, *others).permitted:
                return request
        return None

    def _crossing(self, chance: random.Random) -> list[Request]:
        line = _engine([self._red_line], self._store)
        permits = _engine([rule for rule in self._subject.rules if not rule.forbids], self._store)
        likely: list[Request] = []
        others: list[Request] = []
        for _ in range(_TRIES):
            request = self._drawn(chance)
            if not any(line.evaluate(*request)):
                continue
            (likely if permits.evaluate(*request).satisfied else others).append(request)
            if len(likely) >= _KEPT:
                break
        return likely[:_KEPT] + others[:_KEPT]

    def _drawn(self, chance: random.Random) -> Request:
        action = chance.choice(actions_of(self._subject.schema))
        context: dict[str, Json] = {"fact": {}, "claimed": {}}
        for attribute in action.attributes:
            if attribute.required or chance.random() < 0.5:
                context = put(context, attribute.path, self._value(attribute, chance))
        handles = self._store.handles
        principals = [uid for uid in handles if uid[0] in action.principals]
        resources = [uid for uid in handles if uid[0] in action.resources]
        return Request(
            handles[chance.choice(principals)],
            handles["Action", action.id],
            handles[chance.choice(resources)],
            record_of(context, self._store),
        )

    def _value(self, attribute: Attribute, chance: random.Random) -> Json:
        if attribute.kind == "Boolean":
            return chance.random() < 0.5
        if attribute.kind == "Long":
            return chance.choice(self._pools.numbers)
        if attribute.kind == "String":
            return chance.choice(self._pools.words)
        if attribute.kind == "Entity":
            return self._entity(attribute, chance)
        return [
            self._entity(attribute, chance) if attribute.entity else chance.choice(self._pools.words)
            for _ in range(chance.choice((0, 1, 1, 1, 2)))
        ]

    def _entity(self, attribute: Attribute, chance: random.Random) -> Json:
        named = self._pools.entities.get(attribute.entity, [])
        name = chance.choice(named if named and chance.random() < 0.7 else attribute.members)
        return {"__entity": {"type": attribute.entity, "id": name}}


def _engine(rules: Sequence[Rule], store: Store) -> Engine:
    return Engine(compile_policies([dict(rule.policy) for rule in rules]).bind(store.handle))


def passes(decision: Decision, red_line: Rule) -> bool:
    """Whether `decision`, without any sign-off, is less than `red_line` asks for."""
    if decision.effect is Effect.FORBID:
        return False
    return decision.effect is Effect.PERMIT or red_line.hold is None


def _all_others(rules: Sequence[Rule], red_line: Rule) -> tuple[Mapping[str, int], Mapping[str, int]]:
    """Who signs and who breaks the glass when everybody does, but for one of those whom `red_line` asks for."""
    holds = [rule.hold for rule in rules if rule.hold is not None]
    signed = {hold.role: _EVERYBODY for hold in holds}
    broken = {hold.break_glass.role: _EVERYBODY for hold in holds if hold.break_glass is not None}
    asked = red_line.hold
    if asked is not None:
        signed[asked.role] = asked.quorum - 1
        if asked.break_glass is not None:
            broken[asked.break_glass.role] = asked.break_glass.quorum - 1
    return signed, broken
