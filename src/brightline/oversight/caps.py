"""How much may wait and how fast anybody may sign: beyond it is refused, and never let pass.

A queue that people cannot work off is how a control becomes a habit, and a way to hide one action among many.
"""

from dataclasses import dataclass

from brightline.oversight.hold_errors import HoldError
from brightline.storage import HoldStore

HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """At most so many open holds for one caller, so many waiting for one role, so many signatures of one person."""

    open_per_principal: int = 20
    queue_per_role: int = 200
    sign_offs_per_hour: int = 60

    def check_principal(self, rows: HoldStore, principal: bytes, *, now_ms: int) -> None:
        """Raises `HoldError` when the caller with this tag may not hold one more action."""
        most = self.open_per_principal
        if rows.open_of(principal, now_ms=now_ms, most=most) >= most:
            raise HoldError("hold/too-many", most=most)

    def check_queue(self, rows: HoldStore, role: bytes, name: str, *, now_ms: int) -> None:
        """Raises `HoldError` when no more may wait for the role `name`, which has this tag."""
        most = self.queue_per_role
        if rows.queued(role, now_ms=now_ms, most=most) >= most:
            raise HoldError("hold/queue-full", role=name, most=most)

    def check_person(self, rows: HoldStore, person: bytes, name: str, *, now_ms: int) -> None:
        """Raises `HoldError` when `name`, who has this tag, signed as often within the hour as anybody may."""
        most = self.sign_offs_per_hour
        if rows.taken_of(person, since_ms=now_ms - HOUR_MS, most=most) >= most:
            raise HoldError("hold/too-many-signatures", person=name, most=most)
