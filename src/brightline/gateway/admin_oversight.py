"""What an administrator may ask about oversight: how people decide, in numbers.

Nothing is changed by it, and no contents are in it.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from brightline.gateway.admin import Caller, Command, Result
from brightline.gateway.admin_journeys import Nothing, command_of
from brightline.oversight.measure import VoteRecord, as_json, measure


class Measures(Protocol):
    """What is measured; any thread may ask."""

    def votes(self, damaged: Callable[[bytes], None]) -> Iterable[VoteRecord]:
        """Every vote that was cast; `damaged` is told the id of each hold that cannot be read."""
        ...

    def reviews_overdue(self) -> int:
        """How many reviews of broken glass are late."""
        ...

    def differing(self) -> tuple[str, ...]:
        """The holds of which the store lacks what the log says."""
        ...


class AdminOversight:
    """The commands; `commands` gives them by name for the admin socket."""

    def __init__(self, measures: Measures) -> None:
        self._measures = measures

    @property
    def commands(self) -> Mapping[str, Command]:
        """Every command by its name."""
        return {"oversight.report": command_of(Nothing, self.report)}

    async def report(self, asked: Nothing, by: Caller) -> Result:
        """The report of all votes, of what could not be read, and of where the store is not what the log says."""
        # Beside the loop, which serves calls meanwhile: it reads every vote that was ever cast.
        return await asyncio.to_thread(self._report)

    def _report(self) -> Result:
        damaged: set[bytes] = set()
        measured = measure(self._measures.votes(damaged.add))
        return {
            **as_json(measured),
            "reviews_overdue": self._measures.reviews_overdue(),
            "damaged": sorted(hold.hex() for hold in damaged),
            "store_differs": sorted(self._measures.differing()),
        }
