import json

import pytest

STANDING = {
    "origin": "o", "vkey": "o+1+A", "directory": "/gate/log", "state": "ready", "size": 2, "agreement": "sample",
    "agreement_version": 3, "enclave": "demo",
    "entries": [
        {"index": 0, "time": "t0", "kind": "genesis", "verdict": "none", "outcome": "none", "reference": None},
        {"index": 1, "time": "t1", "kind": "outcome", "verdict": "permit", "outcome": "complete", "reference": 0},
    ],
}  # fmt: skip


@pytest.mark.parametrize("last", ["-1", "1001", "x"])
def test_a_count_that_is_none_exits_2(last, data_dir, run) -> None:
    assert run("ledger", "show", "--data", data_dir, "--last", last).exit_code == 2


def test_shows_standing_and_entries(gateway, data_dir, run) -> None:
    gateway.answer(STANDING)
    text = run("ledger", "show", "--data", data_dir).stdout
    assert "genesis" in text
    assert "sample 3, enclave demo" in text
    assert "permit  complete  of entry 0" in text
    assert gateway.asked[0]["args"] == {"last": 10}
    assert json.loads(run("ledger", "show", "--data", data_dir, "--json").stdout)["result"]["size"] == 2
