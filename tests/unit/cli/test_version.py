import json

from brightline import __version__
from brightline.cli import version


def test_prints_versions(run) -> None:
    assert run("version").stdout.startswith(f"brightline {__version__}\n")
    assert json.loads(run("version", "--json").stdout)["result"]["brightline"] == __version__


def test_what_is_not_installed_is_told(run, monkeypatch) -> None:
    monkeypatch.setattr(version, "RESTS_ON", ("no-such-package-here",))
    assert "no-such-package-here not installed" in run("version").stdout
    assert json.loads(run("version", "--json").stdout)["result"]["packages"] == {"no-such-package-here": None}
