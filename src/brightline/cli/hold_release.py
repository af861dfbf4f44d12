"""`brightline hold release`: write the release of an approved action."""

import click

from brightline.cli.output import data_option, json_option, report
from brightline.cli.perform import perform


@click.command("release")
@click.argument("hold", metavar="HOLD")
@data_option
@json_option
def command(hold: str, data: str, *, as_json: bool) -> None:
    """Write the release of an approved action.

    \b
    Example:
      brightline hold release HOLD --data gate
    """
    result = perform(data, "hold.release", {"hold": hold})
    report(result, [], as_json=as_json)
