"""Looks after the agreement of a running gateway: catches up with the ledger, and warns before its times run out.

Warnings come at the start, then once a day, from thirty days before the agreement expires and in the last third of the
life of the statement that it is current; once either is over, a line a day says that nothing is permitted.
"""

from collections.abc import Callable, Mapping

from brightline.domain.errors import BrightlineError
from brightline.gateway.activation import Activation
from brightline.gateway.logs import Log
from brightline.gateway.standing import Standing, Term

DAY_MS = 86_400_000
WARN_DAYS = 30
_PART = 3


class AgreementWatch:
    """One look a second, by whoever serves; `now_ms` is the ledger's time."""

    def __init__(self, standing: Standing, activation: Activation, now_ms: Callable[[], int], log: Log) -> None:
        self._standing = standing
        self._activation = activation
        self._now_ms = now_ms
        self._log = log
        self._told: tuple[Term, int] | None = None

    def readiness(self) -> str:
        """The code of what keeps the agreement from permitting anything now, or nothing."""
        refusal = self._standing.term.refusal(self._now_ms())
        return "" if refusal is None else refusal.code

    def gauges(self) -> Mapping[str, float]:
        """Seconds until the agreement expires, and until the statement that it is current runs out."""
        term, now_ms = self._standing.term, self._now_ms()
        return {
            "agreement_version": term.agreement.ref.version,
            "agreement_seconds_left": max(0.0, (term.expires_ms - now_ms) / 1000),
            "statement_seconds_left": max(0.0, (term.current_until_ms - now_ms) / 1000),
        }

    async def look(self) -> None:
        """Catch up, and say what has to be said today."""
        try:
            if await self._activation.catch_up():
                self._log.warning("agreement-caught-up", version=self._standing.term.agreement.ref.version)
        except BrightlineError as error:
            self._log.error("agreement-behind", code=error.code)
        term, today = self._standing.term, self._now_ms() // DAY_MS
        if self._told != (term, today):
            self._told = (term, today)
            self._say(term, self._now_ms())

    def _say(self, term: Term, now_ms: int) -> None:
        version = term.agreement.ref.version
        refusal = term.refusal(now_ms)
        if refusal is not None:
            self._log.error("nothing-permitted", code=refusal.code, version=version)
            return
        expires, states = _days(term.expires_ms, now_ms), _days(term.current_until_ms, now_ms)
        if term.expires_ms - now_ms <= WARN_DAYS * DAY_MS:
            self._log.warning("agreement-expires", days=expires, version=version)
        if term.current_until_ms - now_ms <= (term.current_until_ms - term.current_from_ms) // _PART:
            self._log.warning("statement-ends", days=states, version=version)


def _days(end_ms: int, now_ms: int) -> int:
    """Whole days that are left."""
    return max(0, end_ms - now_ms) // DAY_MS
