"""The admin socket: the command line speaks to a running gateway over a Unix socket in the data directory.

One request a connection: a JSON object `{"command", "args"}` and a line end; one JSON object back. Only the user who
runs the gateway, and root, may speak (the kernel says who it is).
INVARIANT: nothing that a peer sends is parsed before its user id was checked.
"""

import asyncio
import os
import socket
import struct
import sys
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import cast

import msgspec

from brightline.domain.errors import BrightlineError
from brightline.gateway.errors import AdminError
from brightline.gateway.logs import Log

SOCKET_NAME = "admin.sock"
MOST_BYTES = 256 * 1024
_SECONDS = 60.0

Result = Mapping[str, object]
Command = Callable[[Mapping[str, object], "Caller"], Awaitable[Result]]


class Caller(msgspec.Struct, frozen=True):
    """Who commands: the user id that the kernel gives for the other end of the socket."""

    uid: int


class AdminRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One command with its arguments."""

    command: str
    args: dict[str, object] = {}


def peer_uid(connection: socket.socket) -> int:
    """The user id at the other end of a Unix socket (SO_PEERCRED on Linux, LOCAL_PEERCRED on macOS)."""
    if sys.platform == "darwin":
        local_peercred, sol_local = 1, 0
        raw = connection.getsockopt(sol_local, local_peercred, 12)
        return cast("int", struct.unpack("=IIi", raw)[1])
    raw = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    return cast("int", struct.unpack("3i", raw)[1])


class AdminServer:
    """Serves `commands` on `<data>/admin.sock` (mode 0600)."""

    def __init__(self, commands: Mapping[str, Command], *, log: Log) -> None:
        self._commands = commands
        self._log = log
        self._server: asyncio.Server | None = None
        self._path: Path | None = None

    async def listen(self, data_dir: Path) -> None:
        """Start serving; a socket file left by a dead gateway is replaced (the caller holds the store's lock)."""
        path = data_dir / SOCKET_NAME
        path.unlink(missing_ok=True)
        before, directory = os.umask(0o177), os.open(data_dir, os.O_RDONLY | os.O_DIRECTORY)
        try:
            # An address holds about a hundred bytes (unix(7)); by way of the open directory any path fits.
            short = Path(f"/proc/self/fd/{directory}")
            place = short / SOCKET_NAME if short.is_dir() else path
            self._server = await asyncio.start_unix_server(self._serve, place, limit=MOST_BYTES)
        finally:
            os.close(directory)
            os.umask(before)
        self._path = path

    async def close(self) -> None:
        """Stop serving and take the socket file away."""
        if self._server is not None:
            self._server.close()
        if self._path is not None:
            self._path.unlink(missing_ok=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            reply = await self._answer(reader, writer)
            writer.write(reply + b"\n")
            await writer.drain()
        except (OSError, TimeoutError) as error:
            self._log.warning("admin-lost", why=type(error).__name__)
        finally:
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        uid = peer_uid(writer.get_extra_info("socket"))
        try:
            line = await self._line(reader)
            if uid not in (os.getuid(), 0):
                raise AdminError("gateway/admin-not-allowed")
            request = _parse(line)
            command = self._commands.get(request.command)
            if command is None:
                raise AdminError("gateway/admin-bad-request")
            self._log.info("admin", command=request.command, uid=uid)
            result = await command(request.args, Caller(uid))
        except BrightlineError as error:
            failure = {"code": error.code, "message": error.message, "hint": error.hint}
            return msgspec.json.encode({"ok": False, "error": failure})
        return msgspec.json.encode({"ok": True, "result": result})

    async def _line(self, reader: asyncio.StreamReader) -> bytes:
        try:
            return await asyncio.wait_for(reader.readline(), _SECONDS)
        except ValueError as error:  # longer than MOST_BYTES
            raise AdminError("gateway/admin-bad-request") from error


def _parse(line: bytes) -> AdminRequest:
    try:
        return msgspec.json.decode(line, type=AdminRequest)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise AdminError("gateway/admin-bad-request") from error
