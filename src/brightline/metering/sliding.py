"""A window that slides by its parts, and which of them count at a time."""

from dataclasses import dataclass

MOST_PARTS = 366
LONGEST_SECONDS = 366 * 86_400


@dataclass(frozen=True, slots=True)
class Sliding:
    """The last `seconds` seconds, kept in `parts` parts of equal length.

    What happened is known by its part alone, so it counts from `seconds` to `seconds` + one part long: too long by one
    part at most, and never too short.
    """

    seconds: int
    parts: int

    @property
    def part_ms(self) -> int:
        """How long one part is, in milliseconds, rounded up: the window is never shorter than it says."""
        return -(-self.seconds * 1000 // self.parts)
