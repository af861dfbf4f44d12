import json

ANSWER = {"index": 3, "leaf_hash": "ab" * 32, "receipt": "o 3 ab", "proof": "c2sp.org/tlog-proof@v1\nindex 3\n"}


def test_an_index_that_is_none_exits_2(data_dir, run) -> None:
    assert run("ledger", "prove", "x", "--data", data_dir).exit_code == 2
    assert run("ledger", "prove", "--data", data_dir, "--", "-1").exit_code == 2


def test_an_entry_that_is_not_there_exits_1(gateway, data_dir, run) -> None:
    gateway.refuse("gateway/no-proof")
    assert run("ledger", "prove", "99", "--data", data_dir).exit_code == 1


def test_never_overwrites(gateway, data_dir, run) -> None:
    gateway.answer(ANSWER)
    (data_dir / "out").write_text("mine")
    assert run("ledger", "prove", "3", "--data", data_dir, "--out", data_dir / "out").exit_code == 1
    assert (data_dir / "out").read_text() == "mine"


def test_prints_or_writes_the_proof(gateway, data_dir, run) -> None:
    gateway.answer(ANSWER)
    assert run("ledger", "prove", "3", "--data", data_dir).stdout == ANSWER["proof"]
    result = run("ledger", "prove", "3", "--data", data_dir, "--out", data_dir / "p", "--json")
    assert (data_dir / "p").read_text() == ANSWER["proof"]
    assert json.loads(result.stdout)["result"]["path"] == str(data_dir / "p")
