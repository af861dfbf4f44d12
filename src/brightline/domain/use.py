"""A use: the exact facts of one call that a decision rests on."""

from dataclasses import dataclass

from brightline.domain.agreement import Deployment
from brightline.domain.call import Claimed, Dialect, Operation
from brightline.domain.principal import Principal

UNKNOWN_EFFECT = "unknown"


@dataclass(frozen=True, slots=True)
class ToolEffect:
    """A tool offered, with the effect class its register entry gives it (`unknown` without one)."""

    name: str
    effect: str


@dataclass(frozen=True, slots=True)
class Use:
    """Who calls which deployment for which mission, with what in hand.

    Everything but `claimed` was derived by the gateway. `input_bytes` is the size of the client's body.
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

    @property
    def effects(self) -> frozenset[str]:
        """The effect classes of all tools offered."""
        return frozenset(tool.effect for tool in self.tools)
