import subprocess
import sys

import pytest

from brightline.cli import app, edge
from brightline.cli.app import GROUPS, ROOT, build

ALL = [
    *ROOT.items(),
    *[(f"{group} {name}", place) for group, (places, _) in GROUPS.items() for name, place in places.items()],
]


@pytest.mark.parametrize(("path", "place"), ALL)
def test_each_command_is_there_with_its_short_help_and_an_example(path, place, run) -> None:
    result = run(*path.split(), "--help")
    assert result.exit_code == 0, result.output
    assert "Example:" in result.output
    assert f"brightline {path}" in result.output
    words = " ".join(result.output.split())
    assert place[1].rstrip(".") in words


@pytest.mark.parametrize("path", [path for path, _ in ALL if path not in ("demo", "serve")])
def test_each_command_has_json(path, run) -> None:
    assert "--json" in run(*path.split(), "--help").output


def test_the_help_lists_every_command_without_importing_any(run) -> None:
    text = run("--help").output
    for name in (*ROOT, *GROUPS):
        assert f"\n  {name} " in text


@pytest.mark.parametrize("words", [("nope",), ("key", "nope"), ("key", "add"), ("version", "--nope"), ("version", "x")])
def test_a_command_that_is_not_understood_exits_2(words, run) -> None:
    result = run(*words)
    assert result.exit_code == 2
    assert result.stderr.startswith("error: ")
    assert "(cli/usage)\nnext: see `brightline" in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize("words", [(), ("key",)])
def test_a_group_alone_shows_its_help_and_exits_2(words, run) -> None:
    result = run(*words)
    assert result.exit_code == 2
    assert "Commands:" in result.stderr


def test_the_process_exits_with_the_codes_it_says() -> None:
    done = subprocess.run([sys.executable, "-m", "brightline.cli", "nope"], capture_output=True, text=True)
    assert done.returncode == 2
    assert "cli/usage" in done.stderr
    assert subprocess.run([sys.executable, "-m", "brightline.cli", "version"], capture_output=True).returncode == 0


@pytest.mark.parametrize(
    ("words", "absent"),
    [
        (["version"], ["cedarpy", "apsw", "uvloop", "cryptography", "xllamacpp", "brightline.gateway"]),
        (
            ["ledger", "verify", "/nowhere", "--vkey", "k"],
            ["cedarpy", "apsw", "uvloop", "brightline.gateway", "brightline.storage"],
        ),
        (["ledger", "verify-proof", "/nowhere", "--vkey", "k"], ["cedarpy", "apsw", "uvloop", "brightline.gateway"]),
    ],
)
def test_loads_only_what_the_command_needs(words: list[str], absent: list[str]) -> None:
    code = (
        "import sys\nfrom brightline.cli.app import build\n"
        f"try:\n    build().main({words!r})\nexcept SystemExit:\n    print('ended')\n"
        f"print([name for name in {absent!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "[]", done.stdout + done.stderr


def test_without_arguments_given_those_of_the_process_count(monkeypatch, capsys) -> None:
    monkeypatch.setattr(app.sys, "argv", ["brightline", "nope"])
    with pytest.raises(SystemExit) as caught:
        build().main()
    assert caught.value.code == edge.NOT_UNDERSTOOD
    assert "nope" in capsys.readouterr().err
