import json

from brightline.cli import agreement_check
from brightline.policy.faults import fault, warning
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


def test_the_faulty_line_is_shown_with_a_mark(tmp_path, run) -> None:
    files = dict(agreement_files())
    rule = b'@id("x")\n@source("s") @clause("c")\nforbid (principal, action, resource)\n'
    files["law/more.cedar"] = rule + b'when { context.fact.mission == "reportin" };\n'
    write(tmp_path, files)
    lines = run("agreement", "check", tmp_path).stdout.splitlines()
    at = next(index for index, line in enumerate(lines) if line.startswith("law/more.cedar:4:32: "))
    assert "did you mean `reporting`" in lines[at]
    assert lines[at + 1] == '     4 | when { context.fact.mission == "reportin" };'
    assert lines[at + 2] == "       |                                ^^^^^^^^^^"
    assert lines[at + 3].startswith("    next: ")
    [row] = json.loads(run("agreement", "check", tmp_path, "--json").stdout)["result"]["faults"]
    assert row["source"] == 'when { context.fact.mission == "reportin" };'
    assert (row["line"], row["column"], row["code"]) == (4, 32, "policy/unlisted-word")


def test_warnings_are_shown_and_refuse_nothing(tmp_path, run) -> None:
    files = dict(agreement_files())
    files["vendor/more.cedar"] = b'@id("x") @source("s") @clause("c") permit (principal, action, resource);\n'
    write(tmp_path, files)
    result = run("agreement", "check", tmp_path)
    assert result.exit_code == 0
    assert "vendor/more.cedar:1:1: warning: " in result.stdout
    assert result.stdout.endswith("no faults, 1 warning\n")
    answer = json.loads(run("agreement", "check", tmp_path, "--json").stdout)
    assert answer["ok"] is True
    assert [row["code"] for row in answer["result"]["warnings"]] == ["policy/unlimited-permit"]
    assert answer["result"]["faults"] == []


def test_an_agreement_with_faults_is_loaded_for_no_enclave(tmp_path, run) -> None:
    files = dict(agreement_files())
    files["vendor/more.cedar"] = b'@id("x") permit (principal, action, resource);\n'
    write(tmp_path, files)
    result = run("agreement", "check", tmp_path, "--enclave", "demo")
    assert result.exit_code == 1
    assert result.stdout.endswith("2 faults, 1 warning\n")


def test_a_sound_agreement(tmp_path, run) -> None:
    write(tmp_path, agreement_files())
    assert run("agreement", "check", tmp_path).stdout == "no faults\n"
    words = run("agreement", "check", tmp_path, "--enclave", "demo").stdout
    assert "no faults: sample, version 1, in enclave demo" in words
    assert "agreement verify" in words
    answer = json.loads(run("agreement", "check", tmp_path, "--enclave", "demo", "--json").stdout)
    assert answer["result"]["agreement"] == "sample"
    assert run("agreement", "check", tmp_path, "--enclave", "nowhere").exit_code == 1


def test_a_solver_is_asked_for_what_is_left(tmp_path, run, monkeypatch) -> None:
    asked = []

    def found(draft, pool):
        asked.append(draft.manifest.id)
        words = {"policy": "x", "why": "no request satisfies it"}
        return (
            warning("policy/never-matters", "law/red-lines.cedar", (4, 1), **words),
            warning("policy/unlimited-permit", "vendor/more.cedar", (1, 1), policy="x"),
            *([fault("policy/never-applies", "law/red-lines.cedar", (4, 1), **words)] if len(asked) > 1 else []),
        )

    monkeypatch.setattr(agreement_check, "lint_exact", found)
    files = dict(agreement_files())
    files["vendor/more.cedar"] = b'@id("x") @source("s") @clause("c") permit (principal, action, resource);\n'
    write(tmp_path, files)
    result = run("agreement", "check", tmp_path, "--solver")
    assert result.exit_code == 0
    assert result.stdout.endswith("no faults, 2 warnings\n")
    assert run("agreement", "check", tmp_path, "--solver").exit_code == 1
    assert asked == ["sample"] * 2
    (tmp_path / "vendor/more.cedar").write_text("oops")
    assert run("agreement", "check", tmp_path, "--solver").exit_code == 1
    assert len(asked) == 2
