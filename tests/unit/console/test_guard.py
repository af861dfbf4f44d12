import asyncio

import pytest
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from brightline.console.config import MOST_BODY_BYTES, ConsoleConfig
from brightline.console.guard import HEADERS, Guard
from brightline.domain.errors import BrightlineError

HOST = (b"host", b"gate.example")


def refuse(error: BrightlineError) -> ASGIApp:
    return PlainTextResponse(error.code, error.status)


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    message = await receive()
    await PlainTextResponse(message["body"])(scope, receive, send)


class Case:
    def __init__(self, pages: ASGIApp = echo, *, origin: str = "https://gate.example", seconds: float = 5) -> None:
        config = ConsoleConfig(host="127.0.0.1", port=0, origin=origin, rp_id="gate.example")
        self.faults: list[BaseException] = []
        self.sent: list[Message] = []
        self.guard = Guard(pages, config=config, refuse=refuse, fault=self.faults.append, body_seconds=seconds)

    def ask(self, *headers: tuple[bytes, bytes], method: str = "POST", parts: tuple[Message, ...] = ()) -> int:
        coming = list(parts) or [{"type": "http.request", "body": b"hello"}]

        async def receive() -> Message:
            if not coming:
                await asyncio.sleep(60)
            return coming.pop(0)

        async def send(message: Message) -> None:
            self.sent.append(message)

        scope = {"type": "http", "method": method, "path": "/", "headers": [*headers]}
        asyncio.run(self.guard(scope, receive, send))
        return int(self.sent[0]["status"])

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.sent)

    @property
    def headers(self) -> dict[bytes, bytes]:
        return dict(self.sent[0]["headers"])


@pytest.mark.parametrize(
    "hosts",
    [(), (b"elsewhere.example",), (b"gate.example", b"gate.example"), (b"gate.example:443",), (b"GATE.example",)],
)
def test_another_host_is_refused(hosts: tuple[bytes, ...]) -> None:
    case = Case()
    assert case.ask(*((b"host", host) for host in hosts)) == 421
    assert case.body == b"console/other-host"


@pytest.mark.parametrize("origin", [b"https://elsewhere.example", b"null", b"http://gate.example"])
def test_a_form_of_another_origin_is_refused(origin: bytes) -> None:
    case = Case()
    assert case.ask(HOST, (b"origin", origin)) == 403
    assert case.body == b"console/foreign-form"


def test_a_page_may_be_reached_from_elsewhere() -> None:
    assert Case().ask(HOST, (b"origin", b"https://elsewhere.example"), method="GET") == 200


@pytest.mark.parametrize("length", [b"%d" % (MOST_BODY_BYTES + 1), b"9" * 40, b"-1", b"1e3", b"\xb2", b""])
def test_a_length_beyond_the_bound_or_none_at_all_is_refused(length: bytes) -> None:
    case = Case()
    assert case.ask(HOST, (b"content-length", length)) == 413


def test_a_body_that_says_no_length_is_bounded_all_the_same() -> None:
    part: Message = {"type": "http.request", "body": bytes(MOST_BODY_BYTES // 2 + 1), "more_body": True}
    assert Case().ask(HOST, parts=(part, part)) == 413


def test_a_slow_body_is_not_waited_for() -> None:
    case = Case(seconds=0.01)
    assert case.ask(HOST, parts=({"type": "http.request", "body": b"h", "more_body": True},)) == 408
    assert case.body == b"console/too-slow"


def test_a_caller_who_left_is_answered_into_the_void() -> None:
    assert Case().ask(HOST, parts=({"type": "http.disconnect"},)) == 408


def test_a_fault_is_told_without_its_words() -> None:
    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        raise ValueError("a secret")

    case = Case(broken)
    assert case.ask(HOST) == 500
    assert case.body == b"console/broken"
    assert [type(fault) for fault in case.faults] == [ValueError]


def test_a_fault_in_the_middle_of_an_answer_adds_nothing_to_it() -> None:
    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise ValueError("a secret")

    case = Case(broken)
    assert case.ask(HOST) == 200
    assert case.body == b""


def test_every_answer_has_the_headers() -> None:
    for headers in ((HOST,), ()):
        case = Case()
        case.ask(*headers)
        for name, value in HEADERS:
            assert case.headers[name.lower().encode()] == value.encode()
        assert case.headers[b"cache-control"] == b"no-store"
        assert b"strict-transport-security" in case.headers


def test_without_tls_nobody_is_told_to_insist_on_it() -> None:
    case = Case(origin="http://localhost")
    assert case.ask((b"host", b"localhost")) == 200
    assert b"strict-transport-security" not in case.headers


def test_the_body_comes_whole_and_once() -> None:
    async def twice(scope: Scope, receive: Receive, send: Send) -> None:
        first = await receive()
        second = await receive()
        await PlainTextResponse(first["body"] + second["type"].encode())(scope, receive, send)

    parts: tuple[Message, ...] = (
        {"type": "http.request", "body": b"he", "more_body": True},
        {"type": "http.request", "body": b"llo"},
        {"type": "http.disconnect"},
    )
    case = Case(twice)
    assert case.ask(HOST, parts=parts) == 200
    assert case.body == b"hellohttp.disconnect"


def test_what_is_no_request_is_passed_over() -> None:
    case = Case()

    async def story() -> None:
        async def receive() -> Message:
            raise AssertionError

        async def send(message: Message) -> None:
            raise AssertionError

        await case.guard({"type": "websocket"}, receive, send)

    asyncio.run(story())
