def test_refuses_an_unknown_key(gateway, data_dir, run) -> None:
    gateway.refuse("identity/unknown-key")
    assert run("key", "revoke", "ffffffff", "--data", data_dir).exit_code == 1


def test_revokes(gateway, data_dir, run, key) -> None:
    gateway.answer(key)
    result = run("key", "revoke", "1a2b3c4d", "--data", data_dir)
    assert result.exit_code == 0
    assert "revoked key 1a2b3c4d of ana" in result.stdout
    assert gateway.asked == [{"command": "key.revoke", "args": {"key_id": "1a2b3c4d"}}]
