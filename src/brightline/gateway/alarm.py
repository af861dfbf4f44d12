"""Told when the two engines decided one use differently: an error in the log, and a count in the metrics.

The use itself is refused and recorded by the journey, like any other refusal. Told as well of a decoy that could not be
placed and of a notice that could not be delivered, which nobody else waits for.
"""

from brightline.domain.errors import BrightlineError
from brightline.gateway.logs import Log
from brightline.policy import Divergence

_MOST_NAMED = 20


class Alarm:
    """What is called for every difference; silent but for its count until it has a log."""

    def __init__(self) -> None:
        self.differences = 0
        self._log: Log | None = None

    def listen(self, log: Log) -> None:
        """Write differences to `log` from now on."""
        self._log = log

    def __call__(self, found: Divergence) -> None:
        """Count `found`, and say which agreement, use and policies it is about."""
        self.differences += 1
        if self._log is None:
            return
        self._log.error(
            "engines-disagree",
            code=found.code,
            decision=found.use_id.hex(),
            version=found.agreement.version,
            policies=", ".join(found.policies[:_MOST_NAMED]),
        )

    def decoy_failed(self, error: BrightlineError) -> None:
        """Say that a decoy could not be placed; not which action it was made from."""
        if self._log is not None:
            self._log.warning("decoy-not-placed", code=error.code)

    def notice_failed(self, why: str) -> None:
        """Say that a notice to approvers could not be delivered."""
        if self._log is not None:
            self._log.warning("notice-not-delivered", why=why)
