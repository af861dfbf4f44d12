"""`brightline hold revoke`: hand in what a person signed to take an approval back."""

import click

from brightline.cli.output import data_option, json_option, report
from brightline.cli.perform import perform


@click.command("revoke")
@click.argument("hold", metavar="HOLD")
@data_option
@json_option
def command(hold: str, data: str, *, as_json: bool) -> None:
    """Hand in a signed revocation, before the action is begun.

    \b
    Example:
      brightline hold revoke HOLD --data gate
    """
    result = perform(data, "hold.revoke", {"hold": hold})
    report(result, [], as_json=as_json)
