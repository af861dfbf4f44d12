import json

from brightline.sample import agreement_files


def write(place, files) -> None:
    for name, content in files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(content)


def test_refuses_what_is_no_directory(tmp_path, run) -> None:
    assert run("agreement", "check", tmp_path / "absent").exit_code == 1


def test_an_empty_directory_is_a_fault(tmp_path, run) -> None:
    result = run("agreement", "check", tmp_path)
    assert result.exit_code == 1
    assert "fault" in result.output


def test_lists_all_faults_with_their_places(tmp_path, run) -> None:
    files = dict(agreement_files())
    files["vendor/usage.cedar"] += b"\npermit (principal\n"
    files["operator/missions.cedar"] += b"\nforbid oops;\n"
    write(tmp_path, files)
    result = run("agreement", "check", tmp_path)
    assert result.exit_code == 1
    assert "vendor/usage.cedar:" in result.stdout
    assert "operator/missions.cedar:" in result.stdout
    answer = json.loads(run("agreement", "check", tmp_path, "--json").stdout)
    assert answer["ok"] is False
    assert len(answer["result"]["faults"]) >= 2
    assert all(fault["code"] for fault in answer["result"]["faults"])


def test_a_sound_agreement(tmp_path, run) -> None:
    write(tmp_path, agreement_files())
    assert run("agreement", "check", tmp_path).stdout == "no faults\n"
    assert "UNSIGNED" in run("agreement", "check", tmp_path, "--enclave", "demo").stdout
    answer = json.loads(run("agreement", "check", tmp_path, "--enclave", "demo", "--json").stdout)
    assert answer["result"]["agreement"] == "sample"
    assert run("agreement", "check", tmp_path, "--enclave", "nowhere").exit_code == 1
