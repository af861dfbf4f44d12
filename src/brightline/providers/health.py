"""How a deployment fares, judged by what became of its requests.

Up, until `failures` in a row; then down for `rest_seconds` (doubling, with a ceiling); then one request may probe. Its
success means up, its failure means down again. A rate limit is an answer, not a failure.
"""

from dataclasses import dataclass
from enum import Enum

from brightline.providers.ports import Clock


class HealthState(Enum):
    """What a request may expect."""

    UP = "up"
    DOWN = "down"
    PROBING = "probing"


@dataclass(frozen=True, slots=True)
class HealthRule:
    """When a deployment counts as down; times in seconds."""

    failures: int = 5
    rest_seconds: float = 5.0
    longest_rest_seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class DeploymentStatus:
    """One deployment as metrics and readiness see it."""

    deployment_id: str
    state: HealthState
    failures_in_a_row: int
    requests: int
    failures: int
    open_connections: int
    idle_connections: int


class Health:
    """The health of one deployment by `clock` and `rule`."""

    __slots__ = ("_clock", "_probing", "_rest", "_rule", "_until", "failures", "in_a_row", "requests")

    def __init__(self, clock: Clock, rule: HealthRule) -> None:
        self._clock = clock
        self._rule = rule
        self._rest = 0.0
        self._until = 0.0
        self._probing = False
        self.in_a_row = 0
        self.requests = 0
        self.failures = 0

    @property
    def state(self) -> HealthState:
        """The state now."""
        if not self._rest:
            return HealthState.UP
        if self._probing or self._clock() >= self._until:
            return HealthState.PROBING
        return HealthState.DOWN

    @property
    def open(self) -> bool:
        """Whether `admit` would let a request through."""
        return not self._rest or (not self._probing and self._clock() >= self._until)

    @property
    def seconds_left(self) -> int:
        """Whole seconds, rounded up, until the next probe may go."""
        return max(1, -int(self._clock() - self._until)) if self._rest else 0

    def admit(self) -> bool:
        """Whether a request may go; when down and rested, only the one that probes."""
        if self._rest:
            if not self.open:
                return False
            self._probing = True
        self.requests += 1
        return True

    def succeed(self) -> None:
        """A request was answered."""
        if self.in_a_row or self._rest:
            self.in_a_row = 0
            self._rest = 0.0
            self._probing = False

    def fail(self) -> None:
        """A request failed for a reason that lies with the deployment or the way to it."""
        self.failures += 1
        self.in_a_row += 1
        if self._rest and not self._probing:
            return  # one that was under way when the deployment went down: already judged
        if self._probing or self.in_a_row >= self._rule.failures:
            self._rest = min(self._rest * 2 or self._rule.rest_seconds, self._rule.longest_rest_seconds)
            self._until = self._clock() + self._rest
            self._probing = False

    def release(self) -> None:
        """A request was given up by its caller: that says nothing about the deployment."""
        self._probing = False
