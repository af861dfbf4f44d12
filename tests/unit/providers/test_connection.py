"""Connections driven by hand: a transport that only notes, a loop whose clock stands still."""

import asyncio
from collections.abc import Callable

import pytest

from brightline.providers.answer import HIGH_WATER, Answer
from brightline.providers.connection import IDLE_SECONDS, MAX_HEADERS, MAX_LOOSE_BYTES, SLICE_BYTES, Connection
from brightline.providers.endpoint import Endpoint
from brightline.providers.errors import ProvidersError

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"
STREAM = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"


class Timer:
    def __init__(self, when: float, call: Callable[[], None]) -> None:
        self.when, self.call, self.cancelled = when, call, False

    def cancel(self) -> None:
        self.cancelled = True


class Loop:
    def __init__(self) -> None:
        self.now = 0.0
        self.timers: list[Timer] = []
        self.soon: list[Callable[[], None]] = []

    def time(self) -> float:
        return self.now

    def call_at(self, when: float, call: Callable[[], None]) -> Timer:
        self.timers.append(Timer(when, call))
        return self.timers[-1]

    def call_soon(self, call: Callable[[], None]) -> None:
        self.soon.append(call)

    def to(self, now: float) -> None:
        self.now = now
        while due := [timer for timer in self.timers if timer.when <= now and not timer.cancelled]:
            self.timers.remove(due[0])
            due[0].call()

    def turn(self) -> None:
        soon, self.soon = self.soon, []
        for call in soon:
            call()


class Line:
    """A transport; `aborted` and `closing` tell how it ended."""

    def __init__(self) -> None:
        self.sent = b""
        self.writes = 0
        self.paused = self.aborted = self.closing = False

    def write(self, data: bytes) -> None:
        self.sent += bytes(data)
        self.writes += 1

    def pause_reading(self) -> None:
        self.paused = True

    def resume_reading(self) -> None:
        self.paused = False

    def is_closing(self) -> bool:
        return self.closing or self.aborted

    def close(self) -> None:
        self.closing = True

    def abort(self) -> None:
        self.aborted = True


class Rig:
    def __init__(self, **settings: float) -> None:
        self.loop, self.line = Loop(), Line()
        self.kept: list[Connection] = []
        self.gone: list[Connection] = []
        self.faults = 0
        endpoint = Endpoint(deployment_id="d", base_url="http://[::1]:1", auth_style="none", **settings)
        self.connection = Connection(endpoint, self, self.loop)
        self.connection.connection_made(self.line)

    def keep(self, connection: Connection) -> None:
        self.kept.append(connection)

    def forget(self, connection: Connection) -> None:
        self.gone.append(connection)

    def fault(self) -> None:
        self.faults += 1

    def ask(self, body: bytes = b"body") -> Answer:
        return self.connection.ask(b"head ", body, on_fault=self.fault)

    def say(self, *pieces: bytes) -> None:
        for piece in pieces:
            self.connection.data_received(piece)


def code_of(answer: Answer) -> str:
    with pytest.raises(ProvidersError) as caught:
        asyncio.run(answer.read(10**9))
    return caught.value.code


@pytest.mark.parametrize(
    "said",
    [
        [b"220 mail\r\n"],
        [b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}"],
        [b"HTTP/1.1 200 OK\r\ncontent-length: +2\r\n\r\n{}"],
        [b"HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n"],
        [b"HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"],
        [b"HTTP/2.0 200 OK\r\ncontent-length: 2\r\n\r\n{}"],
        [b"HTTP/1.1 101 Go\r\n\r\n"],
        [b"HTTP/1.1 101 Go\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n"],
        [b"HTTP/1.1 600 No\r\ncontent-length: 0\r\n\r\n"],
        [b"HTTP/1.1 200 OK\r\n" + b"x: 1\r\n" * (MAX_HEADERS + 1) + b"\r\n"],
        [b"HTTP/1.1 200 OK\r\nx: " + b"y" * (MAX_LOOSE_BYTES + 1) + b"\r\n\r\n"],
        [b"HTTP/1.1 200 OK\r\nx: ", *[b"y" * 30_000] * 4],
        [STREAM, b"2;" + b"e" * (MAX_LOOSE_BYTES + 1)],
        [STREAM, b"2\r\n{}\r\n0\r\nx: ", b"y" * (MAX_LOOSE_BYTES + 1)],
        [STREAM, b"zz\r\n"],
    ],
)
def test_what_is_not_the_protocol_cuts_the_connection(said: list[bytes]) -> None:
    rig = Rig()
    answer = rig.ask()
    rig.say(*said)
    assert code_of(answer) == "providers/garbage"
    assert rig.line.aborted
    assert rig.faults == 1
    assert rig.kept == []
    assert not rig.connection.usable


def test_an_encoding_nobody_accepted_is_named() -> None:
    rig = Rig()
    answer = rig.ask()
    rig.say(b"HTTP/1.1 200 OK\r\ncontent-encoding: GZIP\r\ncontent-length: 2\r\n\r\n{}")
    assert code_of(answer) == "providers/encoded-answer"


def test_identity_is_no_encoding() -> None:
    rig = Rig()
    answer = rig.ask()
    rig.say(b"HTTP/1.1 200 OK\r\ncontent-encoding: identity\r\ncontent-length: 2\r\n\r\n{}")
    assert asyncio.run(answer.read(9)) == b"{}"


def test_any_chunking_gives_the_same_answer_and_the_connection_is_kept() -> None:
    said = b"HTTP/1.1 103 Early\r\nx: 0\r\n\r\n" + STREAM + b"3\r\nabc\r\n2;e=1\r\nde\r\n0\r\ntrailer: 1\r\n\r\n"
    for size in (1, 7, len(said)):
        rig = Rig()
        answer = rig.ask()
        rig.say(*[said[at : at + size] for at in range(0, len(said), size)])
        assert asyncio.run(answer.read(9)) == b"abcde"
        assert answer.headers == (("transfer-encoding", "chunked"),)
        assert rig.kept == [rig.connection]
        assert rig.connection.usable
    rig.ask()
    rig.say(OK)
    assert len(rig.kept) == 2
    assert rig.line.sent == b"head body" * 2


@pytest.mark.parametrize("after", [OK, b"junk", b"HTTP/1.1 200"])
def test_bytes_after_the_answer_end_the_connection(after: bytes) -> None:
    rig = Rig()
    answer = rig.ask()
    rig.say(OK + after)
    assert asyncio.run(answer.read(9)) == b"{}"
    assert (rig.kept, rig.line.closing) == ([], True)


def test_bytes_that_nobody_asked_for_end_the_connection() -> None:
    rig = Rig()
    rig.say(b"HTTP/1.1 408 Late\r\n\r\n")
    assert rig.line.aborted
    rig.connection.connection_lost(None)
    rig.say(b"more")
    assert rig.gone == [rig.connection]


@pytest.mark.parametrize("said", [[], [b"HTTP/1.1 200"], [OK[:-1]], [STREAM, b"2\r\n{}\r\n"]])
@pytest.mark.parametrize("why", [None, ConnectionResetError()])
def test_a_connection_lost_in_an_exchange_cuts_the_answer(said: list[bytes], why: Exception | None) -> None:
    rig = Rig()
    answer = rig.ask()
    rig.say(*said)
    rig.connection.connection_lost(why)
    assert code_of(answer) == "providers/cut"
    assert rig.connection.touched is bool(said)
    rig.connection.close()
    rig.connection.hold()
    rig.connection.resume()
    rig.connection.abandon()


def test_a_body_without_length_ends_with_the_connection_unless_that_was_reset() -> None:
    for why in (None, ConnectionResetError()):
        rig = Rig()
        answer = rig.ask()
        rig.say(b"HTTP/1.1 200 OK\r\n\r\nab")
        rig.connection.connection_lost(why)
        assert answer.failed is (why is not None)
    rig = Rig()
    answer = rig.ask()
    rig.say(b"HTTP/1.1 204 Nothing\r\n\r\n")
    assert asyncio.run(answer.read(9)) == b""


def test_connection_close_is_heeded() -> None:
    rig = Rig()
    rig.ask()
    rig.say(OK.replace(b"\r\n\r\n", b"\r\nconnection: close\r\n\r\n"))
    assert rig.line.closing
    rig.connection.close()
    assert not rig.connection.usable


def test_a_slow_reader_pauses_the_line_and_waits_without_a_deadline() -> None:
    rig = Rig(idle_timeout=5, total_timeout=100)
    answer = rig.ask()
    rig.say(STREAM, b"%x\r\n" % (HIGH_WATER + 1) + b"x" * (HIGH_WATER + 1) + b"\r\n")
    assert rig.line.paused
    rig.connection.hold()
    rig.loop.to(50)
    assert not answer.failed
    assert len(asyncio.run(anext(answer))) == HIGH_WATER + 1
    assert not rig.line.paused
    rig.connection.resume()
    rig.loop.to(54)
    assert not answer.failed
    rig.loop.to(100)
    assert code_of(answer) == "providers/timeout"


def test_a_line_paused_at_the_end_of_an_answer_reads_on() -> None:
    rig = Rig()
    rig.ask()
    size = HIGH_WATER + 1
    rig.say(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % size + b"x" * size)
    assert not rig.line.paused
    assert rig.kept == [rig.connection]


@pytest.mark.parametrize(
    ("said", "limits", "phase"),
    [
        ([], {"first_byte_timeout": 3}, "the answer's head"),
        ([b"HTTP/1.1 200"], {"first_byte_timeout": 3}, "the answer's head"),
        ([STREAM], {"idle_timeout": 3}, "the next piece"),
        ([STREAM], {"total_timeout": 3}, "the whole answer"),
    ],
)
def test_each_limit_ends_the_exchange_in_its_own_words(said: list[bytes], limits: dict[str, float], phase: str) -> None:
    rig = Rig(**limits)
    answer = rig.ask()
    rig.say(*said)
    rig.loop.to(2.9)
    assert not answer.failed
    rig.loop.to(3.1)
    with pytest.raises(ProvidersError) as caught:
        asyncio.run(answer.read(9))
    assert (caught.value.code, caught.value.words["phase"]) == ("providers/timeout", phase)
    assert rig.line.aborted


def test_an_idle_connection_closes_after_its_time() -> None:
    rig = Rig()
    rig.loop.to(20)
    rig.ask()
    rig.say(OK)
    rig.loop.to(20 + IDLE_SECONDS - 1)
    assert not rig.line.closing
    rig.loop.to(20 + IDLE_SECONDS)
    assert rig.line.closing
    rig = Rig()
    rig.connection.connection_lost(None)
    rig.connection._tick()
    assert rig.gone == [rig.connection]


def test_a_long_request_goes_out_as_fast_as_it_is_taken() -> None:
    rig = Rig(idle_timeout=3)
    body = bytes(range(256)) * 4 * 1024
    answer = rig.ask(body)
    rig.connection.pause_writing()
    rig.loop.turn()
    assert len(rig.line.sent) == len(b"head ") + SLICE_BYTES
    rig.connection.resume_writing()
    for _ in range(6):
        rig.loop.turn()
    assert rig.line.sent == b"head " + body
    rig.say(OK)
    assert asyncio.run(answer.read(9)) == b"{}"
    assert rig.kept == [rig.connection]


def test_a_request_that_is_not_taken_times_out() -> None:
    rig = Rig(idle_timeout=3)
    answer = rig.ask(bytes(10**6))
    rig.connection.pause_writing()
    rig.loop.to(4)
    assert code_of(answer) == "providers/timeout"
    rig.connection.resume_writing()


def test_an_early_answer_stops_the_request_and_the_connection_is_not_kept() -> None:
    rig = Rig()
    answer = rig.ask(bytes(10**6))
    rig.say(b"HTTP/1.1 413 Big\r\ncontent-length: 2\r\n\r\n{}")
    rig.loop.turn()
    assert rig.line.writes == 2
    assert answer.status == 413
    assert (rig.kept, rig.line.closing) == ([], True)


def test_closing_a_busy_connection_gives_its_answer_up() -> None:
    rig = Rig()
    answer = rig.ask()
    rig.connection.close()
    assert code_of(answer) == "providers/cancelled"
    assert rig.line.aborted
    assert rig.faults == 0
