import json

import pytest

from brightline.crypto.keyfiles import create_key
from brightline.domain.sign_off.trust import TrustBundle
from brightline.oversight.directory import Directory, entries_of
from brightline.testing.sign_off import AGREEMENT_DIGEST, DEFINITION, DEFINITION_DIGEST, key_of, make_scene

SCENE = make_scene()
TOOLS = {
    "release_payload": {
        "definition": json.loads(DEFINITION),
        "quorum": [{"role": "release-officer", "quorum": 2}],
        "break_glass": None,
        "own_machine": True,
    }
}


@pytest.fixture
def house(data_dir, gateway):
    """A data directory with people, whose gateway runs."""
    (data_dir / "directory.json").write_bytes(Directory(keys=entries_of([key_of("directory").public])).to_bytes())
    (data_dir / "keys").mkdir()
    create_key(data_dir / "keys" / "release.key", lambda count: b"\7" * count)
    (data_dir / "tools.json").write_text(json.dumps(TOOLS))
    log = SCENE.whole_log
    gateway.answer({"origin": log.origin, "vkey": log.vkey, "agreement_digest": AGREEMENT_DIGEST})
    return data_dir


def go(run, house, *more):
    words = ("--data", house, "--audience", "uav-1.example", "--tools", house / "tools.json")
    return run("directory", "bundle", *words, "--out", house / "bundle.json", *more)


def test_without_people_there_is_no_bundle(run, house) -> None:
    (house / "directory.json").unlink()
    assert "signoff/no-directory" in go(run, house).stderr


def test_without_a_release_key_there_is_no_bundle(run, house) -> None:
    (house / "keys" / "release.key").unlink()
    assert "crypto/key-file" in go(run, house).stderr
    assert not (house / "bundle.json").exists()


def test_a_tool_without_a_quorum_is_refused(run, house) -> None:
    (house / "tools.json").write_text(json.dumps({"release_payload": {**TOOLS["release_payload"], "quorum": []}}))
    assert "signoff/bad-field" in go(run, house).stderr


def test_for_an_id_that_is_reserved_for_decoys_there_is_no_bundle(run, house, gateway) -> None:
    replies = iter(
        [gateway.reply, b'{"ok": false, "error": {"code": "gateway/null-audience", "message": "no", "hint": ""}}\n']
    )
    gateway.next_reply = lambda: next(replies)
    result = go(run, house, "--agreement", "c" * 64)
    assert result.exit_code != 0
    assert "gateway/null-audience" in result.stderr
    assert not (house / "bundle.json").exists()
    assert gateway.asked[-1] == {
        "command": "agreement.audience",
        "args": {"audience": "uav-1.example", "agreements": [AGREEMENT_DIGEST, "c" * 64]},
    }


def test_the_bundle_names_all_that_the_effector_believes(run, house) -> None:
    other = "c" * 64
    words = ("--agreement", other, "--longest-window-seconds", 900, "--clock-skew-ms", 10, "--json")
    result = go(run, house, *words)
    assert result.exit_code == 0, result.stderr
    bundle = TrustBundle.parse((house / "bundle.json").read_bytes())
    assert json.loads(result.stdout)["result"]["sha256"] == bundle.digest.hex()
    assert bundle.audience == "uav-1.example"
    assert bundle.log.keys == (SCENE.whole_log.vkey,)
    assert bundle.agreements == tuple(sorted((AGREEMENT_DIGEST, other)))
    assert [key.id for key in bundle.directory_keys] == [key_of("directory").public.id]
    assert bundle.gateway_keys[0].algorithm == "ed25519"
    assert bundle.tools["release_payload"].definition == DEFINITION_DIGEST
    assert (bundle.longest_window_ms, bundle.clock_skew_ms) == (900_000, 10)
