import asyncio
import os
import sys

import pytest

from brightline.providers.child import ChildServer
from brightline.providers.errors import LocalModelError

SERVES = "import sys; print('ready 4711', flush=True); sys.stdin.read()"


def start(code: str, ready_seconds: float = 20.0) -> ChildServer:
    async def main() -> ChildServer:
        child = await ChildServer.start([sys.executable, "-I", "-c", code], ready_seconds=ready_seconds)
        await child.stop()
        return child

    return asyncio.run(main())


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("import sys; sys.exit('no memory, no model')", "no memory, no model"),
        ("import sys; sys.stderr.write('half\\nline'); print('rady 1')", "line"),
        ("import sys; sys.exit(3)", "it said nothing"),
    ],
)
def test_a_child_that_ends_is_named_with_its_last_line(code: str, why: str) -> None:
    with pytest.raises(LocalModelError) as caught:
        start(code)
    assert (caught.value.code, caught.value.words["why"]) == ("providers/local-died", why)


def test_a_child_that_cannot_be_started_is_named() -> None:
    with pytest.raises(LocalModelError) as caught:
        asyncio.run(ChildServer.start(["/no/such/program"], ready_seconds=1))
    assert caught.value.code == "providers/local-died"


def test_a_child_that_is_never_ready_is_killed() -> None:
    with pytest.raises(LocalModelError) as caught:
        start("import time; time.sleep(60)", ready_seconds=0.1)
    assert caught.value.code == "providers/local-slow"


def test_a_child_serves_apart_from_the_terminal_and_ends_with_its_input() -> None:
    async def main() -> None:
        child = await ChildServer.start([sys.executable, "-I", "-c", SERVES], ready_seconds=20)
        assert (child.port, child.base_url) == (4711, "http://127.0.0.1:4711")
        assert child.alive
        assert os.getsid(child.pid) == child.pid
        await child.stop()
        await child.stop()
        assert not child.alive

    asyncio.run(main())


def test_a_child_that_does_not_listen_is_killed_and_its_noise_kept_within_bounds() -> None:
    async def main() -> None:
        code = (
            "import sys, time\nfor at in range(9999): print('noise', at, file=sys.stderr)\n"
            "sys.stderr.flush(); print('ready 1', flush=True); time.sleep(60)"
        )
        child = await ChildServer.start([sys.executable, "-I", "-c", code], ready_seconds=20)
        await child.stop(grace=0.05)
        assert child.said[-1] == "noise 9998"
        assert len(child.said) == 20

    asyncio.run(main())
