"""A Cedar schema as types: what entities and contexts hold, what each action applies to, and what lies in what.

Read from Cedar's JSON form (`read_schema`); `schema_text` turns the text form into it.
Source: Cedar language reference, "JSON schema format".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from brightline.policy.values import Uid


@dataclass(frozen=True, slots=True)
class Scalar:
    """A type without parts: bool, long, string, decimal, datetime, duration or ipaddr."""

    name: str


@dataclass(frozen=True, slots=True)
class EntityOf:
    """Entities of one type."""

    name: str


@dataclass(frozen=True, slots=True)
class SetOf:
    """Sets; `element` is none where nothing is known, as for the empty set."""

    element: "Type | None"


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of a record: its type, and whether it must be there."""

    type: "Type"
    required: bool = True


@dataclass(frozen=True, slots=True)
class RecordOf:
    """Records of exactly these attributes."""

    attributes: Mapping[str, Attribute] = field(default_factory=dict)

    def __hash__(self) -> int:
        return hash(tuple(sorted(self.attributes)))


Type: TypeAlias = Scalar | EntityOf | SetOf | RecordOf

BOOL_TYPE, LONG, STRING_TYPE = Scalar("bool"), Scalar("long"), Scalar("string")


@dataclass(frozen=True, slots=True)
class EntityType:
    """What entities of one type hold, what they may lie in directly, and their ids where these are all listed."""

    name: str
    attributes: RecordOf = field(default_factory=RecordOf)
    tags: Type | None = None
    parents: tuple[str, ...] = ()
    ids: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Action:
    """What an action applies to, the context it comes with, and the actions it lies in directly."""

    uid: Uid
    parents: tuple[Uid, ...] = ()
    principals: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    context: RecordOf = field(default_factory=RecordOf)


@dataclass(frozen=True, slots=True)
class SchemaModel:
    """A schema: entity types by name and actions by uid; `above` are the types in which entities of a type may lie."""

    entities: Mapping[str, EntityType]
    actions: Mapping[Uid, Action]
    above: Mapping[str, frozenset[str]]

    def action_groups(self, uid: Uid) -> frozenset[Uid]:
        """The action `uid` and all it lies in."""
        raise NotImplementedError


def read_schema(text: str) -> SchemaModel:
    """The schema that `text` writes in Cedar's JSON form; raises `SchemaError`."""
    raise NotImplementedError
