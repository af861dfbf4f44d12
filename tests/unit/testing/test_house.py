"""The test's own gateway: a caller must see a cut answer as cut, and a log that does not verify must fail the story."""

import asyncio
import shutil
from pathlib import Path

import pytest

from brightline.domain.errors import BrightlineError
from brightline.testing.house import Gateway, HouseSettings, Line, Reply, checked, eventually, make_house, running, tell
from brightline.testing.provider_simulator import ProviderSimulator


def answered(raw: bytes) -> Reply:
    """What a caller makes of `raw` and then the end."""

    async def story() -> Reply:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(raw)
            await writer.drain()
            writer.close()
            await writer.wait_closed()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        line = Line(*await asyncio.open_connection(*server.sockets[0].getsockname()[:2]))
        line.ask("GET", "/", b"", ())
        reply = await line.reply()
        await line.close()
        server.close()
        return reply

    return asyncio.run(story())


def test_no_answer_is_status_nought() -> None:
    assert answered(b"").status == 0


def test_a_cut_answer_is_not_whole() -> None:
    reply = answered(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nabc")
    assert (reply.status, reply.whole, reply.body) == (200, False, b"abc")


def test_a_whole_answer_without_our_words_has_no_code() -> None:
    reply = answered(b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabc")
    assert (reply.whole, reply.code) == (True, "")


def test_waiting_for_what_never_comes_fails() -> None:
    with pytest.raises(TimeoutError):
        asyncio.run(eventually(lambda: False, seconds=0.01))


def test_a_log_that_lost_its_checkpoint_fails_the_story(tmp_path: Path) -> None:
    async def whole() -> None:
        async with ProviderSimulator() as simulator:
            house = make_house(tmp_path / "house", HouseSettings(base_url=simulator.base_url))
            async with running(house, simulator) as gateway:
                pass
            shutil.rmtree(gateway.house.log_directory)
            with pytest.raises(BrightlineError):
                checked(gateway)

    asyncio.run(whole())


def test_a_stream_that_ends_before_its_mark_fails_the_story(tmp_path: Path) -> None:
    async def story(gateway: Gateway) -> None:
        line = await gateway.line()
        line.ask("GET", "/healthz", b"", [("connection", "close")])
        with pytest.raises(AssertionError, match="ended before"):
            await line.until(b"never")

    tell(tmp_path, story)


def test_readiness_that_never_comes_fails_the_story(tmp_path: Path) -> None:
    async def story(gateway: Gateway) -> None:
        assert await gateway.ready() == "ready"
        await gateway.until_ready()

    tell(tmp_path, story)
