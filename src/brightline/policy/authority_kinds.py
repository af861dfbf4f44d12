"""The kinds of individual authority of a manifest: who may sign each, and how far it may go.

{"kind": "warrant", "k": 1, "keys": [{"id": …, "algorithm": …, "public": …}], "most_persons": 20, "most_covered": 200,
 "seconds": 2592000, "parts": 30, "longest_seconds": 7776000}
"""

from brightline.domain.authority import MAX_PERSONS, AuthorityKind
from brightline.policy.fields import ID, Fields
from brightline.policy.meters import LONGEST_SECONDS, MOST_EXACT, MOST_PARTS
from brightline.policy.parties import MAX_KEYS, read_key
from brightline.policy.strict_json import Node

MOST_KINDS = 16
_MEMBERS = ("kind", "k", "keys", "most_persons", "most_covered", "seconds", "parts", "longest_seconds")


def read_authority_kinds(fields: Fields, node: Node | None) -> tuple[AuthorityKind, ...]:
    """The kinds that the list `node` holds, in its order; what is wrong goes to the faults of `fields`."""
    items = fields.items(node, "authorities")
    if node is not None and len(items) > MOST_KINDS:
        fields.bad(node.at, "authorities", f"must list at most {MOST_KINDS} kinds")
    listed = [(_kind(fields, item), item) for item in items]
    fields.unique([(kind.kind, item) for kind, item in listed], "authorities")
    return tuple(kind for kind, _ in listed)


def _kind(fields: Fields, node: Node) -> AuthorityKind:
    members = fields.members(node, "authority", _MEMBERS)
    name = fields.text(members.get("kind"), "kind", ID)
    listed = fields.items(members.get("keys"), "keys")
    if members.get("keys") is not None and not 1 <= len(listed) <= MAX_KEYS:
        fields.bad(members["keys"].at, "keys", f"must be a list of 1 to {MAX_KEYS} keys")
    keys = [(key, item) for item in listed[:MAX_KEYS] if (key := read_key(fields, item, name))]
    fields.unique([(key.id, item) for key, item in keys], "keys")
    k = fields.number(members.get("k"), "k", 1, MAX_KEYS)
    if members.get("k") is not None and k > max(1, len(listed)):
        fields.bad(members["k"].at, "k", "must not be more than the keys that are listed")
    seconds = fields.number(members.get("seconds"), "seconds", 1, LONGEST_SECONDS)
    return AuthorityKind(
        kind=name,
        k=k,
        keys={key.id: (key.algorithm, key.der) for key, _ in keys},
        most_persons=fields.number(members.get("most_persons"), "most_persons", 1, MAX_PERSONS),
        most_covered=fields.number(members.get("most_covered"), "most_covered", 1, MOST_EXACT),
        seconds=seconds,
        parts=fields.number(members.get("parts"), "parts", 1, min(MOST_PARTS, seconds)),
        longest_seconds=fields.number(members.get("longest_seconds"), "longest_seconds", 1, LONGEST_SECONDS),
    )
