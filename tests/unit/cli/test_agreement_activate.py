import json

import pytest

RESULT = {
    "agreement": "pilot", "version": 2, "digest": "ab" * 32, "enclave": "field", "how": "all-parties",
    "signers": ["Command 3f2a", "Labs 9c41"], "expires": "2027-01-01T00:00:00.000Z",
    "current_until": "2026-12-23T00:00:00.000Z", "entry": 41, "leaf_hash": "00" * 32,
}  # fmt: skip


def test_a_refusal_is_the_gateways_own(gateway, data_dir, run) -> None:
    gateway.refuse("policy/one-party-alone", "only `Labs` has signed", "have every party sign")
    result = run("agreement", "activate", "next", "--data", data_dir)
    assert result.exit_code == 1
    assert "policy/one-party-alone" in result.stderr


@pytest.mark.parametrize("content", [None, b"\xff", b" " * 70_000])
def test_a_statement_that_cannot_be_read_is_not_sent(gateway, data_dir, run, tmp_path, content) -> None:
    place = tmp_path / "current.json"
    if content is not None:
        place.write_bytes(content)
    result = run("agreement", "activate", "next", "--current", place, "--data", data_dir)
    assert result.exit_code == 1
    assert "cli/unreadable" in result.stderr
    assert gateway.asked == []


def test_sends_the_whole_path_and_says_who_signed(gateway, data_dir, run, tmp_path, monkeypatch) -> None:
    gateway.answer(RESULT)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "current.json").write_text("{}")
    text = run("agreement", "activate", "next", "--current", "current.json", "--data", data_dir).stdout
    assert gateway.asked[0] == {
        "command": "agreement.activate",
        "args": {"path": str(tmp_path / "next"), "statement": "{}"},
    }
    for words in ("pilot, version 2", "signed by all parties", "Labs 9c41", "entry 41", "2026-12-23"):
        assert words in text


def test_a_tightening_is_called_one(gateway, data_dir, run) -> None:
    gateway.answer({**RESULT, "how": "tightening", "signers": ["Command 3f2a"]})
    assert "a tightening by one party" in run("agreement", "activate", "next", "--data", data_dir).stdout
    assert "statement" not in gateway.asked[0]["args"]
    told = run("agreement", "activate", "next", "--data", data_dir, "--json").stdout
    assert json.loads(told)["result"]["how"] == "tightening"
