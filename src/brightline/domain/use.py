"""A use: the exact facts of one call that a decision rests on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

from brightline.domain.agreement import Deployment
from brightline.domain.call import Claimed, Dialect, Operation
from brightline.domain.data_subjects import PersonRule
from brightline.domain.description import NO_READING, TextReading
from brightline.domain.principal import Principal

UNKNOWN_EFFECT = "unknown"
_UNKNOWN = frozenset({UNKNOWN_EFFECT})
NO_READINGS: Mapping[str, int] = MappingProxyType({})


def _unread() -> Mapping[str, int]:
    return NO_READINGS


class ToolEffect(NamedTuple):
    """A tool offered, with what the effector register says that it does; `unknown` throughout without an entry.

    `origins` is how the data that it reaches came to be where it is, `subjects` whose data subjects it reaches, and
    `activities` what it can be used for. `audience` is the effector that acts on it and checks releases, and empty
    where none does; `persons` says how many people one call touches, where that is registered. A tuple, since a
    decision looks up what several of them do together.
    """

    name: str
    effect: str
    origins: frozenset[str] = _UNKNOWN
    subjects: frozenset[str] = _UNKNOWN
    activities: frozenset[str] = _UNKNOWN
    audience: str = ""
    persons: PersonRule | None = None


@dataclass(frozen=True, slots=True)
class Use:
    """Who calls which deployment for which mission, with what in hand.

    Everything but `claimed` was derived by the gateway. `input_bytes` is the size of the client's body. `acting` is
    true for one call of a tool that is about to run, and `tools` is then that tool alone; false for a call to a model,
    where `tools` are those offered. `readings` is what each meter of the agreement tells with this use in it, and
    `text` what its words seem to be for.
    """

    use_id: bytes
    principal: Principal
    mission: str
    deployment: Deployment
    dialect: Dialect
    operation: Operation
    stream: bool
    tools: tuple[ToolEffect, ...]
    modalities: frozenset[str]
    remote_urls: bool
    input_bytes: int
    message_count: int
    max_output_tokens: int | None
    claimed: Claimed
    acting: bool = False
    readings: Mapping[str, int] = field(default_factory=_unread)
    text: TextReading = NO_READING

    @property
    def effects(self) -> frozenset[str]:
        """The effect classes of all tools offered."""
        return frozenset(tool.effect for tool in self.tools)
