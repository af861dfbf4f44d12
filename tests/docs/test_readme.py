"""What the README and the pages tell a newcomer to type exists, and where they point to is there."""

import re
from pathlib import Path

import click
import pytest

from brightline.cli.app import root as command_line

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS_PAGE = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
FIRST = 'python3 -m venv .venv && .venv/bin/pip install ".[local]" && .venv/bin/brightline demo'
TESTS = "python3 -m venv .venv && .venv/bin/pip install nox && .venv/bin/nox"
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")
# Words after `brightline` up to the first that is no plain word; only in code.
CALL = re.compile(r"(?:^|[`/ ])brightline ((?:[a-z][a-z-]*\s?)+)", flags=re.MULTILINE)


def commands() -> dict[str, click.Command]:
    """Every command that can be typed, by its full name."""
    found: dict[str, click.Command] = {}

    def walk(name: str, command: click.Command) -> None:
        if not isinstance(command, click.Group):
            found[name] = command
            return
        context = click.Context(command)
        for child in command.list_commands(context):
            inner = command.get_command(context, child)
            assert inner is not None, child
            walk(f"{name} {child}".strip(), inner)

    walk("", command_line)
    return found


def mentioned(text: str) -> set[str]:
    """The commands that code in `text` calls, cut to what could be a command: at most two words."""
    code = re.findall(r"`([^`\n]+)`", text) + re.findall(r"```[a-z]*\n(.*?)```", text, flags=re.DOTALL)
    calls = {match.strip() for part in code for match in CALL.findall(part)}
    known = commands()
    return {call for call in calls if call and not any(call == name or call.startswith(f"{name} ") for name in known)}


def test_the_two_commands_stand_on_top() -> None:
    top = README.split("## What it is", maxsplit=1)[0]
    assert FIRST in top
    assert TESTS in top
    assert "python3-venv" in top


def test_every_command_is_documented_and_every_section_is_a_command() -> None:
    sections = set(re.findall(r"^## brightline (.+)$", COMMANDS_PAGE, flags=re.MULTILINE))
    assert sections == set(commands())


@pytest.mark.parametrize("name", sorted(commands()))
def test_a_command_helps_with_an_example(name: str) -> None:
    words = (commands()[name].help or "").lower() + (commands()[name].epilog or "").lower()
    assert f"brightline {name}" in words


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_page_calls_only_commands_there_are(page: Path) -> None:
    assert not mentioned(page.read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_page_points_to_files_there_are(page: Path) -> None:
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


@pytest.mark.parametrize("name", re.findall(r"nox -s ([a-z]+)", README + (ROOT / "CONTRIBUTING.md").read_text()))
def test_a_session_that_is_named_exists(name: str) -> None:
    assert f"\ndef {name}(session" in (ROOT / "noxfile.py").read_text(encoding="utf-8")


def test_the_requests_way_names_files_there_are_and_the_pipelines_steps() -> None:
    page = (ROOT / "docs" / "request-way.md").read_text(encoding="utf-8")
    files = set(re.findall(r"`((?:[a-z_0-9]+/)+[a-z_0-9]+\.py)`", page))
    assert files
    for name in files:
        assert (ROOT / "src" / "brightline" / name).is_file() or (ROOT / name).is_file(), name
    pipeline = (ROOT / "src" / "brightline" / "gateway" / "pipeline.py").read_text(encoding="utf-8")
    assert page.splitlines()[2] in pipeline
