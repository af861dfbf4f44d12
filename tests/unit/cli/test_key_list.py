import json


def test_without_keys_it_says_what_to_do(gateway, data_dir, run) -> None:
    gateway.answer({"keys": []})
    assert "brightline key add" in run("key", "list", "--data", data_dir).stdout


def test_lists(gateway, data_dir, run, key) -> None:
    rows = [key, {**key, "key_id": "00000002", "weak": True}, {**key, "key_id": "00000003", "revoked_at": "2026-11-22"}]
    gateway.answer({"keys": rows})
    lines = run("key", "list", "--data", data_dir).stdout.splitlines()
    assert [line.split("  ")[1].strip() for line in lines] == ["works", "works, WEAK", "revoked"]
    assert len(json.loads(run("key", "list", "--data", data_dir, "--json").stdout)["result"]["keys"]) == 3


def test_shows_who_answers_for_an_agent(run, gateway, data_dir, key) -> None:
    gateway.answer({"keys": [{**key, "owner": "ben"}, {**key, "owner": ""}]})
    first, second = run("key", "list", "--data", data_dir).stdout.splitlines()
    assert first.endswith("; owner: ben")
    assert "owner" not in second
