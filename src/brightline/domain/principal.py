"""Who calls: the value a verified credential turns into."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Principal:
    """A verified caller, with what its key grants.

    `key_id` is ours and public (it stands in logs); `missions` are the only missions the key may name;
    `default_mission` holds when the caller states none, and is always one of `missions` when present.
    """

    key_id: str
    name: str
    organisation: str
    unit: str
    roles: frozenset[str]
    app: str
    missions: frozenset[str]
    default_mission: str | None
