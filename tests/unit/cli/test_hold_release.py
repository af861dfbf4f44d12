import json

HOLD = "5f3c0d1e2a4b59687786958493a2b1c0"


def test_what_is_not_approved_writes_nothing(run, gateway, data_dir) -> None:
    gateway.refuse("hold/not-approved")
    result = run("hold", "release", HOLD, "--out", data_dir / "release.json", "--data", data_dir)
    assert result.exit_code == 1
    assert "hold/not-approved" in result.stderr
    assert not (data_dir / "release.json").exists()


def test_a_place_for_the_file_is_needed(run, gateway, data_dir) -> None:
    assert run("hold", "release", HOLD, "--data", data_dir).exit_code == 2
    assert gateway.asked == []


def test_writes_the_release_and_does_not_print_it(run, gateway, data_dir) -> None:
    gateway.answer({"hold": HOLD, "release": '{"binding":{}}', "entry": 8})
    out = data_dir / "release.json"
    result = run("hold", "release", HOLD, "--out", out, "--data", data_dir)
    assert result.stdout.splitlines() == [f"wrote {out}", "recorded as entry 8 of the ledger"]
    assert out.read_bytes() == b'{"binding":{}}'
    assert gateway.asked == [{"command": "hold.release", "args": {"hold": HOLD}}]
    told = json.loads(run("hold", "release", HOLD, "--out", out, "--json", "--data", data_dir).stdout)
    assert told["result"] == {"hold": HOLD, "entry": 8, "file": str(out)}
