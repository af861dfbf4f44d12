import json


def test_says_until_when_people_may_count_twice(run, gateway, data_dir) -> None:
    gateway.answer({"twice_until_ms": 1_800_000_000_000, "authorities": 2})
    done = run("meter", "rotate-key", "--data", data_dir)
    assert done.exit_code == 0
    assert "may count twice until 2027-01-15T08:00:00.000Z" in done.stdout
    assert "authorities to have drafted and signed anew: 2" in done.stdout
    assert gateway.asked == [{"command": "meter.rotate-key", "args": {}}]


def test_without_authorities_nothing_is_to_be_done(run, gateway, data_dir) -> None:
    gateway.answer({"twice_until_ms": 1, "authorities": 0})
    assert "authorities" not in run("meter", "rotate-key", "--data", data_dir).stdout
    machine = run("meter", "rotate-key", "--data", data_dir, "--json")
    assert json.loads(machine.stdout)["result"] == {"twice_until_ms": 1, "authorities": 0}
