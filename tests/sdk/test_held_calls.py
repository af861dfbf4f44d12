"""What the official SDKs make of a hold: a 403 is not sent again, as a 409 and a 429 are; pings do not disturb them."""

import asyncio
import json
from asyncio.subprocess import PIPE
from collections.abc import Callable
from pathlib import Path

import anthropic
import openai
import pytest

from brightline.gateway import serve, waiting
from brightline.gateway.ports import Rooms
from brightline.testing.holds import MemoryHolds
from brightline.testing.house import Gateway, tell
from tests.sdk import sdks

pytestmark = [pytest.mark.sdk]

Held = Callable[[], MemoryHolds]
SCHEMA = {"type": "object", "properties": {"valve": {"const": 7}, "open": {"const": True}}}
CHAT_TOOLS = [{"type": "function", "function": {"name": "set_valve", "parameters": SCHEMA}}]
TOOLS = [{"name": "set_valve", "input_schema": SCHEMA}]
USER = [{"role": "user", "content": "open valve 7"}]
MEANT = {"valve": 7, "open": True}
STORY = Path(__file__).parent / "held_story.py"


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


@pytest.mark.parametrize("sdk", sdks.ALL, ids=lambda sdk: sdk.label)
def test_an_sdk_raises_once_resumes_and_streams_through_pings(tmp_path: Path, held: Held, sdk: sdks.Sdk) -> None:
    python, env = sdks.python_of(sdk)

    def sign_later(hold: bytes) -> None:
        if len(held().ids) > 1:  # the streamed one, whose caller waits
            held().patience = float("inf")
        asyncio.get_running_loop().call_later(0.3, held().approve, hold)

    async def story(gateway: Gateway) -> None:
        held().on_place = sign_later
        env.update(BRIGHTLINE_URL=f"http://127.0.0.1:{gateway.port}", BRIGHTLINE_KEY=gateway.key)
        words = [*python, str(STORY), sdk.package]
        child = await asyncio.create_subprocess_exec(*words, env=env, stdout=PIPE, stderr=PIPE)
        out, faults = await child.communicate()
        assert child.returncode == 0, faults.decode()[-2000:]
        seen = json.loads(out)
        assert seen.pop("version").startswith(f"{sdk.major}.")
        assert seen == {"status": 403, "in_body": True, "resumed": MEANT, "streamed": MEANT}
        # One call of the model for each thing asked, however often it was resumed.
        assert len(gateway.simulator.requests) == len(held().ids) == 2

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
