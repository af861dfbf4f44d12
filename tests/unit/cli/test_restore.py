def test_what_is_no_backup_restores_nothing(tmp_path, run) -> None:
    result = run("restore", tmp_path, "--to", tmp_path / "gate")
    assert result.exit_code == 1
    assert "cli/backup-broken" in result.stderr
    assert not (tmp_path / "gate").exists()


def test_a_place_is_needed(tmp_path, run) -> None:
    assert run("restore", tmp_path).exit_code == 2
