"""The service's own steps: local models, waiting for outcomes, and what the gauges and readiness say."""

import asyncio
import io
import json
from pathlib import Path

import pytest
import uvloop

from brightline.gateway import serve as module
from brightline.gateway.app import open_house
from brightline.gateway.logs import Log
from brightline.gateway.serve import Service, serve_house
from brightline.providers import LocalModelError
from brightline.testing.house import HouseSettings, eventually, make_house, tell
from brightline.testing.rooms import Agreement

LOCAL = HouseSettings(base_url="http://127.0.0.1:1", deployment="connections = 2")


def local_house(tmp_path: Path) -> Path:
    """A house whose first deployment is a local model."""
    house = make_house(tmp_path / "house", LOCAL)
    settings = house / "brightline.toml"
    text = settings.read_text().replace('base_url = "http://127.0.0.1:1"', 'provider = "local"\nweights = "w.gguf"', 1)
    settings.write_text(text)
    return house


class Child:
    """A local model's process."""

    def __init__(self, weights: Path) -> None:
        self.weights = weights
        self.base_url = "http://127.0.0.1:9"
        self.stopped = False

    async def stop(self) -> None:
        self.stopped = True


def test_a_local_model_that_does_not_start_ends_the_start_and_gives_all_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(weights: Path, **_: object) -> Child:
        raise LocalModelError("providers/local-missing")

    monkeypatch.setattr(module, "start_local_model", fail)
    house = local_house(tmp_path)
    for _ in range(2):  # the second time shows that the lock was given back
        with pytest.raises(LocalModelError):
            uvloop.run(serve_house(house, host=None, port=0, log=Log(io.StringIO())))


def test_a_local_model_is_started_before_the_front_and_stopped_in_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    children: list[Child] = []
    log = io.StringIO()

    async def start(weights: Path, *, port: int, own_template: bool) -> Child:
        assert (port, own_template) == (0, False)
        children.append(Child(weights))
        return children[-1]

    async def story() -> None:
        service = Service(await open_house(house), Log(log))
        task = asyncio.create_task(service.run(host="127.0.0.1", port=0))
        await eventually(lambda: '"ready"' in log.getvalue())
        assert not children[0].stopped
        service.stop()
        await task

    monkeypatch.setattr(module, "start_local_model", start)
    house = local_house(tmp_path)
    uvloop.run(story())
    (child,) = children
    assert (child.weights, child.stopped) == (house / "w.gguf", True)
    events = [json.loads(line)["event"] for line in log.getvalue().splitlines()]
    assert events.index("local-model-ready") < events.index("ready")


def test_before_anything_runs_the_gauges_are_nought(tmp_path: Path) -> None:
    async def story() -> None:
        house = await open_house(make_house(tmp_path / "house", LOCAL))
        gauges = Service(house, Log(io.StringIO()))._gauges()
        assert (gauges["connections"], gauges["refused_connections"], gauges["ledger_bytes_per_use"]) == (0, 0, 0.0)
        assert gauges["ready"] == 1.0
        await house.close()

    uvloop.run(story())


@pytest.mark.parametrize(("named", "told"), [("", False), ("0" * 64, True)])
def test_a_start_tells_when_another_describer_is_agreed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str, *, told: bool
) -> None:
    agreed = Agreement()
    agreed.describer = named

    async def story() -> None:
        log = io.StringIO()
        house = await open_house(make_house(tmp_path / "house", LOCAL))
        with monkeypatch.context() as patch:
            patch.setattr(type(house), "agreement", agreed)
            Service(house, Log(log))._read_describer()
        assert ("use/other-describer" in log.getvalue()) == told
        await house.close()

    uvloop.run(story())


def test_a_reload_before_the_upstream_is_there_does_nothing(tmp_path: Path) -> None:
    async def story() -> None:
        log = io.StringIO()
        house = await open_house(make_house(tmp_path / "house", LOCAL))
        await Service(house, Log(log))._reload()
        assert "reloaded" in log.getvalue()
        await house.close()

    uvloop.run(story())


def test_a_draining_gateway_is_not_ready_and_waits_for_outcomes(tmp_path: Path) -> None:
    async def story() -> None:
        house = await open_house(make_house(tmp_path / "house", LOCAL))
        service = Service(house, Log(io.StringIO()))
        service._draining = True
        assert service._readiness() == "gateway/draining"
        service._counters.running = 1
        settling = asyncio.create_task(service._settle())
        await asyncio.sleep(0.03)
        assert not settling.done()
        service._counters.running = 0
        await asyncio.wait_for(settling, 1)
        await house.close()

    uvloop.run(story())


def test_bytes_per_use_and_days_left_are_told_once_there_was_a_use(tmp_path: Path) -> None:
    async def story(gateway: object) -> None:
        assert (await gateway.post("openai", "small")).status == 200  # type: ignore[attr-defined]
        gauges = gateway.service._gauges()  # type: ignore[attr-defined]
        assert gauges["ledger_bytes_per_use"] > 500
        assert 0 < gauges["disk_days_left"] < float("inf")

    tell(tmp_path, story)
