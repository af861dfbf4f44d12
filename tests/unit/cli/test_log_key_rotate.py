def test_shows_both_keys(gateway, data_dir, run) -> None:
    gateway.answer({"entry": 9, "old_vkey": "o+1+A", "vkey": "o+2+B"})
    result = run("log-key", "rotate", "--data", data_dir)
    assert result.exit_code == 0
    assert "o+1+A" in result.stdout
    assert "o+2+B" in result.stdout


def test_a_refusal_exits_1(gateway, data_dir, run) -> None:
    gateway.refuse("ledger/unavailable")
    assert run("log-key", "rotate", "--data", data_dir).exit_code == 1
