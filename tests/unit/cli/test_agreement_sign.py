"""Signing for one party: what is shown, what is refused, and that the signatures of others stay."""

import json
from pathlib import Path

import pytest

from brightline.crypto.party_keys import save
from tests.benchmarks.attack_scene import OPERATOR, VENDOR, WIDER, Scene, party, put

WORDS = "correct horse"


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    made = Scene(tmp_path)
    for name in ("vendor", "operator", "stranger"):
        save(tmp_path / f"{name}.pem", getattr(made, name), WORDS)
    monkeypatch.setenv("BRIGHTLINE_PASSPHRASE", WORDS)
    return made


def test_both_sign_one_after_the_other(scene, run, tmp_path) -> None:
    place = scene.write()
    first = run("agreement", "sign", place, "--key", tmp_path / "vendor.pem", "--party", VENDOR, "--yes")
    assert first.exit_code == 0, first.output
    assert "version 2" in first.stdout
    second = run("agreement", "sign", place, "--key", tmp_path / "operator.pem", "--party", OPERATOR, "--yes", "--json")
    result = json.loads(second.stdout)["result"]
    assert sorted(result["signatures"]) == sorted([scene.vendor.public.id, scene.operator.public.id])
    assert result["party"] == OPERATOR


def test_shows_what_it_changes_and_asks(scene, run, tmp_path) -> None:
    before, after = scene.write(1), scene.write(files=WIDER)
    words = ("agreement", "sign", after, "--key", tmp_path / "vendor.pem", "--party", VENDOR, "--previous", before)
    refused = run(*words, input="n\n")
    assert refused.exit_code == 130
    assert "change    policy `operator-general` changed" in refused.stderr
    assert not (after / "signatures.json").exists()
    assert run(*words, input="y\n").exit_code == 0
    assert (after / "signatures.json").exists()


def test_a_key_that_only_the_version_before_lists(scene, run, tmp_path) -> None:
    after = scene.write(bend=party(1, keys=[scene.stranger.public.entry()]))
    words = ("agreement", "sign", after, "--key", tmp_path / "vendor.pem", "--party", VENDOR, "--yes")
    assert "policy/key-not-listed" in run(*words).stderr
    assert run(*words, "--previous", scene.write(1)).exit_code == 0


@pytest.mark.parametrize(
    ("written", "words", "code"),
    [
        ({}, ("--key", "stranger.pem", "--party", VENDOR), "policy/key-not-listed"),
        ({}, ("--key", "vendor.pem", "--party", OPERATOR), "policy/key-not-listed"),
        ({}, ("--key", "vendor.pem", "--party", "Nobody"), "policy/no-such-party"),
        ({}, ("--key", "absent.pem", "--party", VENDOR), "crypto/key-file"),
        ({"certified": False}, ("--key", "vendor.pem", "--party", VENDOR), "policy/no-certificate"),
        ({"files": {"law/law.cedar": "forbid"}}, ("--key", "vendor.pem", "--party", VENDOR), "policy/agreement-faults"),
    ],
)
def test_what_is_not_signed(scene, run, tmp_path, monkeypatch, written, words, code) -> None:
    place = scene.write(**written)
    monkeypatch.chdir(tmp_path)
    refused = run("agreement", "sign", place, "--yes", *words)
    assert refused.exit_code == 1
    assert code in refused.stderr
    assert not (place / "signatures.json").exists()


def test_a_version_that_does_not_follow(scene, run, tmp_path) -> None:
    words = ("--key", tmp_path / "vendor.pem", "--party", VENDOR, "--yes", "--previous", scene.write(1))
    assert "policy/skipped-version" in run("agreement", "sign", scene.write(3), *words).stderr


def test_signatures_over_other_files_are_dropped(scene, run, tmp_path) -> None:
    for text in ("{}", scene.signed(scene.first, scene.operator).envelope.to_bytes().decode()):
        place = scene.write()
        put(place, "signatures.json", text)
        words = ("agreement", "sign", place, "--key", tmp_path / "vendor.pem", "--party", VENDOR, "--yes")
        result = run(*words)
        assert "they are not over these files" in result.stdout
        assert len(json.loads((place / "signatures.json").read_text())["signatures"]) == 1


def test_no_directory(scene, run, tmp_path) -> None:
    words = ("--key", tmp_path / "vendor.pem", "--party", VENDOR)
    assert "cli/not-a-directory" in run("agreement", "sign", tmp_path / "absent", *words).stderr
