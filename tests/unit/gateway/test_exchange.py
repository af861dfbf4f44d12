"""One answer, started once and ended once, and nothing to a caller that left."""

import asyncio

import pytest

from brightline.gateway.errors import FrontError
from brightline.gateway.exchange import ClientGoneError, Exchange, head_bytes
from brightline.gateway.http1 import Head, Limits
from brightline.testing.rooms import Wire


class Small(Wire):
    """A connection that takes ten bytes of a body."""

    limits = Limits(body_bytes=10)

    def __init__(self) -> None:
        super().__init__()
        self.wanted = 0
        self.drains = 0

    def want_body(self) -> None:
        self.wanted += 1

    async def drained(self) -> None:
        self.drains += 1
        self.blocked = False


def exchange(wire: Wire, method: str = "POST") -> Exchange:
    return Exchange(wire, Head(method, "/x", "", ()), "127.0.0.1")  # type: ignore[arg-type]


def test_a_body_beyond_the_limit_is_refused() -> None:
    one = exchange(Small())
    one.take_body(b"0123456789")
    with pytest.raises(FrontError) as caught:
        one.take_body(b"x")
    assert caught.value.code == "gateway/body-too-large"


def test_nothing_is_sent_to_a_caller_that_left() -> None:
    wire = Small()
    one = exchange(wire)
    one.lose()
    assert one.gone
    with pytest.raises(ClientGoneError):
        one.respond(200, [], b"x")
    with pytest.raises(ClientGoneError):
        one.start(200, [])
    with pytest.raises(ClientGoneError):
        asyncio.run(one.write(b"x"))
    with pytest.raises(ClientGoneError):
        one.finish(b"x")
    with pytest.raises(ClientGoneError):
        asyncio.run(one.body())
    assert wire.out == b""


def test_whoever_works_for_a_caller_hears_that_it_left_once_it_did() -> None:
    told: list[int] = []
    one = exchange(Small())
    one.on_gone(lambda: told.append(1))
    one.lose()
    one.on_gone(lambda: told.append(2))
    one.on_gone(None)
    assert told == [1, 2]


def test_a_caller_that_leaves_wakes_whoever_waits_for_its_body() -> None:
    async def story() -> None:
        one = exchange(wire)
        waiting = asyncio.create_task(one.body())
        await asyncio.sleep(0)
        one.take_body(b"ab")
        one.lose()
        with pytest.raises(ClientGoneError):
            await waiting

    wire = Small()
    asyncio.run(story())
    assert wire.wanted == 1


def test_a_body_comes_whole_however_it_arrived() -> None:
    async def story() -> bytes:
        one = exchange(Small())
        waiting = asyncio.create_task(one.body())
        await asyncio.sleep(0)
        one.take_body(b"ab")
        one.take_body(b"cd")
        one.end_body()
        return await waiting

    assert asyncio.run(story()) == b"abcd"


def test_an_answer_is_framed_by_its_length() -> None:
    wire = Small()
    exchange(wire).respond(404, [("a", "b")], b"xyz")
    assert wire.out == b"HTTP/1.1 404 Not Found\r\na: b\r\ndate: now\r\ncontent-length: 3\r\n\r\nxyz"


def test_a_head_request_gets_no_body() -> None:
    wire = Small()
    exchange(wire, "HEAD").respond(200, [], b"xyz")
    assert wire.out.endswith(b"content-length: 3\r\n\r\n")


def test_an_answer_on_a_closing_connection_says_so() -> None:
    wire = Small()
    wire.closing = True
    exchange(wire).respond(200, [], b"")
    assert b"connection: close\r\n" in wire.out


def test_a_stream_is_chunked_and_waits_for_a_slow_reader() -> None:
    wire = Small()
    one = exchange(wire)
    one.start(200, [])
    assert (one.answered, one.finished) == (True, False)
    wire.blocked = True
    asyncio.run(one.write(b"0123456789abcdef"))
    assert wire.drains == 1
    one.finish(b"end")
    assert wire.out.endswith(b"\r\n\r\n10\r\n0123456789abcdef\r\n3\r\nend\r\n0\r\n\r\n")
    assert one.finished


def test_a_stream_may_end_without_a_last_piece() -> None:
    wire = Small()
    exchange(wire).finish()
    assert wire.out == b"0\r\n\r\n"


def test_an_aborted_answer_drops_the_connection() -> None:
    wire = Small()
    exchange(wire).abort()
    assert wire.aborted


def test_a_status_without_a_name_still_has_a_reason() -> None:
    assert head_bytes(299, [], date=b"now").startswith(b"HTTP/1.1 299 Status\r\n")
