"""What Cedar lets pass and an agreement must not: entities that are not listed, and red lines that rest on claims.

A misspelt name in a forbid never matches, so the forbid never fires; a forbid of the law layer that reads what the
caller stated is lifted by stating something else.
"""

from collections.abc import Iterable, Iterator, Mapping, Set

from brightline.domain.decision import Layer
from brightline.policy.expressions import Json
from brightline.policy.faults import Fault, fault
from brightline.policy.fields import near
from brightline.policy.layers import Rule
from brightline.policy.values import Uid

# The schema closes every other type: cedarpy's validator knows its members.
_LISTED_TYPES = frozenset({"Organisation", "Unit", "Enclave", "Deployment"})


def lint(rules: Iterable[Rule], entities: Set[Uid]) -> Iterator[Fault]:
    """Every fault of `rules` in an agreement that lists `entities`."""
    for rule in rules:
        yield from _unknown_entities(rule, entities)
        if rule.layer is Layer.LAW and rule.forbids and _reads_claims(rule.policy):
            at = rule.text.find("context.claimed") or rule.text.find("context") or rule.text.at
            yield fault("policy/claimed-red-line", rule.text.file, at, policy=rule.reason.policy_id)


def _walk(node: Json | Mapping[str, Json]) -> Iterator[Mapping[str, Json]]:
    """Every object inside `node`, outermost first; without recursion, as the depth is the author's."""
    waiting: list[Json | Mapping[str, Json]] = [node]
    while waiting:
        current = waiting.pop()
        if isinstance(current, Mapping):
            yield current
            waiting.extend(current.values())
        elif isinstance(current, list):
            waiting.extend(current)


def literals(policy: Mapping[str, Json]) -> frozenset[str | int]:
    """The strings and numbers that `policy` compares with."""
    values = (node.get("Value") for node in _walk(policy.get("conditions", [])))
    return frozenset(value for value in values if isinstance(value, str | int) and not isinstance(value, bool))


def _unknown_entities(rule: Rule, entities: Set[Uid]) -> Iterator[Fault]:
    told: set[Uid] = set()
    for node in _walk(rule.policy):
        kind, name = node.get("type"), node.get("id")
        if not isinstance(kind, str) or not isinstance(name, str) or set(node) != {"type", "id"}:
            continue
        if kind in _LISTED_TYPES and (kind, name) not in entities and (kind, name) not in told:
            told.add((kind, name))
            at = rule.text.find(f'{kind}::"{name}"') or rule.text.at
            hint = near(name, [other for of_kind, other in entities if of_kind == kind])
            yield fault("policy/unknown-entity", rule.text.file, at, kind=kind, name=name, near=hint)


def _reads_claims(policy: Mapping[str, Json]) -> bool:
    """Whether `policy` uses `context` for anything but `context.fact`: whole, it would carry the claims along."""
    uses = facts = 0
    for node in _walk(policy.get("conditions", [])):
        uses += node == {"Var": "context"}
        facts += node == {"left": {"Var": "context"}, "attr": "fact"}
    return uses != facts
