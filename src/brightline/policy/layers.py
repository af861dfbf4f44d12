"""Reads the three layers of policies: parsed by cedarpy one by one, each with its place, its id and its words."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import cedarpy

from brightline.domain.decision import Layer, Reason
from brightline.policy.cedar_text import PolicyText, split
from brightline.policy.expressions import Json
from brightline.policy.faults import Fault, fault
from brightline.policy.fields import ID, near

ANNOTATIONS = ("id", "reason", "hint", "clause", "source")
MAX_WORDS = 400
MAX_POLICIES = 1_000


@dataclass(frozen=True, slots=True)
class Rule:
    """One policy as its author wrote it, with cedarpy's reading of it."""

    text: PolicyText
    layer: Layer
    forbids: bool
    policy: Mapping[str, Json]
    reason: Reason


def read_layers(texts: Mapping[str, str]) -> tuple[tuple[Rule, ...], tuple[Fault, ...]]:
    """The rules in the `.cedar` files of `texts` in order of id, and every fault met on the way."""
    rules: list[Rule] = []
    faults: list[Fault] = []
    for file in sorted(texts):
        if not file.endswith(".cedar"):
            continue
        layer = Layer(file.partition("/")[0])
        pieces = split(file, texts[file])
        before = len(faults)
        read = [_parsed(piece, faults) for piece in pieces]
        if len(faults) == before and not _reads_the_same(texts[file], read):
            faults.append(
                fault("policy/syntax", file, why="cut into policies, the file reads otherwise than as a whole")
            )
        for piece, policy in zip(pieces, read, strict=True):
            if policy is not None:
                rules.append(_rule(piece, layer, policy, faults))
    if len(rules) > MAX_POLICIES:
        faults.append(fault("policy/unreadable-file", ".", why=f"more than {MAX_POLICIES} policies"))
    faults += _twice(rules)
    return tuple(sorted(rules, key=lambda rule: rule.reason.policy_id)), tuple(faults)


def _static(text: str) -> tuple[list[Json], bool]:
    """The policies of `text` in order, and whether there are templates; raises `ValueError` with cedarpy's message."""
    read = json.loads(cedarpy.policies_to_json_str(text))
    static = read["staticPolicies"]
    ordered = sorted(static, key=lambda name: int(name.removeprefix("policy")))
    return [static[name] for name in ordered], bool(read["templates"])


def _parsed(piece: PolicyText, faults: list[Fault]) -> Mapping[str, Json] | None:
    """cedarpy's reading of one policy; none, and a fault, where there is none that can be used."""
    if piece.excess:
        faults.append(fault("policy/unsupported", piece.file, piece.at, construct=piece.excess))
        return None
    try:
        policies, templates = _static(piece.text)
    except ValueError as error:
        faults.append(fault("policy/syntax", piece.file, _place_of_error(piece, str(error)), why=str(error)))
        return None
    except RecursionError:
        faults.append(fault("policy/unsupported", piece.file, piece.at, construct="a chain of too many operators"))
        return None
    if templates:
        at = piece.find("?principal") or piece.find("?resource") or piece.at
        faults.append(fault("policy/unsupported", piece.file, at, construct="template"))
        return None
    if len(policies) != 1 or not isinstance(policies[0], dict):
        faults.append(fault("policy/syntax", piece.file, piece.at, why="expected one policy here"))
        return None
    return policies[0]


def _place_of_error(piece: PolicyText, message: str) -> tuple[int, int]:
    """Where cedarpy stopped reading `piece`: its messages do not say.

    A parser of this kind takes every prefix that some policy could start with, and then reports the end of input. So
    the first token at which it says something else is the one that it cannot read.
    """
    low, high = 0, len(piece.tokens)
    while low < high:
        middle = (low + high) // 2
        if _viable(piece.text[: piece.tokens[middle].end]):
            low = middle + 1
        else:
            high = middle
    if low < len(piece.tokens) - 1:
        return piece.place_of(piece.tokens[low].start)
    # Read to its end, refused for its meaning: look for what the message names, for example `frobnicate`.
    for fragment in (*message.split("`")[1::2], message.rpartition(": ")[2]):
        found = piece.find(fragment, last=message.startswith("duplicate"))
        if found:
            return found
    return piece.place_of(piece.tokens[-1].start)


def _viable(prefix: str) -> bool:
    try:
        cedarpy.policies_to_json_str(prefix)
    except ValueError as error:
        return "unexpected end of input" in str(error)
    return False


def _reads_the_same(text: str, read: list[Mapping[str, Json] | None]) -> bool:
    """Whether cedarpy finds in the whole file what it found in its pieces."""
    try:
        return _static(text)[0] == read
    except (ValueError, RecursionError):
        return False


def _rule(piece: PolicyText, layer: Layer, policy: Mapping[str, Json], faults: list[Fault]) -> Rule:
    notes = dict(_annotations(piece, policy, faults))
    policy_id = notes.get("id", "")
    if "id" not in notes:
        faults.append(fault("policy/missing-id", piece.file, piece.at))
    elif not ID.fullmatch(policy_id):
        problem = f"must be of the form `{ID.pattern}`"
        faults.append(fault("policy/bad-field", piece.file, piece.at, field="@id", problem=problem))
    forbids = policy.get("effect") == "forbid"
    if layer is Layer.LAW and not forbids:
        at = piece.find("permit (") or piece.at
        faults.append(fault("policy/law-permit", piece.file, at, policy=policy_id))
    reason = Reason(policy_id, layer, notes.get("reason", ""), notes.get("hint", ""))
    return Rule(piece, layer, forbids, policy, reason)


def _annotations(piece: PolicyText, policy: Mapping[str, Json], faults: list[Fault]) -> Iterator[tuple[str, str]]:
    written = policy.get("annotations")
    for name, value in (written if isinstance(written, dict) else {}).items():
        at = piece.find(f"@{name}") or piece.at
        if name == "hold":
            faults.append(fault("policy/hold-not-yet", piece.file, at))
        elif name not in ANNOTATIONS:
            faults.append(fault("policy/unknown-annotation", piece.file, at, name=name, near=near(name, ANNOTATIONS)))
        elif not isinstance(value, str) or not value.isprintable() or not 0 < len(value) <= MAX_WORDS:
            problem = f"must be 1 to {MAX_WORDS} printable characters"
            faults.append(fault("policy/bad-field", piece.file, at, field=f"@{name}", problem=problem))
        else:
            yield name, value


def _twice(rules: list[Rule]) -> Iterator[Fault]:
    seen: dict[str, Rule] = {}
    for rule in rules:
        first = seen.setdefault(rule.reason.policy_id, rule)
        if first is not rule and rule.reason.policy_id:
            other = f"{first.text.file}:{first.text.at[0]}"
            yield fault("policy/duplicate-id", rule.text.file, rule.text.at, policy=rule.reason.policy_id, other=other)
