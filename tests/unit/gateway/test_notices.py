"""Notices: what is in them, what becomes of those that fail, and where they may go."""

import http.client
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from brightline.gateway.errors import SettingsError
from brightline.gateway.notices import MOST_WAITING, TRIES, Notices, check_url, post
from brightline.testing.sign_off import make_binding

BINDING = make_binding()
URL = "https://pager.example/holds"


def notices(post, failed: list[str], *, url: str = URL, origin: str = "https://gate.example/") -> Notices:
    return Notices(url, origin=origin, failed=failed.append, post=post, pause=lambda _: None)


@pytest.mark.parametrize(
    "url", ["ftp://x.example", "https://", "pager.example", "https://a:b@x.example", "https://x:0/", "https://x:y/"]
)
def test_an_address_that_is_none_is_refused_at_the_start(url: str) -> None:
    with pytest.raises(SettingsError) as caught:
        check_url(url, path="brightline.toml")
    assert caught.value.code == "gateway/settings-invalid"


def test_an_address_of_the_web_is_taken() -> None:
    for url in (URL, "http://127.0.0.1:8099/notices?x=1"):
        check_url(url, path="brightline.toml")


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        ([OSError()] * TRIES, "OSError"),
        ([http.client.BadStatusLine("x")] * TRIES, "BadStatusLine"),
        ([OSError(), 302, 500], "it answered 500"),
    ],
)
def test_a_notice_that_does_not_arrive_is_told_once(answers: list[object], why: str) -> None:
    failed: list[str] = []
    left = list(answers)

    def answer(url: str, body: bytes) -> int:
        found = left.pop(0)
        if isinstance(found, Exception):
            raise found
        assert isinstance(found, int)
        return found

    notices(answer, failed).send(b"{}")
    assert failed == [why]
    assert not left


def test_more_than_can_wait_are_dropped_and_told() -> None:
    failed: list[str] = []
    stopped = threading.Event()

    def hang(url: str, body: bytes) -> int:
        stopped.wait(10)
        return 200

    told = notices(hang, failed)
    for _ in range(MOST_WAITING + 2):
        told.held(BINDING)
    stopped.set()
    assert set(failed) <= {"too many notices wait"}
    assert 1 <= len(failed) <= 2


def test_without_an_address_nothing_is_sent() -> None:
    failed: list[str] = []
    notices(lambda url, body: 500, failed, url="").held(BINDING)
    assert failed == []


@pytest.mark.parametrize(
    ("origin", "link"), [("https://gate.example/", f"https://gate.example/holds/{BINDING.hold}"), ("", "")]
)
def test_a_notice_says_that_something_waits_and_nothing_of_what(origin: str, link: str) -> None:
    came = threading.Event()
    bodies: list[bytes] = []

    def take(url: str, body: bytes) -> int:
        bodies.append(body)
        came.set()
        return 204

    notices(take, [], origin=origin).held(BINDING)
    assert came.wait(10)
    assert json.loads(bodies[0]) == {
        "notice": "held",
        "hold": BINDING.hold,
        "risk": "top",
        "roles": ["release-officer"],
        "until_ms": BINDING.not_after_ms,
        "link": link,
    }


class _Receiver(BaseHTTPRequestHandler):
    got: list[tuple[str, bytes]] = []  # noqa: RUF012 (one test, one server)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.got.append((self.path, body))
        self.send_response(302)
        self.send_header("location", "/elsewhere")
        self.end_headers()

    def log_message(self, *words: object) -> None:
        """Say nothing."""


def test_it_is_sent_as_json_and_a_redirect_is_not_followed() -> None:
    server = HTTPServer(("127.0.0.1", 0), _Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        assert post(f"http://127.0.0.1:{server.server_port}/notices?to=duty", b"{}") == 302
    finally:
        server.shutdown()
        server.server_close()
    assert _Receiver.got == [("/notices?to=duty", b"{}")]


def test_a_secure_address_is_checked_before_anything_is_sent() -> None:
    with pytest.raises(ConnectionRefusedError):  # nobody listens on the discard port
        post("https://127.0.0.1:9/x", b"{}")
