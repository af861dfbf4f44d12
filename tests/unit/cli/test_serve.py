from brightline.cli import serve


def test_a_directory_that_is_none_exits_1(tmp_path, run) -> None:
    result = run("serve", "--data", tmp_path)
    assert result.exit_code == 1
    assert "gateway/no-house" in result.stderr


def test_hands_its_options_on(tmp_path, run, monkeypatch) -> None:
    calls = []
    monkeypatch.setattr(serve, "serve", lambda data_dir, **options: calls.append((data_dir, options)))
    assert run("serve", "--data", tmp_path, "--port", "0").exit_code == 0
    assert calls == [(tmp_path, {"host": None, "port": 0, "open_console": serve.open_house_console})]
    assert run("serve", "--port", "65536").exit_code == 2
