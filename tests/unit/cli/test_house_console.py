"""A console is opened where the settings say and for the passkeys that the directory names."""

import asyncio
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from brightline.cli import house_console
from brightline.cli.sample_people import make_people
from brightline.domain.errors import BrightlineError
from brightline.gateway.settings import ConsoleSettings


def house(place: Path, console: ConsoleSettings) -> SimpleNamespace:
    return SimpleNamespace(
        settings=SimpleNamespace(console=console), data_dir=place, overseen=SimpleNamespace(journeys="journeys")
    )


def test_without_a_directory_there_is_no_console(tmp_path: Path) -> None:
    with pytest.raises(BrightlineError, match="signoff/no-directory"):
        house_console.open_house_console(house(tmp_path, ConsoleSettings("http://localhost:1")), None, None)  # type: ignore[arg-type]


def test_the_console_has_its_place_from_the_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    people = make_people(now_ms=1, random=lambda size: bytes([7]) * size)
    (tmp_path / "directory.json").write_bytes(replace(people.directory).to_bytes())
    calls: list[tuple[object, ...]] = []
    monkeypatch.setattr(house_console, "open_console", lambda *given, **more: calls.append((*given, more)))
    chosen = ConsoleSettings("http://localhost:8081", port=8081, marking="EXERCISE")
    loop = asyncio.new_event_loop()
    house_console.open_house_console(house(tmp_path, chosen), loop, None)  # type: ignore[arg-type]
    loop.close()
    config, journeys, more = calls[0]
    assert (config.origin, config.rp_id, config.marking) == (chosen.origin, "localhost", "EXERCISE")  # type: ignore[attr-defined]
    assert journeys == "journeys"
    assert more["data_dir"] == tmp_path  # type: ignore[index]
