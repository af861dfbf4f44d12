import subprocess
import sys

import pytest

import brightline.cli


def test_a_foreign_platform_gets_words(monkeypatch, capsys) -> None:
    monkeypatch.setattr(brightline.cli.sys, "platform", "win32")
    with pytest.raises(SystemExit) as caught:
        brightline.cli.main()
    assert caught.value.code == 1
    assert "cli/platform" in capsys.readouterr().err


def test_runs_the_command_line(monkeypatch, capsys) -> None:
    monkeypatch.setattr(sys, "argv", ["brightline", "version"])
    with pytest.raises(SystemExit) as caught:
        brightline.cli.main()
    assert caught.value.code == 0
    assert capsys.readouterr().out.startswith("brightline ")


def test_as_a_module() -> None:
    assert subprocess.run([sys.executable, "-m", "brightline.cli", "version"], capture_output=True).returncode == 0
