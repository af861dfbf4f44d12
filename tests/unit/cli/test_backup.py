ANSWER = {"path": "/b", "entries": 5, "files": 9, "bytes": 1000, "keys": True}


def test_a_refusal_exits_1(gateway, data_dir, run) -> None:
    gateway.refuse("cli/backup-exists")
    assert run("backup", data_dir / "b", "--data", data_dir).exit_code == 1


def test_asks_with_an_absolute_path_and_says_where_the_keys_are(gateway, data_dir, run) -> None:
    gateway.answer(ANSWER)
    assert "it holds the keys" in run("backup", "b", "--data", data_dir).stdout
    assert gateway.asked[0]["args"]["path"].endswith("/b")
    assert gateway.asked[0]["args"]["path"].startswith("/")
    assert "NOT in it" in run("backup", "b", "--data", data_dir, "--without-keys").stdout
    assert gateway.asked[1]["args"]["keys"] is False
