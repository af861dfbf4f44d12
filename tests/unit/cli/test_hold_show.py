import hashlib
import json
from base64 import b64encode

HOLD = "5f3c0d1e2a4b59687786958493a2b1c0"
SHOWN = {
    "hold": HOLD,
    "state": "open",
    "expires": "2026-11-23T10:00:00.000Z",
    "digest": "ab" * 32,
    "rendering": "action\n  do it\n",
    "demands": [{"path": "quorum", "role": "release-officer", "quorum": 2}],
    "entry": 12,
}


def test_a_refusal_writes_nothing(run, gateway, data_dir) -> None:
    gateway.refuse("hold/not-found")
    result = run("hold", "show", HOLD, "--out", data_dir / "hold.json", "--data", data_dir)
    assert result.exit_code == 1
    assert "hold/not-found" in result.stderr
    assert not (data_dir / "hold.json").exists()


def test_a_file_that_cannot_be_written_is_told(run, gateway, data_dir) -> None:
    gateway.answer({**SHOWN, "request": "{}"})
    result = run("hold", "show", HOLD, "--out", data_dir / "none" / "hold.json", "--data", data_dir)
    assert result.exit_code == 1
    assert "cli/system" in result.stderr


def test_shows_an_open_hold_without_its_votes(run, gateway, data_dir) -> None:
    gateway.answer(SHOWN)
    result = run("hold", "show", HOLD, "--data", data_dir)
    assert gateway.asked == [{"command": "hold.show", "args": {"hold": HOLD, "request": False}}]
    assert result.stdout.splitlines() == [
        "action",
        "  do it",
        "",
        "state      open, until 2026-11-23T10:00:00.000Z",
        "asked      2 as `release-officer`, path quorum",
        f"digest     {'ab' * 32}",
        "recorded   as entry 12 of the ledger: who opened this",
    ]


def test_shows_who_signed_once_nobody_can_any_more(run, gateway, data_dir) -> None:
    gateway.answer({**SHOWN, "state": "ended", "sign_offs": {"b": 1, "a": 2}, "break_glass": {}})
    lines = run("hold", "show", HOLD, "--data", data_dir).stdout.splitlines()
    assert "signed     2 as `a`, 1 as `b`" in lines
    assert not [line for line in lines if line.startswith("broke")]


def test_writes_the_approval_file_and_does_not_print_it(run, gateway, data_dir) -> None:
    gateway.answer({**SHOWN, "request": '{"format":"x"}'})
    out = data_dir / "hold.json"
    result = run("hold", "show", HOLD, "--out", out, "--json", "--data", data_dir)
    assert out.read_bytes() == b'{"format":"x"}'
    assert json.loads(result.stdout)["result"] == {**SHOWN, "file": str(out)}
    assert gateway.asked == [{"command": "hold.show", "args": {"hold": HOLD, "request": True}}]
    assert f"wrote      {out}" in run("hold", "show", HOLD, "--out", out, "--data", data_dir).stdout


def test_writes_each_item_of_evidence_by_what_it_is(run, gateway, data_dir) -> None:
    content, place = b"\xff\n", data_dir / "seen" / "here"
    item = {"label": "../x", "type": "text/plain", "sha256": "../../x", "content": b64encode(content).decode()}
    gateway.answer({**SHOWN, "evidence": [item]})
    result = run("hold", "show", HOLD, "--evidence", place, "--json", "--data", data_dir)
    path = place / hashlib.sha256(content).hexdigest()
    assert json.loads(result.stdout)["result"]["evidence_files"] == [str(path)]
    assert [each.read_bytes() for each in place.iterdir()] == [content]
    assert gateway.asked[1] == {"command": "hold.evidence", "args": {"hold": HOLD}}
    assert place.stat().st_mode & 0o777 == 0o700
