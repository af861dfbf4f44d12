"""Waits until people have signed, for as long as the agreement lets a call wait.

A stream is pinged meanwhile, so that no reader takes the silence for a broken connection. Nobody waits on for a caller
that left, nor while the gateway stops: what is held stays held, and is resumed later.
"""

import asyncio

from brightline.domain.decision import Decision
from brightline.gateway.errors import HeldError
from brightline.gateway.exchange import ClientGoneError, Exchange
from brightline.gateway.ports import HoldsPort, HoldState, Rooms
from brightline.gateway.refusing import STREAM_TYPE, answer_headers
from brightline.gateway.run import Run
from brightline.wire import DialectCodec

TICK_SECONDS = 1.0  # how soon a waiting use sees that its caller left or that the gateway stops
PING_SECONDS = 10.0
_CODES = {
    HoldState.OPEN: "hold/pending",
    HoldState.DENIED: "hold/denied",
    HoldState.REVOKED: "hold/revoked",
    HoldState.EXPIRED: "hold/expired",
}


class Waiting:
    """Waits for one use, whose answer is or will be a stream if `pings`."""

    def __init__(self, rooms: Rooms, run: Run, exchange: Exchange, codec: DialectCodec, *, pings: bool) -> None:
        self._pings = pings
        self._rooms = rooms
        self._run = run
        self._exchange = exchange
        self._codec = codec
        self._spoke = rooms.clock()

    async def until_approved(
        self, port: HoldsPort, holds: tuple[bytes, ...], seconds: float, decision: Decision | None = None
    ) -> None:
        """Return once all of `holds` are approved; raises `HeldError` when one is not, and `ClientGoneError`."""
        state = await self._settled(port, holds, seconds)
        if state in _CODES:
            raise HeldError(_CODES[state], holds, decision)

    async def _settled(self, port: HoldsPort, holds: tuple[bytes, ...], seconds: float) -> HoldState:
        """Approved, or how the first that is not stands."""
        self._spoke = self._rooms.clock()
        loop = asyncio.get_running_loop()
        tasks = [loop.create_task(port.settled(hold, seconds)) for hold in holds]
        waiting = set(tasks)
        try:
            while waiting:
                done, waiting = await asyncio.wait(waiting, timeout=TICK_SECONDS, return_when=asyncio.FIRST_COMPLETED)
                states = [task.result() for task in done]
                vain = [state for state in states if state in _CODES]
                if vain:
                    return min(vain, key=lambda state: state is HoldState.OPEN)
                if waiting and self._exchange.draining:
                    return HoldState.OPEN
                self._look()
            return HoldState.APPROVED
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _look(self) -> None:
        """See to the caller: is it there, and must it hear something?"""
        if self._exchange.gone:
            raise ClientGoneError
        self.ping()

    def ping(self) -> None:
        """Let the reader of a stream hear something, where it heard nothing for `PING_SECONDS`."""
        now = self._rooms.clock()
        exchange = self._exchange
        if not self._pings or now - self._spoke < PING_SECONDS:
            return
        self._spoke = now
        if not exchange.answered:
            exchange.start(200, [("content-type", STREAM_TYPE), *answer_headers(self._rooms, self._run, self._codec)])
        exchange.send(self._codec.encode_ping())
