"""Speaks to a running gateway over the admin socket in its data directory.

One request a connection: a JSON object and a line end; one JSON object back, of the form
`{"ok": true, "result": …}` or `{"ok": false, "error": {"code", "message", "hint"}}`.
INVARIANT: nothing is sent to a socket that another user put there.
"""

import errno
import json
import os
import socket
from collections.abc import Mapping
from pathlib import Path

from brightline.cli.errors import PlaceError, TalkError
from brightline.domain.errors import BrightlineError

SOCKET_NAME = "admin.sock"
MOST_BYTES = 64 * 1024 * 1024
# A backup of a large store is the longest command.
SECONDS = 600.0
# Longest socket path that every system takes (macOS: 104 with the closing zero; unix(4)).
_LONGEST_PATH = 103

Result = Mapping[str, object]


class RemoteError(BrightlineError):
    """A refusal of the running gateway, in its own words."""

    def __init__(self, code: str, message: str, hint: str) -> None:
        Exception.__init__(self, message)
        self.code, self.message, self.hint = code, message, hint
        self.words = {}
        self.status = 500


def ask(data_dir: Path, command: str, args: Mapping[str, object], *, seconds: float = SECONDS) -> Result | None:
    """What the gateway on `data_dir` answers to `command`; none when no gateway listens there.

    Raises `RemoteError` with the gateway's own refusal, `TalkError` when it answers nothing that is understood.
    """
    connection = _connect(data_dir, seconds)
    if connection is None:
        return None
    request = json.dumps({"command": command, "args": dict(args)}).encode() + b"\n"
    with connection:
        try:
            connection.sendall(request)
            reply = _read(connection)
        except TimeoutError as error:
            raise TalkError("cli/no-answer", seconds=int(seconds)) from error
        except (BrokenPipeError, ConnectionResetError) as error:
            raise TalkError("cli/bad-answer") from error
    return _result(reply)


def _connect(data_dir: Path, seconds: float) -> socket.socket | None:
    path = data_dir / SOCKET_NAME
    try:
        owner = path.lstat().st_uid
    except FileNotFoundError:
        return None
    if owner not in {os.getuid(), 0} and os.getuid() != 0:
        raise PlaceError("cli/foreign-socket", path=str(path))
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(seconds)
    try:
        _connect_to(connection, path)
    except OSError as error:
        connection.close()
        # A socket file that nobody listens on was left by a gateway that died.
        if error.errno in {errno.ECONNREFUSED, errno.ENOENT}:
            return None
        raise
    return connection


def _connect_to(connection: socket.socket, path: Path) -> None:
    if len(os.fsencode(path)) <= _LONGEST_PATH:
        connection.connect(os.fspath(path))
        return
    # Too long for a socket address: name it by way of the open directory (Linux; elsewhere the system says no).
    directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        connection.connect(f"/proc/self/fd/{directory}/{path.name}")
    finally:
        os.close(directory)


def _read(connection: socket.socket) -> bytes:
    pieces: list[bytes] = []
    size = 0
    while piece := connection.recv(65536):
        pieces.append(piece)
        size += len(piece)
        if piece.endswith(b"\n") or size > MOST_BYTES:
            break
    return b"".join(pieces)


def _result(reply: bytes) -> Result:
    try:
        answer = json.loads(reply) if reply.endswith(b"\n") else None
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise TalkError("cli/bad-answer")
    if answer.get("ok") is True and isinstance(answer.get("result"), dict):
        return {str(name): value for name, value in answer["result"].items()}
    error = answer.get("error")
    if not isinstance(error, dict):
        raise TalkError("cli/bad-answer")
    raise RemoteError(*(str(error.get(name, "")) for name in ("code", "message", "hint")))
