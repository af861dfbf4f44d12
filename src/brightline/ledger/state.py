"""Whether the ledger can record, and why not."""

from dataclasses import dataclass
from enum import Enum

from brightline.domain.errors import BrightlineError


class Condition(Enum):
    """What the ledger can do now, the worst first."""

    CLOSED = "closed"
    BEHIND_ANCHOR = "behind-anchor"
    FAILED = "failed"
    CLOCK = "clock"
    LOW_DISK = "low-disk"
    READY = "ready"


@dataclass(frozen=True, slots=True)
class LedgerState:
    """The condition, and the error (code, message, hint) that explains it; none when ready."""

    condition: Condition
    error: BrightlineError | None = None

    @property
    def ready(self) -> bool:
        """Whether new uses are taken."""
        return self.condition is Condition.READY

    @property
    def code(self) -> str:
        """The stable code of what is wrong, empty when ready."""
        return "" if self.error is None else self.error.code


@dataclass(frozen=True, slots=True)
class Metrics:
    """Counts since the start, and sizes as they are now."""

    entries: int
    appends: int
    groups: int
    commit_seconds: float
    bytes_written: int
    open_intents: int
    free_bytes: int
    published: int
    failures: int
    healed: int
