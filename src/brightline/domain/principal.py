"""Who calls: the value a verified credential turns into."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Principal:
    """A verified caller, with what its key grants.

    `key_id` is ours and public (it stands in logs); `missions` are the only missions the key may name;
    `default_mission` holds when the caller states none, and is always one of `missions` when present. `owner` is the
    person who answers for what an agent with this key does, and is none of its approvers; empty where nobody is named.
    """

    key_id: str
    name: str
    organisation: str
    unit: str
    roles: frozenset[str]
    app: str
    missions: frozenset[str]
    default_mission: str | None
    owner: str = ""
