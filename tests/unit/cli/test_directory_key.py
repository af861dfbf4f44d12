import json

import pytest

from brightline.crypto.party_keys import load
from brightline.oversight.directory import DEFAULT_ASSURANCES, Directory


@pytest.fixture(autouse=True)
def passphrase(monkeypatch) -> None:
    monkeypatch.setenv("BRIGHTLINE_PASSPHRASE", "a passphrase")


def test_a_key_without_a_passphrase_is_not_made(run, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("BRIGHTLINE_PASSPHRASE", "")
    result = run("directory", "key", "create", tmp_path / "directory.pem")
    assert "crypto/passphrase" in result.stderr
    assert not (tmp_path / "directory.pem").exists()


@pytest.mark.parametrize("words", [("--rp-id", "x" * 201), ("--origin", "https://" + "x" * 2000)])
def test_a_directory_that_nobody_could_read_is_not_written(run, tmp_path, words) -> None:
    result = run("directory", "key", "create", tmp_path / "directory.pem", "--out", tmp_path / "directory.json", *words)
    assert "signoff/bad-field" in result.stderr
    assert not (tmp_path / "directory.json").exists()


def test_makes_and_shows_a_key_and_writes_the_directory(run, tmp_path) -> None:
    made = run("directory", "key", "create", tmp_path / "directory.pem", "--algorithm", "ecdsa-p256")
    assert made.exit_code == 0, made.stderr
    key = load(tmp_path / "directory.pem", "a passphrase").public
    assert key.id in made.stdout
    out = tmp_path / "directory.json"
    words = ("--rp-id", "console.example", "--origin", "https://console.example", "--origin", "https://b.example")
    shown = run("directory", "key", "show", tmp_path / "directory.pem", "--out", out, *words)
    assert f"wrote {out}" in shown.stdout
    directory = Directory.parse(out.read_bytes())
    assert [entry.id for entry in directory.keys] == [key.id]
    assert directory.assurances == DEFAULT_ASSURANCES
    assert directory.webauthn.rp_id == "console.example"
    assert directory.webauthn.origins == ("https://console.example", "https://b.example")


def test_a_test_house_may_take_keys_in_files(run, tmp_path) -> None:
    out = tmp_path / "directory.json"
    words = ("--assurance", "file", "--assurance", "hardware", "--json")
    result = run("directory", "key", "create", tmp_path / "directory.pem", "--out", out, *words)
    assert json.loads(result.stdout)["result"]["directory"] == str(out)
    assert Directory.parse(out.read_bytes()).assurances == ("file", "hardware")
