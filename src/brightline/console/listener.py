"""The console's own listener: a thread with uvicorn, beside the gateway's loop.

Nothing of a request is logged. A connection that sends no request within its time is closed, and there are never more
than a bounded number of them.
LIMIT: the bound counts connections of everybody; put the console where only approvers can reach it.
"""

import asyncio
import logging
import socket
import ssl
import threading
from pathlib import Path
from typing import cast

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from brightline.console.config import ConsoleConfig
from brightline.console.errors import ConsoleError

_HEAD_SECONDS = 10.0
_MOST_HEAD_BYTES = 16 * 1024
_MOST_CONNECTIONS = 128
_STOP_SECONDS = 5.0


class _BoundedProtocol(H11Protocol):
    """uvicorn's HTTP/1.1, which closes a connection that does not say what it wants."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._head_timer = self.loop.call_later(_HEAD_SECONDS, self._close_if_silent)

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_timer.cancel()
        super().connection_lost(exc)

    def _close_if_silent(self) -> None:
        if self.cycle is None:
            self.transport.close()


class Listener:
    """A console that listens; made by `start`."""

    def __init__(self, server: uvicorn.Server, thread: threading.Thread, port: int) -> None:
        self._server = server
        self._thread = thread
        self.port = port

    @property
    def alive(self) -> bool:
        """Whether its thread still serves."""
        return self._thread.is_alive()

    def stop(self) -> None:
        """End it; waits a few seconds for pages that are being made."""
        self._server.should_exit = True
        self._thread.join(_STOP_SECONDS)


def start(app: ASGIApp, config: ConsoleConfig, *, data_dir: Path | None = None) -> Listener:
    """Serve `app` in a thread of its own; raises `ConsoleError` when the port is taken or the certificate is no use."""
    bound = _bind(config)
    try:
        server = uvicorn.Server(_uvicorn_config(app, config, data_dir))
    except (OSError, ssl.SSLError) as error:
        bound.close()
        raise ConsoleError("console/bad-certificate") from error
    port = int(cast("tuple[str, int]", bound.getsockname())[1])
    thread = threading.Thread(target=server.run, args=([bound],), name="console", daemon=True)
    thread.start()
    return Listener(server, thread, port)


def _bind(config: ConsoleConfig) -> socket.socket:
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    try:
        return socket.create_server((config.host, config.port), family=family, backlog=128)
    except OSError as error:
        raise ConsoleError("console/port-taken", host=config.host, port=config.port) from error


def _uvicorn_config(app: ASGIApp, config: ConsoleConfig, data_dir: Path | None) -> uvicorn.Config:
    folder = data_dir or Path()
    made = uvicorn.Config(
        app,
        loop="asyncio",
        http=_BoundedProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        # Above CRITICAL: uvicorn's own lines would name paths, and a path names a hold.
        log_level=logging.CRITICAL + 1,
        access_log=False,
        # The peer is the socket's address, whatever a header says.
        proxy_headers=False,
        server_header=False,
        limit_concurrency=_MOST_CONNECTIONS,
        h11_max_incomplete_event_size=_MOST_HEAD_BYTES,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=3,
        ssl_certfile=None if config.certificate is None else folder / config.certificate,
        ssl_keyfile=None if config.key is None else str(folder / config.key),
    )
    made.load()
    return made
