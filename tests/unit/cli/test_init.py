import json

from brightline.sample import agreement_files


def test_refuses_a_used_directory(tmp_path, run) -> None:
    (tmp_path / "x").touch()
    result = run("init", tmp_path)
    assert result.exit_code == 1
    assert "cli/not-empty" in result.stderr


def test_refuses_an_enclave_the_agreement_does_not_know(tmp_path, run) -> None:
    result = run("init", tmp_path / "gate", "--enclave", "nowhere", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["ok"] is False
    assert not (tmp_path / "gate").exists()


def test_makes_the_sample_and_says_what_is_next(tmp_path, run) -> None:
    text = run("init", tmp_path / "gate").stdout
    assert "UNSIGNED" in text
    assert "brightline model pull" in text
    assert f"brightline serve --data {tmp_path / 'gate'}" in text


def test_takes_an_agreement_of_the_operators(tmp_path, run) -> None:
    for name, content in agreement_files().items():
        place = tmp_path / "mine" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    result = run("init", tmp_path / "gate", "--agreement", tmp_path / "mine", "--json")
    assert json.loads(result.stdout)["result"]["deployments"] == ["smollm2-local"]


def test_a_signed_agreement_on_remote_models_needs_fewer_words() -> None:
    from brightline.cli import init
    from brightline.domain.agreement import AgreementRef

    lines = init._lines("gate", AgreementRef("a", 1, bytes(32), "e", signed=True), local=False)
    assert not any("UNSIGNED" in line or "model pull" in line for line in lines)
