import base64

import pytest

HOLD = "5f3c0d1e2a4b59687786958493a2b1c0"
TOOK = {"hold": HOLD, "state": "approved", "person": "ana", "role": "release-officer", "decision": "allow"}


def test_a_file_that_is_not_there_is_told_before_anything_is_asked(run, gateway, data_dir) -> None:
    result = run("hold", "sign", HOLD, data_dir / "none.json", "--data", data_dir)
    assert "cli/unreadable" in result.stderr
    assert gateway.asked == []


def test_a_file_that_is_too_large_is_told_before_anything_is_asked(run, gateway, data_dir) -> None:
    (data_dir / "s.json").write_bytes(b" " * (64 * 1024 + 1))
    assert "cli/unreadable" in run("hold", "sign", HOLD, data_dir / "s.json", "--data", data_dir).stderr
    assert gateway.asked == []


@pytest.mark.parametrize("command", ["sign", "revoke"])
def test_a_refusal_is_told(run, gateway, data_dir, command) -> None:
    (data_dir / "s.json").write_bytes(b"signed")
    gateway.refuse("signoff/own-approval")
    assert "signoff/own-approval" in run("hold", command, HOLD, data_dir / "s.json", "--data", data_dir).stderr


def test_hands_in_the_bytes_and_says_how_the_hold_stands(run, gateway, data_dir) -> None:
    (data_dir / "s.json").write_bytes(b"signed")
    gateway.answer(TOOK)
    result = run("hold", "sign", HOLD, data_dir / "s.json", "--data", data_dir)
    assert result.stdout == "took allow of ana, release-officer; the hold is approved now\n"
    args = {"hold": HOLD, "statement": base64.b64encode(b"signed").decode()}
    assert gateway.asked == [{"command": "hold.sign", "args": args}]
