"""What goes into the effector check and comes out of it, and what it asks of a replay store."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from brightline.domain.sign_off.binding import MAX_BINDING_BYTES, ActionBinding
from brightline.domain.sign_off.canonical import JsonObject, canonical, parse


@dataclass(frozen=True, slots=True)
class Action:
    """What is about to run: the tool, its arguments (best: the very bytes of JSON), and the state as read."""

    tool: str
    arguments: bytes | JsonObject
    preconditions: Mapping[str, str] = field(default_factory=dict)

    def canonical_arguments(self) -> bytes:
        """The arguments in their one form; raises `SignOffError`."""
        given = self.arguments
        return canonical(parse(given, limit=MAX_BINDING_BYTES) if isinstance(given, bytes) else given)


@dataclass(frozen=True, slots=True)
class Cleared:
    """A release that every check took: its binding, and the persons who approved it."""

    binding: ActionBinding
    approvers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Begun:
    """A nonce that was consumed: for which binding, in which epoch of the store, as which in it, and when (UTC ms)."""

    nonce: str
    binding: str
    epoch: str
    sequence: int
    consumed_at_ms: int


class ReplayStore(Protocol):
    """Where consumed nonces are kept, durably; whatever it cannot do it refuses with `EffectorError`."""

    def observe(self, now_ms: int, *, tolerance_ms: int) -> None:
        """Remember the clock; refuses one that is more than `tolerance_ms` behind the latest seen."""

    def begin(self, nonce: str, binding: str, *, now_ms: int, made_by_ms: int) -> Begun:
        """Consume `nonce`, once and for all; refuses in an epoch of the store that began after `made_by_ms`."""

    def finish(self, begun: Begun, receipt: bytes) -> None:
        """Keep how it ended."""

    def unfinished(self) -> Sequence[Begun]:
        """What was begun by somebody who is gone, and never finished."""
