"""Who judges a new version: the parties of the version before, or the fingerprints that were read out of band.

A trust file is what an operator writes at `init`, and an inspector for `agreement verify`:

    {"format": 1, "parties": [{"name": "…", "role": "vendor", "k": 1, "keys": ["<key id>", …]}, …]}
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from brightline.policy.draft import Draft
from brightline.policy.errors import PolicyError
from brightline.policy.faults import fault
from brightline.policy.fields import HEX_DIGEST, TITLE, Fields
from brightline.policy.manifest import Manifest
from brightline.policy.parties import MAX_KEYS, MAX_PARTIES, OPERATOR, ROLES, VENDOR
from brightline.policy.strict_json import Node, StrictJsonError, read

FORMAT = 1
MAX_TRUST_CHARACTERS = 64 * 1024


@dataclass(frozen=True, slots=True)
class TrustedParty:
    """A party as an outside source names it: the ids of its keys, and how many of them must sign."""

    name: str
    role: str
    key_ids: frozenset[str]
    k: int = 1


@dataclass(frozen=True, slots=True)
class GenesisTrust:
    """The parties by which version 1 is judged: exactly these, with exactly these keys."""

    parties: tuple[TrustedParty, ...]


@dataclass(frozen=True, slots=True)
class InForce:
    """The version accepted last; its parties judge the next."""

    draft: Draft


def trust_in(manifest: Manifest) -> GenesisTrust:
    """The parties of `manifest` as a trust file would name them: what to compare out of band."""
    return GenesisTrust(
        tuple(TrustedParty(party.name, party.role, frozenset(party.keys), party.k) for party in manifest.parties)
    )


def trust_text(trust: GenesisTrust) -> str:
    """The text of a trust file that names `trust`."""
    parties = [
        {"name": party.name, "role": party.role, "k": party.k, "keys": sorted(party.key_ids)}
        for party in sorted(trust.parties, key=lambda party: party.name)
    ]
    return json.dumps({"format": FORMAT, "parties": parties}, indent=1) + "\n"


def _party(fields: Fields, node: Node) -> TrustedParty:
    members = fields.members(node, "party", ("name", "role", "k", "keys"))
    listed = [(fields.text(item, "keys", HEX_DIGEST), item) for item in fields.items(members.get("keys"), "keys")]
    fields.unique(listed, "keys")
    k = fields.number(members.get("k"), "k", 1, MAX_KEYS)
    if "keys" in members and not k <= len(listed) <= MAX_KEYS:
        fields.bad(members["keys"].at, "keys", f"must list {k} to {MAX_KEYS} key ids")
    return TrustedParty(
        name=fields.text(members.get("name"), "name", TITLE),
        role=fields.one_of(members.get("role"), "role", ROLES),
        key_ids=frozenset(key for key, _ in listed),
        k=k,
    )


def _wrong(parties: list[TrustedParty]) -> Iterator[str]:
    """What is wrong with the parties together."""
    for role in (VENDOR, OPERATOR):
        if [party.role for party in parties].count(role) != 1:
            yield f"one party must have the role `{role}`"
    if len({party.name for party in parties}) != len(parties):
        yield "a party stands twice"
    if len(frozenset().union(*(party.key_ids for party in parties))) != sum(len(party.key_ids) for party in parties):
        yield "a key is listed for two parties"


def read_trust(text: str, file: str = "trust") -> GenesisTrust:
    """The trust that `text` states in strict JSON; raises `PolicyError` (`policy/bad-trust`)."""
    if len(text) > MAX_TRUST_CHARACTERS:
        raise PolicyError("policy/bad-trust", file=file, why=f"longer than {MAX_TRUST_CHARACTERS} characters")
    try:
        node = read(text)
    except StrictJsonError as error:
        raise PolicyError("policy/bad-trust", file=file, why=f"{error.at[0]}:{error.at[1]}: {error.why}") from error
    fields = Fields(file)
    members = fields.members(node, "trust", ("format", "parties"))
    fields.number(members.get("format"), "format", FORMAT, FORMAT)
    listed = fields.items(members.get("parties"), "parties")
    parties = [_party(fields, item) for item in listed[:MAX_PARTIES]]
    if not fields.faults:
        fields.faults += [fault("policy/bad-parties", file, node.at, problem=problem) for problem in _wrong(parties)]
    if len(listed) > MAX_PARTIES:
        fields.bad(node.at, "parties", f"must be a list of at most {MAX_PARTIES} parties")
    if fields.faults:
        first = min(fields.faults)
        raise PolicyError("policy/bad-trust", file=file, why=f"{first.line}:{first.column}: {first.text}")
    return GenesisTrust(tuple(parties))
