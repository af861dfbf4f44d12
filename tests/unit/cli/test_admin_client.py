import os
import socket
from pathlib import Path

import pytest

from brightline.cli import admin_client
from brightline.cli.admin_client import RemoteError, ask
from brightline.cli.errors import PlaceError, TalkError


def test_nobody_listens(data_dir: Path) -> None:
    assert ask(data_dir, "status", {}) is None
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(data_dir / "admin.sock"))
    assert ask(data_dir, "status", {}) is None


def test_a_refusal_comes_back_in_the_gateways_own_words(gateway, data_dir: Path) -> None:
    gateway.refuse("identity/unknown-key", "there is no key `x`", "look")
    with pytest.raises(RemoteError) as caught:
        ask(data_dir, "key.revoke", {"key_id": "x"})
    assert (caught.value.code, caught.value.message, caught.value.hint) == (
        "identity/unknown-key",
        "there is no key `x`",
        "look",
    )


@pytest.mark.parametrize(
    "reply",
    [
        b"",
        b"garbage\n",
        b'{"ok": true, "result": {}}',
        b"[]\n",
        b'{"ok": true, "result": []}\n',
        b'{"ok": false}\n',
        b"\xff\n",
    ],
)
def test_an_answer_that_is_none_refuses(gateway, data_dir: Path, reply: bytes) -> None:
    gateway.reply = reply
    with pytest.raises(TalkError) as caught:
        ask(data_dir, "status", {})
    assert caught.value.code == "cli/bad-answer"


def test_a_silent_gateway_is_not_waited_for_without_end(data_dir: Path) -> None:
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(data_dir / "admin.sock"))
        silent.listen()
        with pytest.raises(TalkError) as caught:
            ask(data_dir, "status", {}, seconds=0.05)
    assert caught.value.code == "cli/no-answer"


def test_a_gateway_that_hangs_up_refuses(data_dir: Path, monkeypatch) -> None:
    class Gone:
        def __enter__(self):
            return self

        def __exit__(self, *_):
            return None

        def sendall(self, data: bytes) -> None:
            raise BrokenPipeError

    monkeypatch.setattr(admin_client, "_connect", lambda *_: Gone())
    with pytest.raises(TalkError) as caught:
        ask(data_dir, "status", {})
    assert caught.value.code == "cli/bad-answer"


def test_nothing_is_sent_to_another_users_socket(data_dir: Path, monkeypatch) -> None:
    (data_dir / "admin.sock").touch()
    monkeypatch.setattr(admin_client.os, "getuid", lambda: 4241)
    monkeypatch.setattr(Path, "lstat", lambda self: os.stat_result((0, 0, 0, 0, 4242, 0, 0, 0, 0, 0)))
    with pytest.raises(PlaceError) as caught:
        ask(data_dir, "key.import", {"secret": "s"})
    assert caught.value.code == "cli/foreign-socket"


def test_one_request_and_one_answer(gateway, data_dir: Path) -> None:
    gateway.answer({"state": "ready", "much": "x" * 200_000})
    result = ask(data_dir, "status", {"a": 1})
    assert result is not None
    assert result["state"] == "ready"
    assert gateway.asked == [{"command": "status", "args": {"a": 1}}]


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="long socket paths need Linux's /proc")
def test_a_path_too_long_for_a_socket_address(data_dir: Path) -> None:
    deep = data_dir / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True)
    listening = socket.socket(socket.AF_UNIX)
    directory = os.open(deep, os.O_RDONLY)
    listening.bind(f"/proc/self/fd/{directory}/admin.sock")
    os.close(directory)
    listening.listen()
    with listening, pytest.raises(TalkError) as caught:
        ask(deep, "status", {}, seconds=0.05)
    assert caught.value.code == "cli/no-answer"


def test_an_endless_answer_is_cut_off(gateway, data_dir: Path, monkeypatch) -> None:
    monkeypatch.setattr(admin_client, "MOST_BYTES", 10)
    gateway.reply = b"x" * 100
    with pytest.raises(TalkError):
        ask(data_dir, "status", {})
