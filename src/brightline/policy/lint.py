"""What Cedar lets pass and an agreement must not: found when it is checked, before anybody signs it.

A misspelt name in a forbid never matches, so the forbid never fires; a forbid of the law layer that reads what the
caller stated is lifted by stating something else. Each finding is a fault, or a warning where it may be meant.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from itertools import islice
from typing import NamedTuple

from brightline.domain.decision import Layer
from brightline.domain.metering import MeterRule
from brightline.domain.use import ToolEffect
from brightline.policy.attributes import Attribute, actions_of
from brightline.policy.expressions import Json, uid_of
from brightline.policy.faults import Fault, fault
from brightline.policy.layers import Rule
from brightline.policy.lint_alike import Lookups, hint
from brightline.policy.lint_cases import domains_of
from brightline.policy.lint_clauses import lint_clauses
from brightline.policy.lint_reach import lint_reach
from brightline.policy.lint_text import lint_text
from brightline.policy.lint_tree import walk
from brightline.policy.lint_words import (
    MOST_OF_ONE_RULE,
    compared_in,
    lint_attributes,
    lint_characters,
    lint_roles,
    lint_words,
    registers_of,
)
from brightline.policy.manifest import Manifest
from brightline.policy.meters import chosen_by_callers
from brightline.policy.values import Uid

# Near misses that are looked for in one agreement; people mend the first ones first.
MAX_LOOKUPS = 100
# The schema closes every other type: cedarpy's validator knows its members.
# `context.meter`, as Cedar writes it.
_METER: Json = {".": {"left": {"Var": "context"}, "attr": "meter"}}
_LISTED_TYPES = frozenset({"Organisation", "Unit", "Enclave", "Deployment"})


class Subject(NamedTuple):
    """What is linted: the policies of an agreement and its red lines, over what its registers and schema list.

    `entities` are those of the manifest and of the schema, in Cedar's JSON form.
    """

    rules: Sequence[Rule]
    red_lines: Sequence[Rule]
    manifest: Manifest
    effectors: Mapping[str, ToolEffect]
    entities: Sequence[Mapping[str, Json]]
    schema: str


def lint(subject: Subject) -> Iterator[Fault]:
    """What keeps an agreement from being loaded: policies that name what is nowhere, or rest on a caller's word."""
    known = {("context", *path): attribute for path, attribute in _attributes(subject.schema).items()}
    entities = {uid_of(entity["uid"]) for entity in subject.entities}
    registers = registers_of(subject.manifest, subject.effectors)
    lookups = Lookups(MAX_LOOKUPS)
    for rule in (*subject.rules, *subject.red_lines):
        yield from _unknown_entities(rule, entities, lookups)
        words = tuple(compared_in(rule))
        yield from islice(lint_characters(rule, words), MOST_OF_ONE_RULE)
        yield from islice(lint_attributes(rule, known), MOST_OF_ONE_RULE)
        yield from lint_words(rule, registers, words, lookups)
        if rule.layer is Layer.LAW and rule.forbids and _reads_claims(rule.policy):
            at = rule.text.find("context.claimed") or rule.text.find("context") or rule.text.at
            yield fault("policy/claimed-red-line", rule.text.file, at, policy=rule.reason.policy_id)
    if subject.manifest.describer:
        for rule in subject.rules:
            yield from lint_text(rule, red_line=False)
        for rule in subject.red_lines:
            yield from lint_text(rule, red_line=True)
    meters = {meter.id: meter for meter in subject.manifest.meters}
    for rule in subject.red_lines:
        yield from _chosen_meters(rule, meters)


def lint_before_signing(subject: Subject, *, sound: bool) -> Iterator[Fault]:
    """What nobody should sign: policies without their source, wider than their clause, or without effect.

    Which of them have an effect is asked only where all are `sound`: what names nothing applies to nothing.
    """
    attributes = _attributes(subject.schema)
    facts = {path[1] for path in attributes if path[0] == "fact"}
    everything = [*subject.rules, *subject.red_lines]
    for rule in everything:
        yield from lint_clauses(rule, facts)
    yield from lint_roles(everything)
    if not sound:
        return
    registers = registers_of(subject.manifest, subject.effectors)
    actions = [action.id for action in actions_of(subject.schema)]
    domains = domains_of(attributes.values(), registers, subject.entities, actions)
    yield from lint_reach(subject.rules, subject.red_lines, domains)


def _attributes(schema: str) -> Mapping[tuple[str, ...], Attribute]:
    return {attribute.path: attribute for action in actions_of(schema) for attribute in action.attributes}


def near_misses(faults: Iterable[Fault], schema: str, entities: Iterable[Uid]) -> Iterator[Fault]:
    """`faults` of cedarpy's validation, each with the near miss of what it names."""
    known = {f'{kind}::"{name}"' for kind, name in entities}
    known |= {kind for kind, _ in entities}
    for action in actions_of(schema):
        known |= {".".join(attribute.path) for attribute in action.attributes}
        known |= {attribute.path[0] for attribute in action.attributes}
    lookups = Lookups(MAX_LOOKUPS)
    for each in faults:
        named = each.text.split("`")[1::2]
        near = lookups.nearest(named[0], known) if named and named[0] not in known else ""
        yield replace(each, text=each.text + hint(near or ""))


def literals(policy: Mapping[str, Json]) -> frozenset[str | int]:
    """The strings and numbers that `policy` compares with."""
    values = (node.get("Value") for node in walk(policy.get("conditions", [])))
    return frozenset(value for value in values if isinstance(value, str | int) and not isinstance(value, bool))


def _unknown_entities(rule: Rule, entities: Set[Uid], lookups: Lookups) -> Iterator[Fault]:
    told: set[Uid] = set()
    for node in walk(rule.policy):
        kind, name = node.get("type"), node.get("id")
        if not isinstance(kind, str) or not isinstance(name, str) or set(node) != {"type", "id"}:
            continue
        if kind in _LISTED_TYPES and (kind, name) not in entities and (kind, name) not in told:
            told.add((kind, name))
            at = rule.text.find(f'{kind}::"{name}"') or rule.text.at
            near = lookups.nearest(name, [other for of_kind, other in entities if of_kind == kind])
            yield fault("policy/unknown-entity", rule.text.file, at, kind=kind, name=name, near=hint(near or ""))


def _reads_claims(policy: Mapping[str, Json]) -> bool:
    """Whether `policy` uses `context` for more than facts, meters and words: whole, it would carry the claims along."""
    uses = derived = 0
    for node in walk(policy.get("conditions", [])):
        uses += node == {"Var": "context"}
        derived += any(node == {"left": {"Var": "context"}, "attr": name} for name in ("fact", "meter", "text"))
    return uses != derived


def _chosen_meters(rule: Rule, meters: Mapping[str, MeterRule]) -> Iterator[Fault]:
    """The meters that a red line reads and whose windows a caller can choose."""
    nodes = list(walk(rule.policy.get("conditions", [])))
    read = [node["attr"] for node in nodes if "attr" in node and node.get("left") == _METER]
    # Whole, the record carries all of them along.
    named = meters.keys() if len(read) < sum(node == _METER for node in nodes) else meters.keys() & set(read)
    for name in sorted(named):
        chosen = chosen_by_callers(meters[name])
        if chosen:
            at = rule.text.find(f"context.meter.{name}") or rule.text.at
            words = {"policy": rule.reason.policy_id, "meter": name, "chosen": ", ".join(chosen)}
            yield fault("policy/chosen-meter", rule.text.file, at, **words)
