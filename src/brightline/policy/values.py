"""Cedar's values in Python, chosen so that Python's own equality never mistakes one for another.

bool, long and string are `bool`, `int` and `str`; a record is a `dict`; a set is a `frozenset` of keys (see `key`),
because in Python `True == 1` and a dict cannot be hashed. Entities and extension values are the classes below.
Source: Cedar language reference, "Data types"; RFC 80 (datetime).
"""

from dataclasses import dataclass
from enum import Enum

LONG_MIN = -(2**63)
LONG_MAX = 2**63 - 1

Uid = tuple[str, str]


class EvaluationError(Exception):
    """A policy cannot be evaluated for a request; private to the room, where it ends as an errored policy."""


@dataclass(frozen=True, slots=True)
class Decimal:
    """A decimal, in ten-thousandths."""

    units: int


@dataclass(frozen=True, slots=True)
class Datetime:
    """A moment, in milliseconds since 1970 UTC."""

    epoch_ms: int


@dataclass(frozen=True, slots=True)
class Duration:
    """A span, in milliseconds."""

    ms: int


@dataclass(frozen=True, slots=True)
class IpRange:
    """An address with its prefix length; `bits` is 32 or 128."""

    bits: int
    address: int
    prefix: int

    @property
    def ends(self) -> tuple[int, int]:
        """The first and the last address of the range."""
        span = (1 << (self.bits - self.prefix)) - 1
        first = self.address & ~span
        return first, first | span


@dataclass(frozen=True, slots=True, eq=False)
class Entity:
    """A handle of an entity; `attributes` is none when the entity is absent from the store.

    `within` holds the uid of the entity itself and of all its ancestors.
    INVARIANT: a store makes one handle for one uid, so that handles compare and hash by identity, which costs nothing.
    """

    uid: Uid
    type: str
    within: frozenset[Uid]
    attributes: "dict[str, Value] | None"
    tags: "dict[str, Value]"

    def __getitem__(self, name: str) -> "Value":
        """The attribute `name`, as a record gives it; raises `EvaluationError` for an absent entity."""
        if self.attributes is None:
            raise EvaluationError("entity does not exist")
        return self.attributes[name]


class Truth(Enum):
    """A bool inside a set, where Python would take it for 0 or 1."""

    FALSE = 0
    TRUE = 1


@dataclass(frozen=True, slots=True)
class RecordKey:
    """A record inside a set."""

    fields: frozenset[tuple[str, "Key"]]


Key = int | str | Truth | RecordKey | Decimal | Datetime | Duration | IpRange | Entity | frozenset["Key"]
Value = bool | int | str | Decimal | Datetime | Duration | IpRange | Entity | frozenset[Key] | dict[str, "Value"]
Record = dict[str, Value]


def absent(uid: Uid) -> Entity:
    """A handle of an entity that no store holds; only a store calls this, once for each uid."""
    return Entity(uid, uid[0], frozenset((uid,)), None, {})


def key(value: Value) -> Key:
    """`value` as an element of a set."""
    if isinstance(value, bool):
        return Truth.TRUE if value else Truth.FALSE
    if isinstance(value, dict):
        return RecordKey(frozenset((name, key(item)) for name, item in value.items()))
    return value
