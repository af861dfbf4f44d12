def test_says_that_it_is_recorded(gateway, data_dir, run) -> None:
    gateway.answer({"entry": 9, "time": "2026-11-22T10:00:00.000Z"})
    result = run("clock", "acknowledge", "--data", data_dir, "--reason", "leap")
    assert result.exit_code == 0
    assert "entry 9" in result.stdout


def test_a_refusal_exits_1(gateway, data_dir, run) -> None:
    gateway.refuse("ledger/clock-behind")
    assert run("clock", "acknowledge", "--data", data_dir, "--reason", "leap").exit_code == 1
