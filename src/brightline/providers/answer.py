"""One answer, from its head to its last byte, with bounded memory.

INVARIANT: the body is handed out in order, without gaps; where it breaks off or was given up, reading raises.
INVARIANT: at most `HIGH_WATER` bytes, plus one read of the socket, wait for a slow reader.
"""

import asyncio
from collections.abc import Callable
from typing import Protocol, Self

from brightline.providers.errors import AnswerError, ProvidersError
from brightline.providers.ports import Headers

HIGH_WATER = 256 * 1024


class Flow(Protocol):
    """The connection under an answer."""

    def hold(self) -> None:
        """Stop reading from the provider."""
        ...

    def resume(self) -> None:
        """Read on."""
        ...

    def abandon(self) -> None:
        """Close the connection now."""
        ...


class Answer:
    """What a provider answers to one request; read it to its end or `cancel` it; one reader at a time."""

    __slots__ = (
        "_chunks",
        "_error",
        "_flow",
        "_held",
        "_limit",
        "_on_fault",
        "_queued",
        "_received",
        "_waiter",
        "deployment_id",
        "ended",
        "headers",
        "status",
    )

    def __init__(self, flow: Flow, *, deployment_id: str, max_bytes: int, on_fault: Callable[[], None]) -> None:
        self._flow: Flow | None = flow
        self._limit = max_bytes
        self._on_fault = on_fault
        self._chunks: list[bytes] = []
        self._queued = 0
        self._received = 0
        self._held = False
        self._error: ProvidersError | None = None
        self._waiter: asyncio.Future[None] | None = None
        self.deployment_id = deployment_id
        self.status = 0
        self.headers: Headers = ()
        self.ended = False

    def __repr__(self) -> str:
        return f"<answer {self.status} of {self.deployment_id}>"

    # --- the connection feeds these

    def take_head(self, status: int, headers: Headers) -> None:
        """The head is in."""
        self.status = status
        self.headers = headers
        self._wake()

    def take_body(self, data: bytes) -> None:
        """One more piece of the body; never called after the end."""
        size = len(data)
        self._received += size
        if self._error is not None:
            return
        if self._received > self._limit:
            self.fail(AnswerError("providers/answer-too-big", deployment=self.deployment_id, limit=self._limit))
            return
        self._chunks.append(data)
        self._queued += size
        if self._queued > HIGH_WATER and not self._held and self._flow is not None:
            self._held = True
            self._flow.hold()
        self._wake()

    def end(self) -> None:
        """The body is whole; the connection belongs to somebody else from here on."""
        self.ended = True
        self._flow = None
        self._wake()

    def fail(self, error: ProvidersError) -> None:
        """The exchange cannot go on; whoever reads gets `error` after the bytes that came before it."""
        if self.ended or self._error is not None:
            return
        self._error = error
        self._on_fault()
        self._let_go()

    def _let_go(self) -> None:
        flow, self._flow = self._flow, None
        if flow is not None:
            flow.abandon()
        self._wake()

    def _wake(self) -> None:
        waiter = self._waiter
        if waiter is not None:
            self._waiter = None
            if not waiter.done():
                waiter.set_result(None)

    # --- a journey uses these

    @property
    def failed(self) -> bool:
        """Whether the exchange broke off or was given up."""
        return self._error is not None

    @property
    def content_type(self) -> str:
        """The media type in lower case, without parameters; empty when not stated."""
        return (self.get("content-type") or "").partition(";")[0].strip().lower()

    def get(self, name: str) -> str | None:
        """The first value of header `name` (lower case), or none."""
        for key, value in self.headers:
            if key == name:
                return value
        return None

    async def head(self) -> Self:
        """This answer, once its head is in; raises `ProvidersError`."""
        while not self.status:
            if self._error is not None:
                raise self._error
            await self._more()
        return self

    async def read(self, limit: int) -> bytes:
        """The whole body; raises `ProvidersError` when it breaks off, is late, or is longer than `limit` bytes."""
        parts: list[bytes] = []
        size = 0
        while True:
            if self._chunks:
                size += self._queued
                if size > limit:
                    self._refuse(AnswerError("providers/answer-too-big", deployment=self.deployment_id, limit=limit))
                else:
                    parts += self._take()
            if self._error is not None:
                raise self._error
            if self.ended:
                return parts[0] if len(parts) == 1 else b"".join(parts)
            await self._more()

    def chunks(self) -> Self:
        """The body in pieces as they come; pieces that wait are joined."""
        return self

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        while not self._chunks:
            if self._error is not None:
                raise self._error
            if self.ended:
                raise StopAsyncIteration
            # `_more`, written out: a coroutine for every piece costs more than the piece.
            self._waiter = waiter = asyncio.get_running_loop().create_future()
            try:
                await waiter
            except asyncio.CancelledError:
                self.cancel()
                raise
        parts = self._take()
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def cancel(self) -> None:
        """Give the answer up: the provider sees the connection close; nothing of a whole answer is lost by it."""
        if self._flow is not None and self._error is None:
            self._error = AnswerError("providers/cancelled", deployment=self.deployment_id)
            self._let_go()

    def _refuse(self, error: AnswerError) -> None:
        """Reading found the answer unusable: drop what waits, close what still runs."""
        self._chunks = []
        self._queued = 0
        if self._error is None:
            self._error = error
            self._let_go()

    def _take(self) -> list[bytes]:
        parts, self._chunks = self._chunks, []
        self._queued = 0
        if self._held:
            self._held = False
            if self._flow is not None:
                self._flow.resume()
        return parts

    async def _more(self) -> None:
        self._waiter = waiter = asyncio.get_running_loop().create_future()
        try:
            await waiter
        except asyncio.CancelledError:
            self.cancel()
            raise
