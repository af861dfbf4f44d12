"""`brightline approver list`: show who may sign, in which roles, until when, and what keeps others from it."""

from collections.abc import Mapping

import click

from brightline.cli.moments import utc
from brightline.cli.output import data_option, json_option, report, rows_of
from brightline.cli.perform import perform


@click.command("list")
@data_option
@json_option
def command(data: str, *, as_json: bool) -> None:
    """Show who may sign, in which roles and until when.

    Whoever cannot sign now is shown with the code of what keeps him from it; each code has a page in the docs.

    \b
    Example:
      brightline approver list --data gate
    """
    result = perform(data, "people.list", {})
    lines = [_line(row) for row in rows_of(result, "people")]
    report(result, lines or ["nobody can sign yet: see `brightline approver import --help`"], as_json=as_json)


def _line(row: Mapping[str, object]) -> str:
    roles, until = row["roles"], row["not_after_ms"]
    assert isinstance(roles, list | tuple)
    assert isinstance(until, int)
    state = row["why"] or "signs"
    who = f"{row['person']}: {', '.join(roles)}; until {utc(until)}"
    return f"{state:<28}  {who}; serial {row['serial']}, key {row['key']}, kept by {row['assurance']}"
