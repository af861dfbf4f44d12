"""`brightline hold sign`: hand in what a person signed about a held action."""

import click

from brightline.cli.output import data_option, json_option, report
from brightline.cli.perform import perform


@click.command("sign")
@click.argument("hold", metavar="HOLD")
@data_option
@json_option
def command(hold: str, data: str, *, as_json: bool) -> None:
    """Hand in what a person signed about a held action.

    \b
    Example:
      brightline hold sign HOLD --data gate
    """
    result = perform(data, "hold.sign", {"hold": hold})
    report(result, [], as_json=as_json)
