import json
import time
from pathlib import Path

import pytest

from brightline.cli import init
from brightline.sample import agreement_files
from brightline.testing.parties import parties_in, signed_once, write_files

SIGNED = signed_once(tuple(agreement_files().items()))


@pytest.fixture(autouse=True)
def proved(monkeypatch) -> None:
    """The sample as tests sign it carries a certificate of the right form that no solver saw."""
    files = {**agreement_files(), "certificate.json": SIGNED.files["certificate.json"]}
    monkeypatch.setattr(init, "agreement_files", lambda: files)
    monkeypatch.setattr(init, "installed_prover", lambda: None)


def trust_words(files=SIGNED) -> list[str]:
    return [
        word for party in files.trust.parties for key in party.key_ids for word in ("--trust", f"{party.name}={key}")
    ]


def test_refuses_a_used_directory(tmp_path, run) -> None:
    (tmp_path / "x").touch()
    result = run("init", tmp_path, "--sample")
    assert result.exit_code == 1
    assert "cli/not-empty" in result.stderr


def test_refuses_without_an_agreement_or_without_whom_to_trust(tmp_path, run) -> None:
    mine = write_files(tmp_path / "mine", SIGNED.files)
    for words in ([], ["--agreement", mine], trust_words()):
        result = run("init", tmp_path / "gate", *words)
        assert result.exit_code == 1
        assert "cli/no-agreement" in result.stderr
    assert not (tmp_path / "gate").exists()


def test_refuses_an_enclave_the_agreement_does_not_know(tmp_path, run) -> None:
    result = run("init", tmp_path / "gate", "--sample", "--enclave", "nowhere", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["error"]["code"] == "policy/unknown-enclave"
    assert not (tmp_path / "gate").exists()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--trust", "Nobody=" + "0" * 64], "policy/no-such-party"),
        (trust_words()[:2], "policy/genesis-differs"),
        ([*trust_words()[:3], trust_words()[3][:-1] + "x"], "policy/genesis-differs"),
    ],
)
def test_refuses_other_keys_than_were_read_out_of_band(tmp_path, run, words, code) -> None:
    mine = write_files(tmp_path / "mine", SIGNED.files)
    result = run("init", tmp_path / "gate", "--agreement", mine, *words, "--json")
    assert json.loads(result.stdout)["error"]["code"] == code
    assert not (tmp_path / "gate").exists()


def test_refuses_files_that_cannot_be_read(tmp_path, run) -> None:
    mine = write_files(tmp_path / "mine", SIGNED.files)
    for words in (["--trust-file", tmp_path / "absent"], [*trust_words(), "--current", tmp_path / "absent"]):
        result = run("init", tmp_path / "gate", "--agreement", mine, *words, "--json")
        assert json.loads(result.stdout)["error"]["code"] == "cli/unreadable"


def test_makes_the_sample_and_says_that_you_play_both(tmp_path, run) -> None:
    text = run("init", tmp_path / "gate", "--sample").stdout
    assert "you play both parties" in text
    assert "signed by Example Model Laboratory (vendor)" in text
    assert "brightline model pull" in text
    assert f"brightline serve --data {tmp_path / 'gate'}" in text
    assert {path.name for path in (tmp_path / "gate" / "parties").iterdir()} == {
        "operator.pem",
        "vendor.pem",
        "court.pem",
    }


def test_takes_an_agreement_of_the_operators(tmp_path, run) -> None:
    mine = write_files(tmp_path / "mine", SIGNED.files)
    statement = tmp_path / "current.json"
    statement.write_bytes(parties_in(SIGNED).state(SIGNED.draft, "demo"))
    words = ["--agreement", mine, *trust_words(), "--current", statement]
    result = json.loads(run("init", tmp_path / "gate", *words, "--json").stdout)["result"]
    assert result["deployments"] == ["smollm2-local"]
    assert (result["digest"], result["stated_current"]) == (SIGNED.draft.digest.hex(), True)
    assert not (tmp_path / "gate" / "parties").exists()


def test_a_trust_file_does_as_well_and_a_missing_statement_is_said(tmp_path, run) -> None:
    from brightline.policy.signing import trust_text

    mine, trust = write_files(tmp_path / "mine", SIGNED.files), tmp_path / "trust"
    trust.write_text(trust_text(SIGNED.trust))
    text = run("init", tmp_path / "gate", "--agreement", mine, "--trust-file", trust).stdout
    assert "NOTHING IS PERMITTED YET" in text
    assert "model pull" in text


def test_the_sample_has_people_to_play_whom_the_gateway_takes(tmp_path: Path, run) -> None:
    text = run("init", tmp_path / "gate", "--sample").stdout
    assert "brightline approver import" in text
    files = sorted((tmp_path / "gate" / "people").glob("*.json"))
    taken = run("approver", "import", "--data", tmp_path / "gate", *files)
    assert taken.exit_code == 0, taken.output
    assert "took rosa: release-officer" in taken.stdout


def test_the_sample_is_signed_now(tmp_path: Path, run) -> None:
    before = time.time_ns() // 1_000_000
    run("init", tmp_path / "gate", "--sample")
    assert (tmp_path / "gate" / "current.json").stat().st_mtime_ns // 1_000_000 >= before - 1000
