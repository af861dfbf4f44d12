import json
from pathlib import Path

import pytest

from brightline.cli import agreement_explain
from brightline.cli.agreement_drafts import draft_in
from brightline.policy.attributes import actions_of, put
from brightline.policy.explain import Explainer
from brightline.policy.typical import Typical, registers_of
from brightline.policy.written import WrittenRequest
from brightline.sample import agreement_files


@pytest.fixture
def agreement(tmp_path: Path) -> Path:
    place = tmp_path / "agreement"
    for name, content in agreement_files().items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(content)
    return place


@pytest.fixture
def plain(agreement: Path) -> WrittenRequest:
    draft = draft_in(str(agreement))
    trial = Explainer(draft)
    generate = next(action for action in actions_of(draft.schema) if action.id == "generate")
    return Typical(
        generate, registers_of((draft.manifest,)), [], [], permitted=lambda asked: trial.decide(asked).permitted
    ).plain


@pytest.fixture
def watching(plain: WrittenRequest, tmp_path: Path) -> Path:
    surveil = [{"__entity": {"type": "Effect", "id": "surveil"}}]
    path = tmp_path / "watching.json"
    path.write_text(plain._replace(context=put(plain.context, ("fact", "effects"), surveil)).text(), encoding="utf-8")
    return path


def test_refuses_what_is_no_request(agreement: Path, tmp_path: Path, run) -> None:
    path = tmp_path / "request.json"
    path.write_text("[]", encoding="utf-8")
    result = run("agreement", "explain", agreement, path)
    assert result.exit_code == 1
    assert "policy/bad-request-file" in result.output
    assert run("agreement", "explain", tmp_path / "absent", path).exit_code == 1
    assert run("agreement", "explain", agreement, tmp_path / "absent.json").exit_code == 1


def test_refuses_an_agreement_with_faults(agreement: Path, watching: Path, run) -> None:
    (agreement / "law" / "more.cedar").write_text("permit oops;", encoding="utf-8")
    result = run("agreement", "explain", agreement, watching)
    assert result.exit_code == 1
    assert "policy/agreement-faults" in result.output


def test_says_why_and_what_would_change_it(agreement: Path, watching: Path, run) -> None:
    result = run("agreement", "explain", agreement, watching, "--seconds", 0)
    assert result.exit_code == 0
    assert result.stdout.startswith("forbid (policy/forbidden)\ndetermined by\n  law-no-surveillance-tools (law/")
    assert "`context.fact.effects` is empty (now `surveil`) -> permit" in result.stdout
    assert "the smallest changes found that would be permitted" in result.stdout
    answer = json.loads(run("agreement", "explain", agreement, watching, "--seconds", 0, "--json").stdout)
    assert answer["result"]["decision"]["effect"] == "forbid"
    assert answer["result"]["ways"][0]["after"]["effect"] == "permit"
    assert answer["result"]["determining"][0]["policy"] == "law-no-surveillance-tools"


def test_a_permit_and_what_it_rests_on(agreement: Path, plain: WrittenRequest, tmp_path: Path, run) -> None:
    path = tmp_path / "plain.json"
    path.write_text(plain.text(), encoding="utf-8")
    result = run("agreement", "explain", agreement, path, "--seconds", 0)
    assert result.stdout.startswith("permit\n")
    assert "principal is" in result.stdout or "context.fact.mission" in result.stdout


def test_a_caller_that_is_not_listed(agreement: Path, plain: WrittenRequest, tmp_path: Path, run) -> None:
    path = tmp_path / "absent.json"
    path.write_text(plain._replace(principal=("Unit", "nobody/here")).text(), encoding="utf-8")
    result = run("agreement", "explain", agreement, path)
    assert result.stdout.startswith("forbid (policy/absent-entity)")
    assert "no change of a few attributes was found" in result.stdout


def test_without_the_solvers_it_says_what_it_can(agreement: Path, watching: Path, run, monkeypatch) -> None:
    monkeypatch.setattr(agreement_explain, "find_spec", lambda name: None)
    assert "the smallest changes found" in run("agreement", "explain", agreement, watching).stdout
