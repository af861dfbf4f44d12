"""The valve in `examples/` as an MCP server, asked by the protocol's own client: the release travels in `_meta`."""

import asyncio
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from mcp import Client, StdioServerParameters

from brightline.oversight.carriage import META, to_meta
from brightline.oversight.replay_store import DirectoryReplayStore
from brightline.testing.sign_off import HOUR_MS, Scene, make_scene

VALVE = Path(__file__).resolve().parents[2] / "examples" / "mcp_valve.py"
Story = Callable[[Client, Scene], Awaitable[None]]


def tell(place: Path, story: Story) -> None:
    """Run `story` with a client of a valve that was there for some hours."""
    now_ms = time.time_ns() // 1_000_000
    scene = make_scene(
        now_ms=now_ms,
        tool="set_valve",
        audience="valve-7.example",
        arguments={"state": "open"},
        preconditions={"valve-7/state": "closed"},
    )
    DirectoryReplayStore(place / "store", clock_ms=lambda: now_ms - 2 * HOUR_MS)
    (place / "bundle.json").write_bytes(scene.bundle.canonical)
    (place / "revocations.json").write_bytes(scene.revocations.canonical)
    files = {"bundle": "bundle.json", "revocations": "revocations.json", "store": "store", "key": "valve.pem"}
    words = [word for name, file in files.items() for word in (f"--{name}", str(place / file))]
    server = StdioServerParameters(
        command=sys.executable, args=[str(VALVE), *words], env={"PATH": os.environ["PATH"]}, cwd=place
    )

    async def whole() -> None:
        async with asyncio.timeout(30), Client(server) as client:
            await story(client, scene)

    asyncio.run(whole())


async def called(client: Client, meta: dict[str, object] | None, state: str = "open") -> tuple[bool, dict[str, object]]:
    answer = await client.call_tool("set_valve", {"state": state}, meta=meta)
    (content,) = answer.content
    return bool(answer.is_error), json.loads(content.text)


async def refused(client: Client, meta: dict[str, object] | None, state: str = "open") -> object:
    is_error, told = await called(client, meta, state)
    assert is_error
    error = told["error"]
    assert isinstance(error, dict)
    return error["code"]


def test_without_a_release_in_meta_it_refuses(tmp_path: Path) -> None:
    async def story(client: Client, scene: Scene) -> None:
        assert [tool.name for tool in (await client.list_tools()).tools] == ["set_valve"]
        assert await refused(client, None) == "effector/no-release"
        assert await refused(client, {META: {"approved": True}}) == "effector/malformed"
        assert await refused(client, {META: "approved by everybody"}) == "effector/malformed"

    tell(tmp_path, story)


def test_it_acts_once_under_the_release_of_exactly_this_call(tmp_path: Path) -> None:
    async def story(client: Client, scene: Scene) -> None:
        meta: dict[str, object] = {**to_meta(scene.release.canonical)}
        assert await refused(client, meta, "closed") == "effector/other-action"
        is_error, told = await called(client, meta)
        assert not is_error
        receipt = told["receipt"]
        assert isinstance(receipt, dict)
        assert (receipt["outcome"], receipt["binding"]) == ("done", scene.binding.digest.hex())
        assert await refused(client, meta) in ("effector/used", "effector/precondition")

    tell(tmp_path, story)


@pytest.mark.parametrize("cut", [1, 100])
def test_a_release_that_was_cut_on_the_way_is_refused(tmp_path: Path, cut: int) -> None:
    async def story(client: Client, scene: Scene) -> None:
        text = to_meta(scene.release.canonical)[META].rstrip("=")
        assert await refused(client, {META: text[:-cut]}) == "effector/malformed"

    tell(tmp_path, story)
