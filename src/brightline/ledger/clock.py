"""The clock rule: entries are stamped with UTC milliseconds that never go back, and a clock in doubt is not believed.

Doubt begins when the wall clock jumps by more than 60 s against the monotonic one, or stands behind what it showed
before (or, after a start, behind the last entry). It lasts until somebody acknowledges it, which is an entry.
While in doubt no new use is taken; outcomes still are, at the last entry's time, so that one wrong clock does not push
the time of all later entries into the future.
"""

import time

from brightline.ledger.ports import Clock

MOST_JUMP_MS = 60_000
# A clock that is being slewed, or read on two cores, may step back a little; a second is far above both.
MOST_BEHIND_MS = 1_000
_SINCE_BOOT = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)  # macOS: CLOCK_MONOTONIC counts sleep already


class SystemClock:
    """The machine's own clocks."""

    def wall_ms(self) -> int:
        """UTC milliseconds since 1970."""
        return time.time_ns() // 1_000_000

    def monotonic_ms(self) -> int:
        """Milliseconds since the machine started, sleep included."""
        return time.clock_gettime_ns(_SINCE_BOOT) // 1_000_000


class ClockGuard:
    """Stamps entries, and says when the clock is in doubt."""

    def __init__(self, clock: Clock, floor_ms: int) -> None:
        """`floor_ms` is the time that the wall clock has shown before."""
        self._clock = clock
        self._floor_ms = floor_ms
        self._offset_ms = clock.wall_ms() - clock.monotonic_ms()
        self.doubt = ""

    def stamp(self, last_ms: int) -> int:
        """The time of entries written now, after one of `last_ms`."""
        wall_ms = self.look()
        return last_ms if self.doubt and last_ms else max(wall_ms, last_ms)

    def look(self) -> int:
        """Read the clocks, note any doubt, and return the wall clock."""
        wall_ms = self._clock.wall_ms()
        if self.doubt:
            return wall_ms
        jump_ms = wall_ms - self._clock.monotonic_ms() - self._offset_ms
        if wall_ms < self._floor_ms - MOST_BEHIND_MS:
            self.doubt = f"it is {self._floor_ms - wall_ms} ms behind a time it has shown before"
        elif abs(jump_ms) > MOST_JUMP_MS:
            self.doubt = f"it jumped by {jump_ms} ms against the monotonic clock"
        else:
            self._floor_ms = max(self._floor_ms, wall_ms)
        return wall_ms

    def acknowledge(self) -> int:
        """Believe the clock as it stands, and return it (UTC ms)."""
        wall_ms = self._clock.wall_ms()
        self._offset_ms = wall_ms - self._clock.monotonic_ms()
        self._floor_ms = wall_ms
        self.doubt = ""
        return wall_ms
