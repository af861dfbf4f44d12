"""What the official SDKs make of a hold: a 403 is not sent again, as a 409 and a 429 are; pings do not disturb them."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import anthropic
import openai
import pytest

from brightline.domain.leaf import Kind
from brightline.gateway import serve, waiting
from brightline.gateway.ports import Rooms
from brightline.testing.holds import MemoryHolds
from brightline.testing.house import Gateway, tell

pytestmark = [pytest.mark.sdk]

Held = Callable[[], MemoryHolds]
SCHEMA = {"type": "object", "properties": {"valve": {"const": 7}, "open": {"const": True}}}
CHAT_TOOLS = [{"type": "function", "function": {"name": "set_valve", "parameters": SCHEMA}}]
TOOLS = [{"name": "set_valve", "input_schema": SCHEMA}]
USER = [{"role": "user", "content": "open valve 7"}]
MEANT = {"valve": 7, "open": True}


@pytest.fixture(name="held")
def _held(monkeypatch: pytest.MonkeyPatch) -> Held:
    made: list[MemoryHolds] = []

    def rooms(**words: object) -> Rooms:
        made.append(MemoryHolds(words["ledger"]))  # type: ignore[arg-type]
        made[-1].patience = 0.05
        return Rooms(**{**words, "holds": made[-1]})  # type: ignore[arg-type]

    monkeypatch.setattr(serve, "Rooms", rooms)
    monkeypatch.setattr(waiting, "TICK_SECONDS", 0.02)
    monkeypatch.setattr(waiting, "PING_SECONDS", 0.02)
    return lambda: made[-1]


def chat(gateway: Gateway) -> openai.AsyncOpenAI:
    return openai.AsyncOpenAI(base_url=f"http://127.0.0.1:{gateway.port}/v1", api_key=gateway.key, max_retries=2)


def messages(gateway: Gateway) -> anthropic.AsyncAnthropic:
    return anthropic.AsyncAnthropic(base_url=f"http://127.0.0.1:{gateway.port}", api_key=gateway.key, max_retries=2)


def sign_later(held: MemoryHolds) -> None:
    """Sign each hold once its reader was pinged a few times."""
    held.patience = float("inf")

    def later(hold: bytes) -> None:
        asyncio.get_running_loop().call_later(0.2, held.approve, hold)

    held.on_place = later


def test_openai_raises_once_and_resumes(tmp_path: Path, held: Held) -> None:
    async def story(gateway: Gateway) -> None:
        async with chat(gateway) as client:
            asked = {"model": "sim-tool", "messages": USER, "tools": CHAT_TOOLS}
            with pytest.raises(openai.PermissionDeniedError) as refused:
                await client.chat.completions.create(**asked)
            assert refused.value.code == "hold/pending"
            ids = refused.value.response.headers["brightline-hold"]
            assert ids == held().ids[0].hex()
            assert len(gateway.leaves(Kind.INTENT)) == len(held().ids) == 1
            held().approve(held().ids[0])
            answer = await client.chat.completions.create(**asked, extra_headers={"Brightline-Hold": ids})
            (call,) = answer.choices[0].message.tool_calls or []
            assert (call.function.name, json.loads(call.function.arguments)) == ("set_valve", MEANT)  # type: ignore[union-attr]
        assert len(gateway.simulator.requests) == 1

    tell(tmp_path, story)


def test_openai_streams_through_pings(tmp_path: Path, held: Held) -> None:
    async def story(gateway: Gateway) -> None:
        sign_later(held())
        async with chat(gateway) as client:
            pieces = []
            async for chunk in await client.chat.completions.create(
                model="sim-tool", messages=USER, tools=CHAT_TOOLS, stream=True
            ):
                pieces += [call for choice in chunk.choices for call in choice.delta.tool_calls or []]
            assert json.loads("".join(piece.function.arguments or "" for piece in pieces if piece.function)) == MEANT

    tell(tmp_path, story)


def test_openai_is_told_in_the_stream(tmp_path: Path, held: Held) -> None:
    async def story(gateway: Gateway) -> None:
        async with chat(gateway) as client:
            stream = await client.chat.completions.create(
                model="sim-tool", messages=USER, tools=CHAT_TOOLS, stream=True
            )
            with pytest.raises(openai.APIError) as refused:
                [chunk async for chunk in stream]
            assert refused.value.code == "hold/pending"
            assert held().ids[0].hex() in str(refused.value.body)
        assert len(gateway.simulator.requests) == 1

    tell(tmp_path, story)


def test_anthropic_raises_once_and_resumes(tmp_path: Path, held: Held) -> None:
    async def story(gateway: Gateway) -> None:
        async with messages(gateway) as client:
            asked = {"model": "sim-tool", "max_tokens": 64, "messages": USER, "tools": TOOLS}
            with pytest.raises(anthropic.PermissionDeniedError) as refused:
                await client.messages.create(**asked)
            ids = refused.value.response.headers["brightline-hold"]
            assert len(gateway.leaves(Kind.INTENT)) == len(held().ids) == 1
            held().approve(held().ids[0])
            answer = await client.messages.create(**asked, extra_headers={"Brightline-Hold": ids})
            (use,) = [block for block in answer.content if block.type == "tool_use"]
            assert (use.name, use.input) == ("set_valve", MEANT)
        assert len(gateway.simulator.requests) == 1

    tell(tmp_path, story)


def test_anthropic_streams_through_pings(tmp_path: Path, held: Held) -> None:
    async def story(gateway: Gateway) -> None:
        sign_later(held())
        async with messages(gateway) as client:
            asked = {"model": "sim-tool", "max_tokens": 64, "messages": USER, "tools": TOOLS}
            async with client.messages.stream(**asked) as stream:
                answer = await stream.get_final_message()
            (use,) = [block for block in answer.content if block.type == "tool_use"]
            assert use.input == MEANT

    tell(tmp_path, story)


def test_anthropic_is_told_in_the_stream(tmp_path: Path, held: Held) -> None:
    async def story(gateway: Gateway) -> None:
        async with messages(gateway) as client:
            asked = {"model": "sim-tool", "max_tokens": 64, "messages": USER, "tools": TOOLS}
            with pytest.raises(anthropic.APIStatusError) as refused:
                async with client.messages.stream(**asked) as stream:
                    await stream.get_final_message()
            assert held().ids[0].hex() in str(refused.value.body)
        assert len(gateway.simulator.requests) == 1

    tell(tmp_path, story)


@pytest.mark.parametrize(("status", "requests"), [(403, 1), (409, 3), (429, 3)])
def test_which_refusals_the_sdks_send_again(status: int, requests: int) -> None:
    """Why a hold is refused with 403: anything that an SDK sends again would be held, and paid for, again."""

    async def story() -> None:
        seen: list[bytes] = []

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            head = await reader.readuntil(b"\r\n\r\n")
            size = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
            seen.append(await reader.readexactly(size))
            body = b'{"error":{"message":"x","type":"x","code":"x"}}'
            start = f"HTTP/1.1 {status} X\r\ncontent-type: application/json\r\nretry-after-ms: 1\r\n".encode()
            writer.write(start + b"connection: close\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body))
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with server:
            async with openai.AsyncOpenAI(base_url=f"{url}/v1", api_key="k", max_retries=2) as client:
                with pytest.raises(openai.APIStatusError):
                    await client.chat.completions.create(model="m", messages=USER)
            assert len(seen) == requests
            seen.clear()
            async with anthropic.AsyncAnthropic(base_url=url, api_key="k", max_retries=2) as other:
                with pytest.raises(anthropic.APIStatusError):
                    await other.messages.create(model="m", max_tokens=9, messages=USER)
            assert len(seen) == requests

    asyncio.run(story())
