"""`brightline hold list`: what is held, and how far it is."""

import click

from brightline.cli.output import data_option, json_option, report
from brightline.cli.perform import perform


@click.command("list")
@click.argument("hold", metavar="HOLD")
@data_option
@json_option
def command(hold: str, data: str, *, as_json: bool) -> None:
    """List what is held, and how far it is.

    \b
    Example:
      brightline hold list HOLD --data gate
    """
    result = perform(data, "hold.list", {"hold": hold})
    report(result, [], as_json=as_json)
