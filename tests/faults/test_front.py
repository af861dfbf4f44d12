"""Smuggling, slowness, floods: what reaches the front over a real socket."""

import asyncio
import contextlib
import socket
import time
from collections.abc import Awaitable, Callable

import pytest
import uvloop

from brightline.domain.errors import BrightlineError
from brightline.gateway.exchange import ClientGoneError, Exchange
from brightline.gateway.front import Front
from brightline.gateway.http1 import Limits

CRLF = "\r\n"
OK = b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi"

ATTACKS = {
    "bare LF everywhere": b"POST /x HTTP/1.1\nHost: a\nContent-Length: 2\n\nhi",
    "one bare LF": b"POST /x HTTP/1.1\r\nHost: a\nContent-Length: 2\r\n\r\nhi",
    "CL and TE": b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "TE and CL": b"POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n",
    "two hosts": b"POST /x HTTP/1.1\r\nHost: a\r\nHost: b\r\nContent-Length: 2\r\n\r\nhi",
    "no host": b"POST /x HTTP/1.1\r\nContent-Length: 2\r\n\r\nhi",
    "obs-fold": b"POST /x HTTP/1.1\r\nHost: a\r\nX: 1\r\n 2\r\nContent-Length: 2\r\n\r\nhi",
    "version 1.2": b"POST /x HTTP/1.2\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi",
    "version 1.0": b"POST /x HTTP/1.0\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi",
    "version 2.0": b"POST /x HTTP/2.0\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi",
    "version 0.9": b"GET /x\r\n\r\n",
    "chunk size LF": b"POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\nhi\r\n0\r\n\r\n",
    "chunk size 0x": b"POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0x2\r\nhi\r\n0\r\n\r\n",
    "chunk size space": b"POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2 \r\nhi\r\n0\r\n\r\n",
    "chunk size sign": b"POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n+2\r\nhi\r\n0\r\n\r\n",
    "chunk size huge": b"POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + b"f" * 17 + b"\r\n",
    "chunk end missing": b"POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhixx0\r\n\r\n",
    "TE other": b"POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
    "TE twice": b"POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n",
    "TE not last": b"POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
    "CL twice": b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nhi",
    "CL twice equal": b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nhi",
    "CL list": b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 2, 2\r\n\r\nhi",
    "CL signed": b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: +2\r\n\r\nhi",
    "CL huge": b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999\r\n\r\nhi",
    "space before colon": b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length : 2\r\n\r\nhi",
    "CR in value": b"POST /x HTTP/1.1\r\nHost: a\r\nX: a\rb\r\nContent-Length: 2\r\n\r\nhi",
    "NUL in value": b"POST /x HTTP/1.1\r\nHost: a\r\nX: a\0b\r\nContent-Length: 2\r\n\r\nhi",
    "NUL in name": b"POST /x HTTP/1.1\r\nHost: a\r\nX\0: a\r\nContent-Length: 2\r\n\r\nhi",
    "20,000 headers": b"POST /x HTTP/1.1\r\nHost: a\r\n" + b"X: 1\r\n" * 20_000 + b"\r\n",
    "one long header": b"POST /x HTTP/1.1\r\nHost: a\r\nX: " + b"1" * 400_000 + b"\r\n\r\n",
    "absolute target": b"POST http://evil/x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi",
    "CONNECT": b"CONNECT evil:443 HTTP/1.1\r\nHost: a\r\n\r\n",
    "upgrade": b"GET /x HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
    "h2 preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "trailers": b"POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX: 1\r\n\r\n",
    "odd expectation": b"POST /x HTTP/1.1\r\nHost: a\r\nExpect: 200-ok\r\nContent-Length: 2\r\n\r\nhi",
    "TLS hello": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "body too large": b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 2000\r\n\r\n" + b"x" * 2000,
}


class Clock:
    """A clock the test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Stage:
    """A front over a real socket, with a handler that echoes and remembers what reached it."""

    def __init__(self, **limits: object) -> None:
        self.clock = Clock()
        self.seen: list[tuple[str, bytes]] = []
        self.front = Front(
            self.handle,
            self.refuse,
            limits=Limits(**{"body_bytes": 1000, "early_body_bytes": 500, **limits}),  # type: ignore[arg-type]
            clock=self.clock,
            wall=lambda: 0.0,
        )
        self.port = 0

    async def handle(self, exchange: Exchange) -> None:
        try:
            body = await exchange.body()
        except ClientGoneError:
            return
        self.seen.append((exchange.head.path, body))
        exchange.respond(200, [("content-type", "text/plain")], body)

    def refuse(self, exchange: Exchange, error: BrightlineError) -> None:
        exchange.respond(error.status, [], error.code.encode())

    async def send(self, data: bytes, *, half_close: bool = False, wait: float = 2.0) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        with contextlib.suppress(ConnectionError):
            writer.write(data)
            await writer.drain()
        if half_close:
            writer.write_eof()
        got = b""
        with contextlib.suppress(TimeoutError, ConnectionError):
            async with asyncio.timeout(wait):
                while piece := await reader.read(65536):
                    got += piece
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()
        return got


def play(story: Callable[[Stage], Awaitable[None]], **limits: object) -> Stage:
    stage = Stage(**limits)

    async def run() -> None:
        stage.port = await stage.front.listen("127.0.0.1", 0)
        await story(stage)
        await stage.front.drain(1.0)

    uvloop.run(run())
    return stage


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_refused_and_never_handed_on(name: str) -> None:
    async def story(stage: Stage) -> None:
        # Whatever hides behind the attack must not be read as a second request either.
        got = await stage.send(ATTACKS[name] + OK, wait=0.5)
        assert not got.startswith(b"HTTP/1.1 2"), got

    stage = play(story)
    assert [body for _, body in stage.seen if body] == []


def test_a_plain_request_passes_whatever_its_chunking() -> None:
    async def story(stage: Stage) -> None:
        for cut in range(1, len(OK)):
            reader, writer = await asyncio.open_connection("127.0.0.1", stage.port)
            writer.write(OK[:cut])
            await writer.drain()
            await asyncio.sleep(0)
            writer.write(OK[cut:])
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200 OK")
            assert await reader.readexactly(2) == b"hi"
            writer.close()

    assert len(play(story).seen) == len(OK) - 1


def test_pipelined_requests_are_answered_in_order() -> None:
    async def story(stage: Stage) -> None:
        second = OK.replace(b"/x", b"/y").replace(b"hi", b"yo")
        got = await stage.send(OK + second, wait=0.5)
        assert got.index(b"hi") < got.index(b"yo")

    assert [path for path, _ in play(story).seen] == ["/x", "/y"]


def test_a_request_that_closes_the_connection_waits_for_its_turn() -> None:
    async def story(stage: Stage) -> None:
        last = OK.replace(b"/x", b"/y").replace(b"Host: a\r\n", b"Host: a\r\nConnection: close\r\n")
        got = await stage.send(OK + OK + last, wait=0.5)
        assert got.count(b"HTTP/1.1 200") == 3
        assert got.count(b"connection: close") == 1

    assert [path for path, _ in play(story).seen] == ["/x", "/x", "/y"]


def test_a_flood_of_pipelined_requests_is_bounded() -> None:
    async def story(stage: Stage) -> None:
        await stage.send(OK * 100, wait=0.5)

    assert len(play(story, pipelined=4).seen) <= 6


def test_a_byte_a_second_is_refused() -> None:
    async def story(stage: Stage) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", stage.port)
        writer.write(b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 900\r\n\r\nx")
        await asyncio.sleep(0.05)
        for _ in range(9):
            stage.clock.now += 1.0
            writer.write(b"x")
            await asyncio.sleep(0.01)
        stage.front._tick()
        answer = await asyncio.wait_for(reader.read(), 2)
        assert answer.startswith(b"HTTP/1.1 408")
        writer.close()

    assert play(story).seen == []


def test_a_slow_head_is_refused() -> None:
    async def story(stage: Stage) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", stage.port)
        writer.write(b"POST /x HTT")
        await asyncio.sleep(0.05)
        stage.clock.now += 11.0
        stage.front._tick()
        assert (await asyncio.wait_for(reader.read(), 2)).startswith(b"HTTP/1.1 408")
        writer.close()

    assert play(story).seen == []


def test_an_idle_connection_is_closed_without_a_word() -> None:
    async def story(stage: Stage) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", stage.port)
        await asyncio.sleep(0.05)
        stage.clock.now += 80.0
        stage.front._tick()
        assert await asyncio.wait_for(reader.read(), 2) == b""
        writer.close()

    play(story)


def test_a_half_closed_socket_is_a_caller_that_left() -> None:
    async def story(stage: Stage) -> None:
        got = await stage.send(OK[:-1], half_close=True, wait=1.0)
        assert got == b""

    assert play(story).seen == []


def test_expect_continue_is_answered() -> None:
    async def story(stage: Stage) -> None:
        request = OK.replace(b"Host: a\r\n", b"Host: a\r\nExpect: 100-continue\r\n")
        assert (await stage.send(request, wait=0.5)).startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200")

    play(story)


def test_too_many_connections_are_told_so() -> None:
    async def story(stage: Stage) -> None:
        held = [await asyncio.open_connection("127.0.0.1", stage.port) for _ in range(2)]
        await asyncio.sleep(0.05)
        assert (await stage.send(OK, wait=1.0)).startswith(b"HTTP/1.1 503")
        for _, writer in held:
            writer.close()

    play(story, connections=2)


def test_what_our_front_accepts_the_other_parser_reads_alike() -> None:
    granian = pytest.importorskip("granian.server.embed", reason="granian is a test dependency (`dev` extra)")
    constants = pytest.importorskip("granian.constants")
    requests = [
        OK,
        b"POST /y?a=%20b HTTP/1.1\r\nHost: b:80\r\nX-A: 1\r\nx-a: 2\r\nContent-Length: 3\r\n\r\nabc",
        b"POST /z HTTP/1.1\r\nhost: [::1]\r\nTransfer-Encoding: chunked\r\n\r\n3;ext=1\r\nabc\r\n0\r\n\r\n",
        b"POST /w HTTP/1.1\r\nHost: a\r\nX:\t 1 \t\r\nContent-Length: 0\r\n\r\n",
        b"\r\nPOST /v HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nq",
        *list(ATTACKS.values()),
    ]

    async def other(port: int, data: bytes) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            writer.write(data)
            async with asyncio.timeout(1):
                return await reader.read(4096)
        finally:
            writer.close()
            await writer.wait_closed()

    seen: list[tuple[str, bytes]] = []

    async def app(scope: object, protocol: object) -> None:
        body = await protocol()  # type: ignore[operator]
        seen.append((scope.path, bytes(body)))  # type: ignore[attr-defined]
        protocol.response_bytes(200, [], b"")  # type: ignore[attr-defined]

    async def story(stage: Stage) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        server = granian.Server(
            app, address="127.0.0.1", port=port, interface=constants.Interfaces.RSGI, log_enabled=False
        )
        task = asyncio.create_task(server.serve())
        await asyncio.sleep(0.3)
        accepted = 0
        for request in requests:
            stage.seen.clear()
            seen.clear()
            await stage.send(request, wait=0.2)
            if stage.seen:
                accepted += 1
                with contextlib.suppress(TimeoutError):
                    await other(port, request)
                assert seen == stage.seen
        assert accepted == 5
        server.stop()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    started = time.monotonic()
    play(story)
    assert time.monotonic() - started < 60
