"""`brightline hold show`: show one held action, and write the file that people sign."""

import click

from brightline.cli.output import data_option, json_option, report
from brightline.cli.perform import perform


@click.command("show")
@click.argument("hold", metavar="HOLD")
@data_option
@json_option
def command(hold: str, data: str, *, as_json: bool) -> None:
    """Show one held action, and write the file that people sign.

    \b
    Example:
      brightline hold show HOLD --data gate
    """
    result = perform(data, "hold.show", {"hold": hold})
    report(result, [], as_json=as_json)
