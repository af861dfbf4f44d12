"""The admin socket: who may speak, and what a bad word gets."""

import asyncio
import io
import json
import os
import socket
import stat
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from brightline.gateway import admin
from brightline.gateway.admin import SOCKET_NAME, AdminServer, Caller, peer_uid
from brightline.gateway.errors import AdminError
from brightline.gateway.logs import Log


async def status(args: Mapping[str, object], caller: Caller) -> Mapping[str, object]:
    if "fail" in args:
        raise AdminError("gateway/admin-bad-request")
    return {"uid": caller.uid}


async def ask(data_dir: Path, line: bytes) -> dict[str, object]:
    server = AdminServer({"status": status}, log=Log(io.StringIO()))
    await server.listen(data_dir)
    assert stat.S_IMODE((data_dir / SOCKET_NAME).stat().st_mode) == 0o600
    try:
        reader, writer = await asyncio.open_unix_connection(data_dir / SOCKET_NAME)
        writer.write(line)
        reply = await reader.read()
        writer.close()
    finally:
        await server.close()
    assert not (data_dir / SOCKET_NAME).exists()
    return json.loads(reply)  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    "line",
    [
        b"nonsense\n",
        b'{"command": "unknown"}\n',
        b'{"command": "status", "extra": 1}\n',
        b'{"command": "status", "args": {"fail": true}}\n',
        b"x" * (admin.MOST_BYTES * 2) + b"\n",
    ],
)
def test_a_bad_command_is_refused(tmp_path: Path, line: bytes) -> None:
    reply = asyncio.run(ask(tmp_path, line))
    assert reply["ok"] is False
    assert reply["error"] == {
        "code": "gateway/admin-bad-request",
        "message": "the command is not understood",
        "hint": "use the `brightline` command line",
    }


def test_another_user_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admin, "peer_uid", lambda _: 4242)
    reply = asyncio.run(ask(tmp_path, b'{"command": "status"}\n'))
    assert reply["ok"] is False
    assert reply["error"]["code"] == "gateway/admin-not-allowed"  # type: ignore[index]


def test_a_command_is_told_who_asks(tmp_path: Path) -> None:
    reply = asyncio.run(ask(tmp_path, b'{"command": "status"}\n'))
    assert reply == {"ok": True, "result": {"uid": os.getuid()}}


def test_the_kernel_says_who_is_there() -> None:
    left, right = socket.socketpair(socket.AF_UNIX)
    with left, right:
        assert peer_uid(left) == os.getuid()


def test_closing_what_never_listened_is_fine() -> None:
    asyncio.run(AdminServer({}, log=Log(io.StringIO())).close())


@pytest.mark.skipif(sys.platform != "linux", reason="long paths fit by way of /proc, which only Linux has")
def test_a_long_path_fits(tmp_path: Path) -> None:
    place = tmp_path / ("long" * 30)
    place.mkdir()

    async def story() -> bool:
        server = AdminServer({"status": status}, log=Log(io.StringIO()))
        await server.listen(place)
        try:
            return (place / SOCKET_NAME).is_socket()
        finally:
            await server.close()

    assert asyncio.run(story())
    assert not (place / SOCKET_NAME).exists()
