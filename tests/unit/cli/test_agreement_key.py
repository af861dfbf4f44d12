"""Making and showing a party's key."""

import json

from brightline.crypto.party_keys import load


def test_a_key_is_made_and_shown(run, tmp_path) -> None:
    (tmp_path / "words").write_text("correct horse\n")
    words = ("--passphrase-file", tmp_path / "words")
    made = run("agreement", "key", "create", tmp_path / "k.pem", "--algorithm", "ecdsa-p256", *words, "--json")
    entry = json.loads(made.stdout)["result"]["entry"]
    assert entry["algorithm"] == "ecdsa-p256"
    assert load(tmp_path / "k.pem", "correct horse").public.entry() == entry
    shown = run("agreement", "key", "show", tmp_path / "k.pem", *words)
    assert f"key id  {entry['id']}" in shown.stdout
    assert "made" not in shown.stdout
    assert "horse" not in made.output + shown.output


def test_the_passphrase_is_asked_for_twice(run, tmp_path) -> None:
    made = run("agreement", "key", "create", tmp_path / "k.pem", input="correct horse\ncorrect horse\n")
    assert made.exit_code == 0, made.output
    assert "horse" not in made.output
    assert run("agreement", "key", "show", tmp_path / "k.pem", input="correct horse\n").exit_code == 0
    assert "crypto/passphrase" in run("agreement", "key", "show", tmp_path / "k.pem", input="wrong horse\n").stderr


def test_a_key_needs_a_passphrase(run, tmp_path, monkeypatch) -> None:
    for words in ("", "short"):
        monkeypatch.setenv("BRIGHTLINE_PASSPHRASE", words)
        refused = run("agreement", "key", "create", tmp_path / "k.pem")
        assert refused.exit_code == 1
        assert "crypto/passphrase" in refused.stderr
        assert not (tmp_path / "k.pem").exists()


def test_a_key_is_never_overwritten(run, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("BRIGHTLINE_PASSPHRASE", "correct horse")
    (tmp_path / "k.pem").write_text("mine")
    assert "crypto/key-file" in run("agreement", "key", "create", tmp_path / "k.pem").stderr
    assert run("agreement", "key", "destroy", tmp_path / "k.pem").exit_code == 2


def test_a_wrong_passphrase_that_was_given_is_not_asked_for_again(run, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("BRIGHTLINE_PASSPHRASE", "correct horse")
    run("agreement", "key", "create", tmp_path / "k.pem")
    monkeypatch.setenv("BRIGHTLINE_PASSPHRASE", "another horse")
    refused = run("agreement", "key", "show", tmp_path / "k.pem", input="correct horse\n")
    assert "crypto/passphrase" in refused.stderr
