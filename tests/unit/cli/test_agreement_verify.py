"""Who signed, who is missing, and by whom it is judged."""

import json
from pathlib import Path

import pytest

from brightline.cli import agreement_verify
from brightline.crypto.party_keys import PrivateKey
from brightline.policy.signing import trust_text
from tests.benchmarks.attack_scene import ADDED, OPERATOR, VENDOR, WIDER, Scene, put, read


class Shows:
    """A prover that has shown every subset."""

    def shows_tightening(self, before: object, after: object) -> None:
        return None


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def signed(scene: Scene, place: Path, *keys: PrivateKey) -> Path:
    put(place, "signatures.json", scene.signed(read(place), *keys).envelope.to_bytes().decode())
    return place


def test_version_1_by_a_trust_file_and_by_key_ids(scene, run, tmp_path) -> None:
    place = signed(scene, scene.write(1), scene.operator, scene.vendor)
    (tmp_path / "trust.json").write_text(trust_text(scene.trust))
    result = run("agreement", "verify", place, "--trust", tmp_path / "trust.json")
    assert result.exit_code == 0, result.output
    assert "accepted  all-parties" in result.stdout
    assert result.stdout.count("signed    ") == 2
    keys = [key for party in scene.trust.parties for key in party.key_ids]
    words = [word for key in keys for word in ("--key-id", key)]
    assert run("agreement", "verify", place, *words).exit_code == 0
    fewer = run("agreement", "verify", place, *words[2:])
    assert fewer.exit_code == 1
    assert "policy/genesis-differs" in fewer.stdout
    assert "policy/key-not-listed" in run("agreement", "verify", place, *words, "--key-id", "00").stderr
    (tmp_path / "trust.json").write_text("{}")
    assert "policy/bad-trust" in run("agreement", "verify", place, "--trust", tmp_path / "trust.json").stderr


def test_without_a_judge_it_says_so(scene, run) -> None:
    place = signed(scene, scene.write(1), scene.operator, scene.vendor)
    result = run("agreement", "verify", place)
    assert result.exit_code == 0
    assert "compare them with the parties" in result.stdout


def test_a_later_version_by_the_one_before(scene, run) -> None:
    first = scene.write(1)
    place = signed(scene, scene.write(), scene.operator, scene.vendor)
    result = run("agreement", "verify", place, "--previous", first, "--json")
    assert result.exit_code == 0, result.output
    answer = json.loads(result.stdout)["result"]
    assert answer["accepted"] == "all-parties"
    assert answer["refused"] is None
    assert [row["party"] for row in answer["parties"]] == [OPERATOR, VENDOR]
    assert answer["parties"][0]["signed_by"] == [scene.operator.public.id]


def test_who_is_missing(scene, run) -> None:
    place = signed(scene, scene.write(files=WIDER), scene.operator)
    result = run("agreement", "verify", place, "--previous", scene.write(1))
    assert result.exit_code == 1
    assert f"MISSING   {VENDOR}" in result.stdout
    assert scene.vendor.public.id in result.stdout
    assert "policy/one-party-alone" in result.stdout
    answer = json.loads(run("agreement", "verify", place, "--previous", scene.write(1), "--json").stdout)
    assert answer["ok"] is False
    assert answer["result"]["refused"]["code"] == "policy/one-party-alone"


def test_a_tightening_by_one_party_is_asked_of_the_prover(scene, run, monkeypatch) -> None:
    place, first = signed(scene, scene.write(files=ADDED), scene.vendor), scene.write(1)
    monkeypatch.setattr(agreement_verify, "installed_prover", lambda: None)
    assert "policy/tightening-without-solver" in run("agreement", "verify", place, "--previous", first).stdout
    monkeypatch.setattr(agreement_verify, "installed_prover", Shows)
    result = run("agreement", "verify", place, "--previous", first)
    assert result.exit_code == 0
    assert "accepted  tightening" in result.stdout


def test_what_is_not_signed_or_not_this(scene, run, tmp_path) -> None:
    place = scene.write()
    assert "policy/unsigned" in run("agreement", "verify", place).stderr
    signed(scene, place, scene.operator)
    put(place, "vendor/vendor.cedar", ADDED["vendor/vendor.cedar"])
    assert "policy/swapped-file" in run("agreement", "verify", place).stderr
    assert "cli/not-a-directory" in run("agreement", "verify", tmp_path / "absent").stderr
    assert run("agreement", "verify", place, "--trust", "x", "--previous", "y").exit_code == 2
