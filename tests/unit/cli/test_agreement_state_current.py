"""Stating that an agreement is current."""

import base64
import json
from pathlib import Path

import pytest

from brightline.crypto.party_keys import save
from brightline.policy.signing import check_current, make_current
from tests.benchmarks.attack_scene import OPERATOR, VENDOR, Scene, put, read

WORDS = "correct horse"


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    made = Scene(tmp_path)
    for name in ("vendor", "operator"):
        save(tmp_path / f"{name}.pem", getattr(made, name), WORDS)
    monkeypatch.setenv("BRIGHTLINE_PASSPHRASE", WORDS)
    monkeypatch.chdir(tmp_path)
    return made


def signed(scene: Scene, place: Path) -> Path:
    put(place, "signatures.json", scene.signed(read(place), scene.operator, scene.vendor).envelope.to_bytes().decode())
    return place


def test_a_statement_is_written(scene, run, tmp_path) -> None:
    place = signed(scene, scene.write(1))
    words = ("agreement", "state-current", place, "--enclave", "demo", "--key", "operator.pem")
    result = run(*words, "--days", "7", "--json")
    assert result.exit_code == 0, result.output
    answer = json.loads(result.stdout)["result"]
    assert (answer["missing"], answer["file"]) == ("", "current.json")
    again = run(*words)
    assert "cli/file-exists" in again.stderr
    longest = run(*words, "--out", "other.json")
    assert longest.exit_code == 0
    data = (tmp_path / "other.json").read_bytes()
    statement = check_current(data, read(place), "demo", _issued(tmp_path / "other.json"))
    assert statement.until_ms - statement.issued_ms == 30 * 86_400_000


def _issued(path: Path) -> int:
    payload = base64.b64decode(json.loads(path.read_text())["payload"])
    return int(json.loads(payload)["issued"])


def test_a_second_party_adds_its_signature(scene, run) -> None:
    place = signed(scene, scene.write(1, bend=lambda whole: whole.update(current_by=[OPERATOR, VENDOR])))
    words = ("agreement", "state-current", place, "--enclave", "demo")
    first = run(*words, "--key", "operator.pem", "--days", "1")
    assert f"missing   {VENDOR}: have them add their signatures with `--add current.json`" in first.stdout
    second = run(*words, "--key", "vendor.pem", "--add", "current.json")
    assert second.exit_code == 0, second.output
    assert "until" in second.stdout
    assert run(*words, "--key", "vendor.pem", "--add", "current.json", "--days", "1").exit_code == 2


def test_what_is_not_stated(scene, run, tmp_path) -> None:
    unsigned, place = scene.write(1), signed(scene, scene.write(1))
    for words, code in (
        ((unsigned, "--enclave", "demo", "--key", "operator.pem"), "policy/unsigned"),
        ((place, "--enclave", "demo", "--key", "vendor.pem"), "policy/key-not-listed"),
        ((place, "--enclave", "nowhere", "--key", "operator.pem"), "policy/unknown-enclave"),
        ((place, "--enclave", "demo", "--key", "operator.pem", "--days", "31"), "policy/current-too-long"),
        ((tmp_path / "absent", "--enclave", "demo", "--key", "operator.pem"), "cli/not-a-directory"),
    ):
        refused = run("agreement", "state-current", *words)
        assert refused.exit_code == 1
        assert code in refused.stderr
    assert not (tmp_path / "current.json").exists()


def test_a_statement_that_ran_out_is_not_signed_once_more(scene, run, tmp_path) -> None:
    place = signed(scene, scene.write(1))
    old = make_current(read(place), "demo", issued_ms=1_700_000_000_000, days=1, keys=[scene.operator])
    (tmp_path / "old.json").write_bytes(old)
    words = ("--enclave", "demo", "--key", "operator.pem", "--add", tmp_path / "old.json")
    assert "policy/not-current" in run("agreement", "state-current", place, *words).stderr
    assert (tmp_path / "old.json").read_bytes() == old
