import base64


def test_hands_in_the_file_as_it_is(run, gateway, data_dir, tmp_path) -> None:
    gateway.answer({"id": "w-1", "persons": 2, "entry": 17})
    signed = tmp_path / "w.json"
    signed.write_bytes(b"{}")
    done = run("authority", "register", str(signed), "--data", data_dir)
    assert done.stdout == '"w-1" covers 2 persons from entry 17 on\n'
    args = {"signed": base64.b64encode(b"{}").decode()}
    assert gateway.asked == [{"command": "authority.register", "args": args}]


def test_a_file_that_is_not_there(run, gateway, data_dir, tmp_path) -> None:
    assert run("authority", "register", str(tmp_path / "none"), "--data", data_dir).exit_code == 1
    assert gateway.asked == []
