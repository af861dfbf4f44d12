import json

from brightline.cli import model_pull
from brightline.providers import WeightsError


def test_no_network_exits_1_with_the_next_step(tmp_path, run, monkeypatch) -> None:
    def fail(folder, environment, *, quiet):
        raise WeightsError("providers/weights-unfetched", why="no route", package="p")

    monkeypatch.setattr(model_pull, "had_weights", fail)
    result = run("model", "pull", "--cache", tmp_path)
    assert result.exit_code == 1
    assert "next: " in result.stderr


def test_says_where_they_are(tmp_path, run, monkeypatch) -> None:
    monkeypatch.setattr(model_pull, "had_weights", lambda folder, environment, *, quiet: (folder / "w", True))
    assert run("model", "pull", "--cache", tmp_path).stdout == f"fetched and checked: {tmp_path}/w\n"
    monkeypatch.setattr(model_pull, "had_weights", lambda folder, environment, *, quiet: (folder / "w", False))
    assert json.loads(run("model", "pull", "--json").stdout)["result"]["fetched"] is False
