"""One connection without a socket: floods, faults behind running answers, slow readers, and the way out."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from brightline.domain.errors import BrightlineError
from brightline.gateway.exchange import ClientGoneError, Exchange
from brightline.gateway.front import Connection, Front
from brightline.gateway.http1 import Limits

GET = b"GET /x HTTP/1.1\r\nhost: a\r\n\r\n"
POST = b"POST /x HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\n\r\n"


class Transport:
    """Keeps what is written, and what was done to it."""

    def __init__(self, peer: tuple[str, int] | None = ("127.0.0.1", 1)) -> None:
        self.out = b""
        self.closed = self.aborted = self.paused = False
        self._peer = peer

    def write(self, data: bytes) -> None:
        self.out += data

    def close(self) -> None:
        self.closed = True

    def abort(self) -> None:
        self.closed = self.aborted = True

    def is_closing(self) -> bool:
        return self.closed

    def pause_reading(self) -> None:
        self.paused = True

    def resume_reading(self) -> None:
        self.paused = False

    def get_extra_info(self, name: str) -> object:
        return self._peer


class Stage:
    """A front whose handler waits until it may answer."""

    def __init__(self, **limits: object) -> None:
        self.now = 100.0
        self.handled: list[Exchange] = []
        self.may = asyncio.Event()
        self.front = Front(
            self.handle,
            self.refuse,
            limits=Limits(**limits),  # type: ignore[arg-type]
            clock=lambda: self.now,
            wall=lambda: 0.0,
        )

    async def handle(self, exchange: Exchange) -> None:
        self.handled.append(exchange)
        await self.may.wait()
        try:
            await exchange.body()
            exchange.respond(200, [], b"ok")
        except ClientGoneError:
            return

    def refuse(self, exchange: Exchange, error: BrightlineError) -> None:
        exchange.respond(error.status, [], error.code.encode())

    def connect(self, transport: Transport | None = None) -> tuple[Connection, Transport]:
        connection, made = Connection(self.front), transport or Transport()
        connection.connection_made(made)  # type: ignore[arg-type]
        return connection, made


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


def play(story: Callable[[Stage], Awaitable[None]], **limits: object) -> None:
    async def run() -> None:
        await story(Stage(**limits))

    asyncio.run(run())


def test_one_connection_too_many_is_told_and_closed() -> None:
    async def story(stage: Stage) -> None:
        stage.connect()
        connection, transport = stage.connect()
        assert b"gateway/too-many-connections" in transport.out
        assert transport.closed
        connection.data_received(GET)
        await settle()
        assert stage.handled == []

    play(story, connections=1)


def test_more_requests_than_may_wait_are_told_after_those_that_do() -> None:
    async def story(stage: Stage) -> None:
        connection, transport = stage.connect()
        connection.data_received(GET * 4)
        stage.may.set()
        await settle()
        assert len(stage.handled) == 2
        assert transport.out.count(b"HTTP/1.1 200") == 2
        assert transport.out.rstrip().endswith(b"gateway/too-many-requests")
        assert transport.closed

    play(story, pipelined=1)


def test_the_same_head_again_is_the_same_and_another_is_checked() -> None:
    async def story(stage: Stage) -> None:
        stage.may.set()
        connection, transport = stage.connect()
        for request in (GET, GET, GET.replace(b"/x", b"/y"), GET.replace(b"host", b"x-a: 1\r\nhost")):
            connection.data_received(request)
            await settle()
        heads = [exchange.head for exchange in stage.handled]
        assert heads[0] is heads[1]
        assert [(head.path, dict(head.mapping())) for head in heads[1:]] == [
            ("/x", {"host": "a"}),
            ("/y", {"host": "a"}),
            ("/x", {"x-a": "1", "host": "a"}),
        ]
        connection.data_received(GET.replace(b"host: a", b"host: a b"))
        assert b"gateway/bad-host" in transport.out

    play(story)


def test_a_large_head_is_not_kept_while_the_connection_idles() -> None:
    async def story(stage: Stage) -> None:
        stage.may.set()
        connection, _ = stage.connect()
        for _ in range(2):
            connection.data_received(GET.replace(b"host", b"x-a: " + b"a" * 20_000 + b"\r\nhost"))
            await settle()
        first, second = stage.handled
        assert first.head == second.head
        assert first.head is not second.head

    play(story)


def test_a_fault_behind_a_running_answer_is_told_after_it() -> None:
    async def story(stage: Stage) -> None:
        connection, transport = stage.connect()
        connection.data_received(GET)
        await settle()
        connection.data_received(b"nonsense\r\n\r\n")
        assert transport.out == b""
        stage.may.set()
        await settle()
        first, _, second = transport.out.partition(b"ok")
        assert first.startswith(b"HTTP/1.1 200")
        assert second.endswith(b"gateway/bad-http")

    play(story)


def test_a_fault_in_a_waiting_requests_body_is_told_after_the_answer() -> None:
    async def story(stage: Stage) -> None:
        connection, transport = stage.connect()
        connection.data_received(GET)
        await settle()
        connection.data_received(b"POST /y HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n")
        connection.data_received(b"zz\r\n")
        stage.may.set()
        await settle()
        assert [exchange.head.path for exchange in stage.handled] == ["/x"]
        assert transport.out.count(b"HTTP/1.1 ") == 2
        assert transport.out.endswith(b"gateway/bad-http")
        assert transport.closed

    play(story)


def test_a_fault_in_the_body_of_an_answered_request_is_not_told_twice() -> None:
    async def story(stage: Stage) -> None:
        connection, transport = stage.connect()
        connection.data_received(POST)
        await settle()
        stage.handled[0].start(200, [])
        connection.data_received(b"abcdX")
        connection.data_received(b"X\r\n\r\n")
        assert transport.out.count(b"HTTP/1.1 ") == 1

    play(story)


def test_an_answer_before_the_end_of_the_body_ends_the_connection() -> None:
    async def story(stage: Stage) -> None:
        connection, transport = stage.connect()
        connection.data_received(POST + b"ab")
        await settle()
        stage.handled[0].respond(403, [], b"no")
        stage.handled[0].end_body()
        connection._next(stage.handled[0])
        assert transport.closed

    play(story)


def test_an_unknown_callers_body_waits_until_somebody_wants_it() -> None:
    async def story(stage: Stage) -> None:
        connection, transport = stage.connect()
        connection.data_received(POST.replace(b"4", b"9") + b"12345")
        assert transport.paused
        stage.may.set()
        await settle()
        assert not transport.paused
        connection.data_received(b"6789")
        await settle()
        assert transport.out.endswith(b"ok")

    play(story, early_body_bytes=4)


def test_a_caller_that_leaves_wakes_all_that_wait() -> None:
    async def story(stage: Stage) -> None:
        connection, transport = stage.connect()
        connection.data_received(GET * 2)
        await settle()
        connection.pause_writing()
        waiting = asyncio.create_task(connection.drained())
        await settle()
        assert not waiting.done()
        transport.closed = True
        connection.connection_lost(None)
        with pytest.raises(ClientGoneError):
            await waiting
        assert stage.handled[0].gone
        assert stage.front.connections == set()
        assert connection.eof_received() is False
        stage.may.set()
        await settle()
        assert transport.out == b""

    play(story)


def test_a_slow_reader_is_waited_for_and_then_dropped() -> None:
    async def story(stage: Stage) -> None:
        connection, transport = stage.connect()
        connection.pause_writing()
        waiting = asyncio.create_task(connection.drained())
        await settle()
        connection.resume_writing()
        await waiting
        connection.pause_writing()
        connection.check_time(stage.now + 59)
        assert not transport.aborted
        connection.check_time(stage.now + 61)
        assert transport.aborted

    play(story)


def test_a_refused_caller_that_does_not_go_is_dropped() -> None:
    async def story(stage: Stage) -> None:
        connection, transport = stage.connect()
        connection.data_received(b"nonsense\r\n\r\n")
        connection.check_time(stage.now + 1)
        assert not transport.aborted
        connection.check_time(stage.now + 11)
        assert transport.aborted

    play(story)


def test_a_body_that_takes_too_long_is_refused_however_fast_it_is() -> None:
    async def story(stage: Stage) -> None:
        connection, transport = stage.connect()
        connection.data_received(POST.replace(b"4", b"900000") + b"x" * 200_000)
        connection.check_time(stage.now + 119)
        assert transport.out == b""
        connection.check_time(stage.now + 121)
        assert b"gateway/too-slow" in transport.out

    play(story)


def test_a_connection_that_was_never_made_can_be_ended() -> None:
    async def story(stage: Stage) -> None:
        connection = Connection(stage.front)
        connection.write(b"x")
        connection.abort()
        connection.close_if_idle()
        connection.want_body()
        connection._answer_fault(None)  # type: ignore[arg-type]
        with pytest.raises(ClientGoneError):
            await connection.drained()

    play(story)


def test_a_peer_without_an_address_is_nobody() -> None:
    async def story(stage: Stage) -> None:
        connection, _ = stage.connect(Transport(peer=None))
        connection.data_received(GET)
        await settle()
        assert stage.handled[0].peer == ""

    play(story)


def test_draining_waits_for_what_runs_and_cuts_what_does_not_end() -> None:
    async def story(stage: Stage) -> None:
        idle, gone = stage.connect()
        busy, transport = stage.connect()
        busy.data_received(GET)
        await settle()
        idle.connection_lost(None)
        draining = asyncio.create_task(stage.front.drain(1.0))
        await asyncio.sleep(0.03)
        assert not draining.done()
        stage.now += 2
        await draining
        assert transport.aborted
        assert not gone.aborted

    play(story)
