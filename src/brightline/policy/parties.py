"""The parties of an agreement, as its manifest lists them: their roles, their keys, and how many must sign.

INVARIANT: names and keys are unique over all parties, so a signature speaks for one party.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from brightline.crypto.errors import KeyFormatError
from brightline.crypto.party_keys import ALGORITHMS, PublicKey, read_public
from brightline.policy.faults import fault
from brightline.policy.fields import HEX_DIGEST, TITLE, Fields
from brightline.policy.strict_json import Node

VENDOR, OPERATOR = "vendor", "operator"
ROLES = (VENDOR, OPERATOR, "integrator", "oversight")
MAX_PARTIES = 8
# An envelope takes 64 signatures; eight parties with eight keys each fill it.
MAX_KEYS = 8


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody whose signature an agreement needs: at least `k` of its `keys`, by id."""

    name: str
    role: str
    k: int
    keys: Mapping[str, PublicKey]
    may_tighten: bool


def read_key(fields: Fields, node: Node, party: str) -> PublicKey | None:
    """The public key that `node` lists for `party`; none for a bad one, which becomes a fault."""
    members = fields.members(node, "key", ("id", "algorithm", "public"))
    named = fields.text(members.get("id"), "id", HEX_DIGEST)
    algorithm = fields.one_of(members.get("algorithm"), "algorithm", ALGORITHMS)
    public = members.get("public")
    if not named or not algorithm or public is None:
        return None
    try:
        key = read_public(algorithm, public.value if isinstance(public.value, str) else "")
    except KeyFormatError as error:
        why = str(error.words["what"])
        fields.faults.append(fault("policy/bad-key", fields.file, public.at, key=named, party=party, why=why))
        return None
    if key.id != named:
        why = f"its id is {key.id}"
        fields.faults.append(fault("policy/bad-key", fields.file, node.at, key=named, party=party, why=why))
        return None
    return key


def _party(fields: Fields, node: Node) -> Party:
    members = fields.members(node, "party", ("name", "role", "k", "keys", "may_tighten"))
    name = fields.text(members.get("name"), "name", TITLE)
    listed = fields.items(members.get("keys"), "keys")
    if len(listed) > MAX_KEYS:
        fields.bad(members["keys"].at, "keys", f"must be a list of at most {MAX_KEYS} keys")
    keys = [(key, item) for item in listed[:MAX_KEYS] if (key := read_key(fields, item, name))]
    fields.unique([(key.id, item) for key, item in keys], "keys")
    return Party(
        name=name,
        role=fields.one_of(members.get("role"), "role", ROLES),
        k=fields.number(members.get("k"), "k", 1, MAX_KEYS),
        keys={key.id: key for key, _ in keys},
        may_tighten=fields.flag(members.get("may_tighten"), "may_tighten"),
    )


def _shared(fields: Fields, listed: list[tuple[Party, Node]]) -> None:
    """Note every key that speaks for two parties."""
    holders: dict[str, str] = {}
    for party, node in listed:
        for key in party.keys:
            other = holders.setdefault(key, party.name)
            if other != party.name:
                words = {"key": key, "party": party.name, "other": other}
                fields.faults.append(fault("policy/shared-key", fields.file, node.at, **words))


def _wrong_roles(parties: list[Party], operator: str, vendor: str) -> Iterator[str]:
    """What is wrong with who the parties are."""
    for role, name in ((OPERATOR, operator), (VENDOR, vendor)):
        names = [party.name for party in parties if party.role == role]
        if name and names != [name]:
            yield f"one party, `{name}`, must have the role `{role}`"


def read_parties(fields: Fields, node: Node | None, *, operator: str, vendor: str) -> tuple[Party, ...]:
    """The parties that `node` lists; `operator` and `vendor` must be among them; what is wrong goes to `fields`."""
    if node is None:
        return ()
    items = fields.items(node, "parties")
    if len(items) > MAX_PARTIES:
        fields.bad(node.at, "parties", f"must be a list of at most {MAX_PARTIES} parties")
    listed = [(_party(fields, item), item) for item in items[:MAX_PARTIES]]
    fields.unique([(party.name, item) for party, item in listed], "parties")
    _shared(fields, listed)
    parties = [party for party, _ in listed]
    for problem in _wrong_roles(parties, operator, vendor):
        fields.faults.append(fault("policy/bad-parties", fields.file, node.at, problem=problem))
    return tuple(parties)


def read_current_by(fields: Fields, node: Node | None, parties: tuple[Party, ...]) -> tuple[str, ...]:
    """The names of the parties that must say that the agreement is still current: one at least."""
    if node is None:
        return ()
    names = [(fields.text(item, "current_by", TITLE), item) for item in fields.items(node, "current_by")]
    fields.unique(names, "current_by")
    known = {party.name for party in parties}
    for name, item in names:
        if name and name not in known:
            problem = f"`current_by` names `{name}`, which is no party"
            fields.faults.append(fault("policy/bad-parties", fields.file, item.at, problem=problem))
    if not names:
        problem = "`current_by` must name a party: without one nobody says that the agreement still stands"
        fields.faults.append(fault("policy/bad-parties", fields.file, node.at, problem=problem))
    return tuple(name for name, _ in names)
