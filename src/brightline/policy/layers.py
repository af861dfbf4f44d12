"""Reads the three layers of policies: parsed by cedarpy one by one, each with its place, its id and its words."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import cedarpy

from brightline.domain.decision import Hold, Layer, Obligation, Reason
from brightline.policy.annotations import read_notes
from brightline.policy.cedar_text import PolicyText, split
from brightline.policy.expressions import Json
from brightline.policy.faults import Fault, fault

MAX_POLICIES = 1_000


@dataclass(frozen=True, slots=True)
class Rule:
    """One policy as its author wrote it, with cedarpy's reading of it.

    `hold` is what a prohibition waits for, and none where it binds without end; `clause` and `source` are where the
    rule comes from; `limits` are the facts that the clause of a permit speaks of, and none where nobody said.
    """

    text: PolicyText
    layer: Layer
    forbids: bool
    policy: Mapping[str, Json]
    reason: Reason
    hold: Hold | None = None
    obligations: tuple[Obligation, ...] = ()
    clause: str = ""
    source: str = ""
    limits: tuple[str, ...] | None = None


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
    notes = read_notes(piece, policy, faults)
    words = notes.words
    forbids = policy.get("effect") == "forbid"
    if layer is Layer.LAW and not forbids:
        at = piece.find("permit (") or piece.at
        faults.append(fault("policy/law-permit", piece.file, at, policy=notes.policy_id))
    return Rule(
        piece,
        layer,
        forbids,
        policy,
        Reason(notes.policy_id, layer, *[words.get(name, "") for name in ("reason", "hint", "clause", "source")]),
        hold=notes.hold,
        obligations=notes.obligations,
        clause=words.get("clause", ""),
        source=words.get("source", ""),
        limits=notes.limits,
    )


def _twice(rules: list[Rule]) -> Iterator[Fault]:
    seen: dict[str, Rule] = {}
    for rule in rules:
        first = seen.setdefault(rule.reason.policy_id, rule)
        if first is not rule and rule.reason.policy_id:
            other = f"{first.text.file}:{first.text.at[0]}"
            yield fault("policy/duplicate-id", rule.text.file, rule.text.at, policy=rule.reason.policy_id, other=other)
