import base64

HOLD = "5f3c0d1e2a4b59687786958493a2b1c0"


def test_what_is_no_revocation_is_refused_in_the_gateways_words(run, gateway, data_dir) -> None:
    (data_dir / "s.json").write_bytes(b"signed")
    gateway.refuse("hold/other-command")
    assert "hold/other-command" in run("hold", "revoke", HOLD, data_dir / "s.json", "--data", data_dir).stderr


def test_hands_in_a_revocation(run, gateway, data_dir) -> None:
    (data_dir / "s.json").write_bytes(b"signed")
    gateway.answer({"state": "revoked", "person": "ana", "role": "release-officer", "decision": "revoke"})
    result = run("hold", "revoke", HOLD, data_dir / "s.json", "--data", data_dir)
    assert result.stdout == "took revoke of ana, release-officer; the hold is revoked now\n"
    args = {"hold": HOLD, "statement": base64.b64encode(b"signed").decode()}
    assert gateway.asked == [{"command": "hold.revoke", "args": args}]
