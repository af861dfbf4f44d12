"""Connections to one endpoint, kept and lent: last in, first out, so that the ones too many grow old and close.

INVARIANT: never more than `max_connections` exist, and each is lent to one exchange at a time.
"""

import asyncio
import socket
import ssl
from collections import deque

from brightline.providers.connection import Connection
from brightline.providers.endpoint import Endpoint
from brightline.providers.errors import EndpointError, ProvidersError, ProviderTimeoutError, UnreachableError

MAX_WAITING_PER_CONNECTION = 4


def tls_context(endpoint: Endpoint) -> ssl.SSLContext | None:
    """System trust, or the endpoint's own CA alone; none for plain http; raises `EndpointError`."""
    if not endpoint.address.tls:
        return None
    try:
        context = ssl.create_default_context(cafile=str(endpoint.ca_file) if endpoint.ca_file else None)
    except (OSError, ssl.SSLError) as error:
        why = error.strerror or "it holds no certificate"
        raise EndpointError("providers/bad-ca", deployment=endpoint.deployment_id, why=why) from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    return context


class Pool:
    """The connections of one endpoint."""

    __slots__ = ("_address", "_all", "_closed", "_endpoint", "_idle", "_opening", "_waiting", "context")

    def __init__(self, endpoint: Endpoint, context: ssl.SSLContext | None) -> None:
        self._endpoint = endpoint
        self._address = endpoint.address
        self.context = context
        self._all: set[Connection] = set()
        self._idle: list[Connection] = []
        self._opening = 0
        self._waiting: deque[asyncio.Future[Connection | None]] = deque()
        self._closed = False

    @property
    def open(self) -> int:
        """Connections that stand or are being made."""
        return len(self._all) + self._opening

    @property
    def idle(self) -> int:
        """Connections that wait for work."""
        return len(self._idle)

    async def take(self, *, fresh: bool = False) -> Connection:
        """A connection for one exchange, none that has idled when `fresh`; raises `ProvidersError`."""
        while True:
            if fresh:
                while self._idle:
                    self._idle.pop().close()
            kept = self.take_idle()
            if kept is not None:
                return kept
            if self._closed:
                raise UnreachableError("providers/closed")
            if self.open < self._endpoint.max_connections:
                self._opening += 1
                return await self._connect()
            lent = await self._wait()
            if lent is None:
                return await self._connect()
            if lent.usable:
                return lent

    def take_idle(self) -> Connection | None:
        """A connection that has idled, if there is one: without waiting, for this is how most exchanges begin."""
        while self._idle:
            connection = self._idle.pop()
            if connection.usable:
                return connection
        return None

    def keep(self, connection: Connection) -> None:
        """Take a connection back: the longest waiting exchange gets it, else it idles."""
        turn = self._first_waiting()
        if turn is not None:
            turn.set_result(connection)
        elif self._closed:
            connection.close()
        else:
            self._idle.append(connection)

    def forget(self, connection: Connection) -> None:
        """A connection is gone: there is room for another."""
        if connection in self._all:
            self._all.discard(connection)
            if connection in self._idle:
                self._idle.remove(connection)
            self._grant()

    def close(self) -> None:
        """Close all connections; exchanges under way are cut, waiting ones refused."""
        self._closed = True
        turn = self._first_waiting()
        while turn is not None:
            turn.set_exception(UnreachableError("providers/closed"))
            turn = self._first_waiting()
        for connection in list(self._all):
            connection.close()
        self._idle.clear()

    def _first_waiting(self) -> asyncio.Future[Connection | None] | None:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                return turn
        return None

    def _grant(self) -> None:
        """Let the longest waiting exchange make a connection; its place counts from now on."""
        if self.open < self._endpoint.max_connections:
            turn = self._first_waiting()
            if turn is not None:
                self._opening += 1
                turn.set_result(None)

    async def _wait(self) -> Connection | None:
        """A connection that somebody gave back, or none when a place for a new one was granted."""
        endpoint, loop = self._endpoint, asyncio.get_running_loop()
        busy = UnreachableError("providers/busy", deployment=endpoint.deployment_id, limit=endpoint.max_connections)
        if len(self._waiting) >= MAX_WAITING_PER_CONNECTION * endpoint.max_connections:
            raise busy
        turn: asyncio.Future[Connection | None] = loop.create_future()
        self._waiting.append(turn)
        timer = loop.call_later(endpoint.connect_timeout, _expire, turn, busy)
        try:
            return await turn
        except asyncio.CancelledError:
            # Handed over in the moment the caller left: the next in line gets it.
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                connection = turn.result()
                if connection is None:
                    self._opening -= 1
                    self._grant()
                else:
                    self.keep(connection)
            raise
        finally:
            timer.cancel()

    async def _connect(self) -> Connection:
        """A new connection, in the place already counted in `_opening`."""
        endpoint, loop = self._endpoint, asyncio.get_running_loop()
        try:
            async with asyncio.timeout(endpoint.connect_timeout):
                transport, connection = await loop.create_connection(
                    lambda: Connection(endpoint, self, loop),
                    self._address.host,
                    self._address.port,
                    ssl=self.context,
                    server_hostname=self._address.host if self.context else None,
                )
        except BaseException as error:
            self._opening -= 1
            self._grant()
            refusal = self._why(error)
            if refusal is None:
                raise
            raise refusal from None
        self._opening -= 1
        if self._closed or not connection.usable:
            transport.abort()
            self._grant()
            raise self._why(OSError(0, "it hung up at once")) or UnreachableError("providers/closed")
        raw = transport.get_extra_info("socket")
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._all.add(connection)
        return connection

    def _why(self, error: BaseException) -> ProvidersError | None:
        """What a failed connection attempt means; none when it is not about the provider."""
        name = self._endpoint.deployment_id
        if self._closed:
            return UnreachableError("providers/closed")
        if isinstance(error, TimeoutError):
            seconds = f"{self._endpoint.connect_timeout:g}"
            return ProviderTimeoutError("providers/timeout", deployment=name, phase="the connection", seconds=seconds)
        if isinstance(error, ssl.SSLError):
            said = getattr(error, "verify_message", "") or error.reason or "no TLS"
            return UnreachableError("providers/tls", deployment=name, why=str(said).lower().replace("_", " "))
        if isinstance(error, OSError):
            why = (error.strerror or "connection failed").lower()
            return UnreachableError("providers/unreachable", deployment=name, why=why)
        return None


def _expire(turn: asyncio.Future[Connection | None], error: UnreachableError) -> None:
    if not turn.done():
        turn.set_exception(error)
