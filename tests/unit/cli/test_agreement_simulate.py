import json
from pathlib import Path

import pytest

from brightline.cli import agreement_simulate
from brightline.cli.agreement_drafts import draft_in
from brightline.policy.attributes import actions_of
from brightline.policy.typical import Typical, registers_of
from brightline.sample import agreement_files


@pytest.fixture
def agreement(tmp_path: Path) -> Path:
    place = tmp_path / "agreement"
    for name, content in agreement_files().items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(content)
    return place


@pytest.fixture
def requests(agreement: Path, tmp_path: Path) -> Path:
    draft = draft_in(str(agreement))
    path = tmp_path / "requests.jsonl"
    lines = [
        json.dumps(Typical(action, registers_of((draft.manifest,)), [], []).plain.as_json())
        for action in actions_of(draft.schema)
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_refuses_what_does_not_fit_the_schema(agreement: Path, requests: Path, tmp_path: Path, run) -> None:
    path = tmp_path / "odd.jsonl"
    path.write_text(requests.read_text(encoding="utf-8").replace('"stream": false', '"stream": 3'), encoding="utf-8")
    assert run("agreement", "simulate", agreement, path).exit_code == 1
    assert run("agreement", "simulate", agreement).exit_code == 2


def test_decides_each_and_counts(agreement: Path, requests: Path, run) -> None:
    result = run("agreement", "simulate", agreement, requests)
    assert result.exit_code == 0
    assert f"{requests}:1: " in result.stdout
    assert "2 decided: " in result.stdout
    answer = json.loads(run("agreement", "simulate", agreement, requests, "--json").stdout)
    assert answer["result"]["decided"] == 2
    assert [row["line"] for row in answer["result"]["decisions"]] == [1, 2]


def test_shows_no_more_than_a_person_reads(agreement: Path, requests: Path, run, monkeypatch) -> None:
    monkeypatch.setattr(agreement_simulate, "MOST_SHOWN", 1)
    result = run("agreement", "simulate", agreement, requests)
    assert "the first 1 are shown" in result.stdout
    assert "2 decided" in result.stdout
