"""From the console's loop to the gateway's: journeys run where the house lives.

INVARIANT: a journey that takes too long is not cut off, since it may be making something durable; only the page ends.
"""

import asyncio
from collections.abc import Coroutine
from typing import TypeVar

from brightline.console.config import JOURNEY_SECONDS
from brightline.console.errors import ConsoleError

_Result = TypeVar("_Result")


class Bridge:
    """Runs journeys on `loop`; without one, on the loop of whoever asks (in tests)."""

    def __init__(self, loop: asyncio.AbstractEventLoop | None, *, seconds: float = JOURNEY_SECONDS) -> None:
        self._loop = loop
        self._seconds = seconds

    async def ask(self, journey: Coroutine[None, None, _Result]) -> _Result:
        """What the journey returns or raises; raises `ConsoleError` (`console/late`) when it takes too long."""
        try:
            return await asyncio.wait_for(asyncio.shield(self._start(journey)), self._seconds)
        except TimeoutError as error:
            raise ConsoleError("console/late", seconds=int(self._seconds)) from error

    def _start(self, journey: Coroutine[None, None, _Result]) -> "asyncio.Future[_Result]":
        if self._loop is None:
            return asyncio.ensure_future(journey)
        return asyncio.wrap_future(asyncio.run_coroutine_threadsafe(journey, self._loop))
