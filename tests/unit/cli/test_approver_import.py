import base64

ROW = {"act": "assert", "person": "ana", "roles": ["a", "b"], "serial": 7, "key": "k"}


def test_a_file_that_is_not_there_is_told_before_anything_is_asked(run, gateway, data_dir) -> None:
    result = run("approver", "import", data_dir / "none.json", "--data", data_dir)
    assert "cli/unreadable" in result.stderr
    assert gateway.asked == []


def test_a_refusal_is_told(run, gateway, data_dir) -> None:
    (data_dir / "a.json").write_bytes(b"{}")
    gateway.refuse("signoff/list-went-back")
    assert "signoff/list-went-back" in run("approver", "import", data_dir / "a.json", "--data", data_dir).stderr


def test_says_what_was_taken(run, gateway, data_dir) -> None:
    (data_dir / "a.json").write_bytes(b"one")
    (data_dir / "b.json").write_bytes(b"two")
    gateway.answer({"imported": [ROW, {"act": "revoke", "number": 3}], "entry": 9})
    result = run("approver", "import", data_dir / "a.json", data_dir / "b.json", "--data", data_dir)
    assert result.exit_code == 0, result.stderr
    encoded = [base64.b64encode(data).decode() for data in (b"one", b"two")]
    assert gateway.asked == [{"command": "people.import", "args": {"files": encoded}}]
    assert result.stdout.splitlines() == [
        "took ana: a, b; serial 7, key k",
        "took revocation list 3",
        "recorded as entry 9 of the ledger",
    ]
