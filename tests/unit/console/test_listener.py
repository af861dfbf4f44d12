import socket
import ssl
from pathlib import Path

import pytest

from brightline.console import listener as module
from brightline.console.config import ConsoleConfig
from brightline.console.errors import ConsoleError
from brightline.console.listener import start
from brightline.testing.console import make_console, running_console


def say(port: int, data: bytes, *, tls: ssl.SSLContext | None = None) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as plain:
        line = plain if tls is None else tls.wrap_socket(plain, server_hostname="localhost")
        line.sendall(data)
        parts = []
        while part := line.recv(65_536):
            parts.append(part)
        return b"".join(parts)


def request(host: str) -> bytes:
    return f"GET /sign-in HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode()


def test_it_serves_pages_until_it_is_stopped(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with running_console() as console:
        answer = say(console.config.port, request(console.config.netloc))
        assert answer.startswith(b"HTTP/1.1 200")
        assert b"server:" not in answer.lower()
        assert say(console.config.port, request("elsewhere")).startswith(b"HTTP/1.1 421")
        assert say(console.config.port, b"nonsense\r\n\r\n").startswith(b"HTTP/1.1 400")
        port = console.config.port
    with pytest.raises(ConnectionRefusedError):
        say(port, b"")
    assert caplog.text == ""
    assert capfd.readouterr() == ("", "")


def test_a_port_that_is_taken_is_told() -> None:
    with running_console() as console:
        with pytest.raises(ConsoleError) as refused:
            start(console.app, console.config)
        assert refused.value.code == "console/port-taken"


def test_a_connection_that_says_nothing_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_HEAD_SECONDS", 0.05)
    with running_console() as console:
        assert say(console.config.port, b"GET / HT") == b""
        assert say(console.config.port, request(console.config.netloc)).startswith(b"HTTP/1.1 200")


def test_a_head_without_end_is_refused() -> None:
    with running_console() as console:
        assert say(console.config.port, b"GET / HTTP/1.1\r\nX: " + b"x" * 70_000).startswith(b"HTTP/1.1 400")


def test_a_certificate_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "bad.pem").write_text("nothing")
    config = ConsoleConfig(
        host="127.0.0.1", port=0, origin="https://localhost", rp_id="localhost", certificate="bad.pem", key="bad.pem"
    )
    with pytest.raises(ConsoleError) as refused:
        start(make_console().app, config, data_dir=tmp_path)
    assert refused.value.code == "console/bad-certificate"


def test_it_says_whether_it_lives() -> None:
    listener = start(make_console().app, ConsoleConfig(host="::1", port=0, origin="http://[::1]", rp_id="localhost"))
    assert listener.alive
    listener.stop()
    assert not listener.alive
