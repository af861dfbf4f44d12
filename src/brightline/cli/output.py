"""What commands print: words for people, or one JSON object for machines.

INVARIANT: with `--json`, standard output holds exactly one JSON object: `{"ok": …, "result": …}` or
`{"ok": false, "error": {"code", "message", "hint"}}`. Errors in words go to standard error.
"""

import json
from collections.abc import Callable, Mapping
from typing import TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., object])


def json_option(command: Command) -> Command:
    """Give a command the option `--json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON object, for machines.")(command)


def data_option(command: Command) -> Command:
    """Give a command the option `--data`, the data directory."""
    return click.option(
        "--data",
        "data",
        type=click.Path(),
        default=".",
        metavar="DIR",
        help="The data directory (default: this directory).",
    )(command)


def report(result: Mapping[str, object], lines: list[str], *, as_json: bool, ok: bool = True) -> None:
    """Print a command's result: `lines` for people, `result` for machines; `ok` tells whether all is as it should."""
    if as_json:
        click.echo(json.dumps({"ok": ok, "result": result}, sort_keys=True))
        return
    for line in lines:
        click.echo(line)


def report_failure(*, code: str, message: str, hint: str, as_json: bool) -> None:
    """Print why a command failed and the next step."""
    if as_json:
        error = {"code": code, "message": message, "hint": hint}
        click.echo(json.dumps({"ok": False, "error": error}, sort_keys=True))
    click.echo(f"error: {message} ({code})", err=True)
    click.echo(f"next: {hint}", err=True)


def rows_of(result: Mapping[str, object], name: str) -> list[Mapping[str, object]]:
    """The list of objects that a result holds under `name`."""
    rows = result.get(name)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list | tuple) else []
