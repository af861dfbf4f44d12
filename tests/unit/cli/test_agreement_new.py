"""A new agreement has no faults from the start."""

import json


def test_a_new_agreement_passes_check(run, tmp_path) -> None:
    words = ("--id", "pact", "--operator", "Example Command", "--vendor", "Example Laboratory")
    made = run("agreement", "new", tmp_path / "pact", *words)
    assert made.exit_code == 0, made.output
    checked = run("agreement", "check", tmp_path / "pact", "--json")
    assert json.loads(checked.stdout)["result"]["faults"] == []
    manifest = json.loads((tmp_path / "pact" / "manifest.json").read_text())
    assert (manifest["id"], manifest["operator"], manifest["vendor"]) == words[1::2]
    assert "//" in (tmp_path / "pact" / "vendor" / "vendor.cedar").read_text()


def test_nothing_is_overwritten(run, tmp_path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").write_text("x")
    (tmp_path / "file").write_text("x")
    for name in ("full", "file"):
        assert "cli/not-empty" in run("agreement", "new", tmp_path / name).stderr
    (tmp_path / "empty").mkdir()
    assert run("agreement", "new", tmp_path / "empty", "--json").exit_code == 0
