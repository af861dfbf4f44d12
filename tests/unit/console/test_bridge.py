import asyncio
import threading

import pytest

from brightline.console.bridge import Bridge
from brightline.console.errors import ConsoleError


def test_a_journey_runs_on_the_gateways_loop() -> None:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    async def where() -> int:
        return threading.get_ident()

    try:
        assert asyncio.run(Bridge(loop).ask(where())) == thread.ident
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def test_what_the_journey_raises_comes_back() -> None:
    async def refuse() -> None:
        raise ConsoleError("console/no-page")

    with pytest.raises(ConsoleError) as refused:
        asyncio.run(Bridge(None).ask(refuse()))
    assert refused.value.code == "console/no-page"


def test_a_late_journey_goes_on_without_its_page() -> None:
    async def story() -> list[str]:
        told: list[str] = []
        more = asyncio.Event()

        async def late() -> None:
            await more.wait()
            told.append("durable")

        with pytest.raises(ConsoleError) as refused:
            await Bridge(None, seconds=0.01).ask(late())
        assert refused.value.code == "console/late"
        more.set()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        return told

    assert asyncio.run(story()) == ["durable"]
