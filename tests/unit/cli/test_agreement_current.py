import json

RESULT = {
    "agreement": "pilot", "version": 2, "digest": "ab" * 32, "enclave": "field", "entry": 41,
    "expires": "2027-01-01T00:00:00.000Z", "current_until": "2026-12-23T00:00:00.000Z", "leaf_hash": "00" * 32,
}  # fmt: skip


def test_an_older_statement_is_refused(gateway, data_dir, run, tmp_path) -> None:
    gateway.refuse("policy/current-goes-back")
    (tmp_path / "current.json").write_text("{}")
    result = run("agreement", "current", tmp_path / "current.json", "--data", data_dir)
    assert result.exit_code == 1
    assert "policy/current-goes-back" in result.stderr


def test_a_file_that_is_not_there_is_said(gateway, data_dir, run, tmp_path) -> None:
    result = run("agreement", "current", tmp_path / "absent", "--data", data_dir)
    assert result.exit_code == 1
    assert "cli/unreadable" in result.stderr
    assert gateway.asked == []


def test_sends_the_statement_and_says_until_when(gateway, data_dir, run, tmp_path) -> None:
    gateway.answer(RESULT)
    (tmp_path / "current.json").write_text('{"payload": ""}')
    text = run("agreement", "current", tmp_path / "current.json", "--data", data_dir).stdout
    assert gateway.asked[0]["args"] == {"statement": '{"payload": ""}'}
    assert "current until 2026-12-23" in text
    told = run("agreement", "current", tmp_path / "current.json", "--data", data_dir, "--json").stdout
    assert json.loads(told)["result"]["entry"] == 41
