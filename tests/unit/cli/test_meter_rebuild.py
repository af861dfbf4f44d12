import json


def test_says_that_all_is_the_same(run, gateway, data_dir) -> None:
    gateway.answer({"entries": 7, "windows": 3, "differing": 0})
    done = run("meter", "rebuild", "--data", data_dir)
    assert (done.exit_code, done.stdout) == (0, "7 entries counted over 3 windows: all the same\n")
    assert "may take minutes" in done.stderr
    assert gateway.asked == [{"command": "meter.rebuild", "args": {}}]


def test_a_difference_ends_with_one(run, gateway, data_dir) -> None:
    gateway.answer({"entries": 7, "windows": 3, "differing": 2})
    done = run("meter", "rebuild", "--data", data_dir)
    assert done.exit_code == 1
    assert "2 of them told something else; what was counted is in use now" in done.stdout
    machine = run("meter", "rebuild", "--data", data_dir, "--json")
    assert (machine.exit_code, machine.stderr, json.loads(machine.stdout)["ok"]) == (1, "", False)
