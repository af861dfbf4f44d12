"""`brightline effector check`: what a machine would say, offline, and nothing consumed."""

import json

import pytest

from brightline.domain.sign_off.canonical import canonical
from brightline.testing.sign_off import NOW_MS, TOOL, make_scene

SCENE = make_scene()


@pytest.fixture
def files(tmp_path):
    """All that a machine is brought, in files."""
    (tmp_path / "bundle.json").write_bytes(SCENE.bundle.canonical)
    (tmp_path / "revocations.json").write_bytes(SCENE.revocations.canonical)
    (tmp_path / "release.json").write_bytes(SCENE.release.canonical)
    write_action(tmp_path, SCENE.binding.arguments)
    return tmp_path


def write_action(files, arguments, **more) -> None:
    action = {"tool": TOOL, "arguments": arguments, "preconditions": dict(SCENE.binding.preconditions), **more}
    (files / "action.json").write_bytes(canonical(action))


def go(run, files, *more):
    words = [
        word
        for name in ("bundle", "revocations", "release", "action")
        for word in (f"--{name}", files / f"{name}.json")
    ]
    return run("effector", "check", *words, *more)


def test_what_was_not_signed_is_refused_with_its_code(run, files) -> None:
    write_action(files, {**SCENE.binding.arguments, "latitude": 52.1})
    done = go(run, files, "--at", NOW_MS, "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["error"]["code"] == "effector/other-action"


def test_now_is_now(run, files) -> None:
    assert "effector/expired" in go(run, files, "--at", SCENE.binding.not_after_ms).stderr
    assert any(code in go(run, files).stderr for code in ("effector/expired", "effector/not-yet"))


@pytest.mark.parametrize("name", ["bundle", "action"])
def test_a_file_of_another_form_is_told(run, files, name: str) -> None:
    (files / f"{name}.json").write_bytes(b"{}")
    done = go(run, files)
    assert done.exit_code == 1
    assert "signoff/bad-field" in done.stderr


def test_an_action_says_no_more_than_it_may(run, files) -> None:
    write_action(files, {}, more=1)
    assert "signoff/bad-field" in go(run, files).stderr


def test_a_file_that_is_not_there_is_told(run, files) -> None:
    (files / "release.json").unlink()
    assert "cli/unreadable" in go(run, files).stderr


def test_what_would_run_is_said_in_words_and_as_json(run, files) -> None:
    done = go(run, files, "--at", NOW_MS)
    assert done.exit_code == 0
    assert f"would act: {TOOL} on uav-1.example" in done.stdout
    assert "anna, bert" in done.stdout
    result = json.loads(go(run, files, "--at", NOW_MS, "--json").stdout)["result"]
    assert result["binding"] == SCENE.binding.digest.hex()
    assert result["approvers"] == ["anna", "bert"]
