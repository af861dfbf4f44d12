"""`brightline hold list`: what is held, and how far it is."""

from collections.abc import Mapping

import click

from brightline.cli.output import data_option, json_option, report, rows_of
from brightline.cli.perform import perform
from brightline.domain.sign_off.rendering import shown

_MOST = 200


@click.command("list")
@click.option("--last", type=click.IntRange(1, _MOST), default=50, show_default=True, help="How many, newest first.")
@click.option("--all", "every", is_flag=True, help="Those too that wait for nobody any more.")
@data_option
@json_option
def command(last: int, data: str, *, every: bool, as_json: bool) -> None:
    """List what is held, and how far it is.

    How many have signed is not told of an open hold: the second person is to look as if there were no first.

    \b
    Example:
      brightline hold list --data gate
    """
    result = perform(data, "hold.list", {"last": last, "all": every})
    lines = [_line(row) for row in rows_of(result, "holds")]
    report(result, lines or ["nothing is held"], as_json=as_json)


def _line(row: Mapping[str, object]) -> str:
    what, who = shown(str(row["what"])), shown(str(row["requester"]))
    return f"{row['hold']}  {row['state']:<8}  {row['risk']:<4}  until {row['expires']}  {what} for {who}"
