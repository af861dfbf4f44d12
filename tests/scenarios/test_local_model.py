"""A local model that dies is started again, on its own port; one that cannot be started is said to be lost."""

import asyncio
import io
from pathlib import Path

import pytest
import uvloop

from brightline.gateway import serve
from brightline.gateway.app import open_house
from brightline.gateway.logs import Log
from brightline.gateway.serve import Service
from brightline.providers import LocalModelError
from brightline.testing.house import HouseSettings, make_house


class Child:
    """A model's process, as far as the gateway looks at it."""

    base_url = "http://127.0.0.1:9"
    port = 9

    def __init__(self) -> None:
        self.alive = True

    async def stop(self) -> None:
        self.alive = False


def test_a_dead_model_is_started_again_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[tuple[str, int]] = []
    children: list[Child] = []

    async def start(weights: Path, *, port: int = 0, own_template: bool = False) -> Child:
        assert not own_template
        started.append((weights.name, port))
        if len(started) == 2:
            raise LocalModelError("providers/local-missing")
        children.append(Child())
        return children[-1]

    monkeypatch.setattr(serve, "start_local_model", start)
    monkeypatch.setattr(serve, "_TEND_SECONDS", 0.01)
    house_dir = make_house(tmp_path / "gate", HouseSettings(base_url="http://127.0.0.1:9"))
    settings = house_dir / "brightline.toml"
    words = settings.read_text().split("[[deployment]]")
    settings.write_text(f'{words[0]}[[deployment]]\nid = "sim-echo"\nprovider = "local"\nweights = "model.gguf"\n')
    said = io.StringIO()

    async def story() -> None:
        service = Service(await open_house(house_dir), Log(said))
        running = asyncio.create_task(service.run(host="127.0.0.1", port=0))
        async with asyncio.timeout(5):
            while not children:
                await asyncio.sleep(0.01)
            children[0].alive = False
            while len(children) < 2:
                await asyncio.sleep(0.01)
        service.stop()
        await running

    uvloop.run(story())
    assert started == [("model.gguf", 0), ("model.gguf", 9), ("model.gguf", 9)]
    assert not any(child.alive for child in children)
    assert "local-model-died" in said.getvalue()
    assert "providers/local-missing" in said.getvalue()
