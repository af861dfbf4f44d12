import json

import pytest

from brightline.sample import agreement_files

LAW = "law/red-lines.cedar"


@pytest.fixture
def write(tmp_path):
    """Writes the sample agreement, with one text replaced in one of its files."""

    def go(file="", old=b"", new=b""):
        for name, content in agreement_files().items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            changed = content.replace(old, new) if name == file else content
            assert name != file or changed != content
            path.write_bytes(changed)
        (tmp_path / "certificate.json").unlink(missing_ok=True)
        return tmp_path

    return go


def test_refuses_what_is_no_directory_and_what_has_faults(tmp_path, run) -> None:
    assert run("agreement", "prove", tmp_path / "absent").exit_code == 1
    result = run("agreement", "prove", tmp_path, "--json")
    assert json.loads(result.stdout)["error"]["code"] == "policy/agreement-faults"


def test_a_hole_is_shown_as_a_request_and_no_certificate_is_written(write, run) -> None:
    place = write(LAW, b'contains(Effect::"kinetic")', b'contains(Effect::"purchase")')
    result = run("agreement", "prove", place)
    assert result.exit_code == 1
    assert "red line `never-weapon-tools` does not hold" in result.stdout
    assert '"id": "kinetic"' in result.stdout
    assert "no certificate was written" in result.stdout
    assert not (place / "certificate.json").exists()
    answer = json.loads(run("agreement", "prove", place, "--json").stdout)
    assert answer["ok"] is False
    [first, *_] = answer["result"]["failures"]
    assert first["code"] == "policy/red-line-crossed"
    assert first["request"]["context"]["fact"]["effects"]


def test_what_fails_without_a_request_says_why(write, run) -> None:
    never = b"context.fact.stream && !context.fact.stream && context.fact.effects"
    place = write("redlines/red-lines.cedar", b"context.fact.effects", never)
    result = run("agreement", "prove", place)
    assert result.exit_code == 1
    assert "policy/vacuous-red-line" in result.stdout
    assert "3 failures" in result.stdout


def test_the_sample_is_proved(write, run) -> None:
    place = write()
    result = run("agreement", "prove", place)
    assert result.exit_code == 0, result.stdout
    assert "never-weapon-tools/never-passes/Unit generate Deployment: proved for every" in result.stdout
    assert "assumed: The proof covers the policies and not their inputs" in result.stdout
    assert result.stdout.endswith(f"proved: {place / 'certificate.json'}\n")
    answer = json.loads(run("agreement", "prove", place, "--json").stdout)
    assert answer["ok"] is True
    assert len(answer["result"]["witnesses"]) == 10
