"""What an administrator may ask about oversight: how people decide, in numbers.

Nothing is changed by it, and no contents are in it.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping

from brightline.gateway.admin import Caller, Command, Result
from brightline.gateway.admin_journeys import Nothing, command_of
from brightline.oversight.measure import VoteRecord, as_json, measure


class AdminOversight:
    """The commands; `commands` gives them by name for the admin socket.

    `votes` gives every vote that was cast, `overdue` how many reviews of broken glass are late.
    """

    def __init__(self, votes: Callable[[], Iterable[VoteRecord]], overdue: Callable[[], int]) -> None:
        self._votes = votes
        self._overdue = overdue

    @property
    def commands(self) -> Mapping[str, Command]:
        """Every command by its name."""
        return {"oversight.report": command_of(Nothing, self.report)}

    async def report(self, asked: Nothing, by: Caller) -> Result:
        """The report of all votes."""
        # Beside the loop, which serves calls meanwhile: it reads every vote that was ever cast.
        measured = await asyncio.to_thread(lambda: measure(self._votes()))
        return {**as_json(measured), "reviews_overdue": self._overdue()}
