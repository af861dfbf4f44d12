"""What the command adds to the verifier: reading, looking again, words (the verifier has its own tests)."""

import json
from pathlib import Path

import pytest

from brightline.cli import ledger_verify


@pytest.fixture
def log(gate, run):
    shown = json.loads(run("ledger", "show", "--data", gate, "--json").stdout)["result"]
    return shown["directory"], shown["vkey"]


def test_a_key_is_needed_and_a_directory(log, run, tmp_path) -> None:
    assert run("ledger", "verify", log[0]).exit_code == 2
    assert run("ledger", "verify", tmp_path / "absent", "--vkey", log[1]).exit_code == 1
    result = run("ledger", "verify", log[0], "--vkey", "nonsense", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["ok"] is False


def test_a_directory_that_does_not_settle_is_a_fault(log, run, tmp_path, monkeypatch) -> None:
    naps = []
    monkeypatch.setattr(ledger_verify.time, "sleep", naps.append)
    result = run("ledger", "verify", tmp_path, "--vkey", log[1])
    assert result.exit_code == 1
    assert "ledger/" in result.stderr
    assert ledger_verify._look_again(ledger_verify._LOOKS) is False
    assert ledger_verify._look_again(0) is True
    assert naps


def test_verifies_and_goes_on_from_a_kept_checkpoint(log, run, tmp_path) -> None:
    kept = tmp_path / "kept"
    kept.write_bytes((Path(log[0]) / "checkpoint").read_bytes())
    result = run("ledger", "verify", log[0], "--vkey", log[1], "--old-checkpoint", kept)
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("verified: 3 entries of ")
    kept.write_bytes(b"no checkpoint")
    assert run("ledger", "verify", log[0], "--vkey", log[1], "--old-checkpoint", kept).exit_code == 1
