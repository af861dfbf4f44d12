"""Mutants of an agreement's policies: each one change that an author could make by mistake or on purpose."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import cedarpy

from brightline.domain.decision import BreakGlass, Hold
from brightline.policy.expressions import Json
from brightline.policy.layers import Rule
from brightline.policy.proof.neighbours import joined, neighbours, parts

_FLIPPED = {"<": (">=", "<="), "<=": (">", "<"), ">": ("<=", ">="), ">=": ("<", ">"), "==": ("!=",), "!=": ("==",)}
_SWAPPED = {"containsAny": "containsAll", "containsAll": "containsAny"}


class Mutant(NamedTuple):
    """One change: its operator, the policy changed, and all rules with the change."""

    operator: str
    policy_id: str
    rules: tuple[Rule, ...]


def mutants(rules: Sequence[Rule]) -> Iterator[Mutant]:
    """Every mutant of `rules`."""
    for index, rule in enumerate(rules):
        before, after = tuple(rules[:index]), tuple(rules[index + 1 :])
        name = rule.reason.policy_id
        if rule.forbids:
            yield Mutant("removed forbid", name, (*before, *after))
            yield from _held_for_less(rule, name, before, after)
        else:
            yield Mutant("added permit", name, (*before, rule, _unguarded(rule), *after))
        for operator, policy in _changed(rule.policy):
            yield Mutant(operator, name, (*before, _written(rule, policy), *after))


def _held_for_less(rule: Rule, name: str, before: tuple[Rule, ...], after: tuple[Rule, ...]) -> Iterator[Mutant]:
    """A hold where there was none, one that asks for less, and one that somebody may lift by breaking the glass."""
    plain = rule.hold or Hold(name, "mutant", 16)
    if rule.hold is None:
        yield Mutant("added hold", name, (*before, replace(rule, hold=plain), *after))
    elif plain.quorum > 1:
        yield Mutant("lowered quorum", name, (*before, replace(rule, hold=replace(plain, quorum=1)), *after))
    glass = replace(plain, break_glass=BreakGlass("mutant", 16))
    yield Mutant("added break-glass", name, (*before, replace(rule, hold=glass), *after))


def _unguarded(rule: Rule) -> Rule:
    """A permit of the same layer and scope without a condition."""
    reason = replace(rule.reason, policy_id=f"{rule.reason.policy_id}-added")
    return replace(_written(rule, {**rule.policy, "conditions": []}), reason=reason)


def _written(rule: Rule, policy: Mapping[str, Json]) -> Rule:
    """`rule` with another policy, and its text with it: the reference engine reads texts."""
    whole = {"staticPolicies": {"policy0": dict(policy)}, "templates": {}, "templateLinks": []}
    text = cedarpy.policies_from_json_str(json.dumps(whole))
    return replace(rule, policy=policy, text=replace(rule.text, text=text))


def _changed(policy: Mapping[str, Json]) -> Iterator[tuple[str, Mapping[str, Json]]]:
    for near in neighbours(policy):
        yield "dropped conjunct", near
    written = policy["conditions"]
    conditions = written if isinstance(written, list) else []
    for index, clause in enumerate(conditions):
        if not isinstance(clause, dict):
            continue
        for operator, body in [*_dropped_sides(clause["body"]), *_bent(clause["body"])]:
            changed: list[Json] = [*conditions[:index], {**clause, "body": body}, *conditions[index + 1 :]]
            yield operator, {**policy, "conditions": changed}


def _dropped_sides(body: Json) -> Iterator[tuple[str, Json]]:
    """`body` without one side of each `||`, and of each `&&` below the top."""
    alternatives = parts(body, "||")
    if len(alternatives) > 1:
        for index in range(len(alternatives)):
            yield "dropped conjunct", joined([*alternatives[:index], *alternatives[index + 1 :]], "||")


def _bent(node: Json) -> Iterator[tuple[str, Json]]:
    """`node` with one operator inside it bent."""
    if not isinstance(node, dict):
        return
    for name, inside in node.items():
        yield from _bent_here(name, inside)
        if name == "&&" and isinstance(inside, dict):
            yield "dropped conjunct", inside["left"]
            yield "dropped conjunct", inside["right"]
        if isinstance(inside, dict):
            for side, child in inside.items():
                for operator, changed in _bent(child):
                    yield operator, {**node, name: {**inside, side: changed}}


def _bent_here(name: str, inside: Json) -> Iterator[tuple[str, Json]]:
    if name in _FLIPPED:
        for other in _FLIPPED[name]:
            yield "flipped comparison", {other: inside}
    if name in _SWAPPED:
        yield "flipped comparison", {_SWAPPED[name]: inside}
    if name in ("contains", "has"):
        yield "flipped comparison", {"!": {"arg": {name: inside}}}
    if name == "!" and isinstance(inside, dict):
        yield "flipped comparison", inside["arg"]
    if name == "like" and isinstance(inside, dict) and isinstance(inside["pattern"], list):
        pattern = inside["pattern"]
        for index in range(len(pattern)):
            if pattern[index] != "Wildcard":
                wider: list[Json] = [*pattern[:index], "Wildcard", *pattern[index + 1 :]]
                yield "widened like", {"like": {**inside, "pattern": wider}}
                narrower: list[Json] = [*pattern[: index + 1], {"Literal": "-x"}, *pattern[index + 1 :]]
                yield "narrowed like", {"like": {**inside, "pattern": narrower}}
