"""The commands on a directory that no gateway holds: the real store, ledger and journeys."""

import json

import pytest

from brightline.cli import offline
from brightline.domain.errors import BrightlineError


def answer(run, *words):
    result = run(*words, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)["result"]


GRANT = ["--name", "ana", "--organisation", "example-command", "--unit", "analysis", "--app", "a"]


def test_a_directory_that_is_none_says_how_to_make_one(data_dir, run) -> None:
    result = run("key", "list", "--data", data_dir)
    assert result.exit_code == 1
    assert "gateway/no-house" in result.stderr


def test_a_key_from_its_making_to_its_revocation(gate, run) -> None:
    made = answer(run, "key", "add", "--data", gate, *GRANT, "--mission", "reporting")
    assert made["missions_opened"] == ["reporting"]
    (gate.parent / "s").write_text("weak-one")
    refused = run("key", "import", "--data", gate, *GRANT, "--secret-file", gate.parent / "s")
    assert (refused.exit_code, "identity/weak-secret" in refused.stderr) == (1, True)
    weak = answer(run, "key", "import", "--data", gate, *GRANT, "--secret-file", gate.parent / "s", "--weak")
    assert weak["weak"] is True
    answer(run, "key", "revoke", made["key_id"], "--data", gate)
    assert run("key", "revoke", made["key_id"], "--data", gate).exit_code == 1
    listed = answer(run, "key", "list", "--data", gate)["keys"]
    states = {key["key_id"]: bool(key["revoked_at"]) for key in listed}
    assert states == {made["key_id"]: True, weak["key_id"]: False}
    shown = answer(run, "ledger", "show", "--data", gate)
    kinds = [entry["kind"] for entry in shown["entries"]]
    # The agreement, then the statement that it is current.
    assert kinds == ["genesis", "agreement", "agreement", "mission", "key", "key", "key"]
    assert shown["entries"][5]["flags"] == ["weak-secret"]
    everything = json.dumps([shown, listed]) + "".join(run("key", "list", "--data", gate).stdout)
    assert made["secret"] not in everything
    for file in gate.rglob("*"):
        if file.is_file():
            assert made["secret"].encode() not in file.read_bytes(), file


def test_prove_and_verify(gate, run, data_dir) -> None:
    proved = answer(run, "ledger", "prove", "0", "--data", gate, "--out", data_dir / "p")
    shown = answer(run, "ledger", "show", "--data", gate)
    vkey = ["--vkey", shown["vkey"]]
    verified = answer(run, "ledger", "verify", shown["directory"], *vkey)
    assert verified["size"] == shown["size"]
    result = run("ledger", "verify-proof", data_dir / "p", *vkey, "--receipt", proved["receipt"])
    assert result.exit_code == 0, result.output
    assert "entry 0 is in" in result.stdout
    alone = answer(run, "ledger", "verify-proof", data_dir / "p", *vkey)
    assert alone["entry"]["kind"] == "genesis"
    other = proved["receipt"].replace(" 0 ", " 1 ")
    assert "cli/other-entry" in run("ledger", "verify-proof", data_dir / "p", *vkey, "--receipt", other).stderr
    flipped = proved["receipt"][:-1] + ("0" if proved["receipt"][-1] != "0" else "1")
    assert run("ledger", "verify-proof", data_dir / "p", *vkey, "--receipt", flipped).exit_code == 1
    assert run("ledger", "verify-proof", data_dir / "p", *vkey, "--receipt", "x").exit_code == 2
    assert run("ledger", "prove", "99", "--data", gate).exit_code == 1


def test_the_log_key_changes_hands(gate, run) -> None:
    before = answer(run, "ledger", "show", "--data", gate)["vkey"]
    rotated = answer(run, "log-key", "rotate", "--data", gate)
    assert rotated["old_vkey"] == before
    after = answer(run, "ledger", "show", "--data", gate)
    assert after["vkey"] == rotated["vkey"]
    assert not (gate / "keys" / "log.seed.next").exists()


def test_a_clock_not_in_doubt_needs_no_acknowledging(gate, run) -> None:
    assert run("clock", "acknowledge", "--data", gate, "--reason", "x").exit_code == 1


def test_backup_and_restore(gate, run, data_dir) -> None:
    made = answer(run, "key", "add", "--data", gate, *GRANT, "--mission", "reporting")
    out = data_dir / "backup"
    assert answer(run, "backup", out, "--data", gate)["keys"] is True
    assert "cli/backup-exists" in run("backup", out, "--data", gate).stderr
    assert run("restore", out, "--to", gate).exit_code == 1
    answer(run, "restore", out, "--to", data_dir / "again")
    keys = answer(run, "key", "list", "--data", data_dir / "again")["keys"]
    assert [key["key_id"] for key in keys] == [made["key_id"]]


def test_a_backup_without_keys_says_what_to_do(gate, run, data_dir) -> None:
    answer(run, "key", "list", "--data", gate)
    answer(run, "backup", data_dir / "b", "--data", gate, "--without-keys")
    assert "put them into" in run("restore", data_dir / "b", "--to", data_dir / "again").stdout
    assert run("key", "list", "--data", data_dir / "again").exit_code == 1


def test_a_store_behind_its_anchor_goes_on_only_in_a_new_shard(gate, run, data_dir) -> None:
    settings = gate / "brightline.toml"
    anchor = data_dir / "anchor"
    anchor.mkdir()
    unset, chosen = '# anchor = "/mnt/other-disk/brightline"', f'anchor = "{anchor}"'
    settings.write_text(settings.read_text().replace(unset, chosen))
    answer(run, "key", "list", "--data", gate)
    answer(run, "backup", data_dir / "b", "--data", gate)
    answer(run, "key", "add", "--data", gate, *GRANT, "--mission", "reporting")
    plain = run("restore", data_dir / "b", "--to", data_dir / "behind")
    assert plain.exit_code == 0
    assert run("key", "add", "--data", data_dir / "behind", *GRANT).exit_code == 1
    forked = run("restore", data_dir / "b", "--to", data_dir / "forked", "--fork-reason", "disk lost")
    assert forked.exit_code == 0, forked.output
    answer(run, "key", "add", "--data", data_dir / "forked", *GRANT)


def test_there_is_nothing_to_fork_where_nothing_is_behind(gate) -> None:
    with pytest.raises(BrightlineError):
        offline.fork(gate, "no reason")
