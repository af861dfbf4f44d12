"""`brightline authority revoke`: let an authority cover nobody from now on."""

import click

from brightline.cli.output import data_option, json_option, report
from brightline.cli.perform import perform
from brightline.domain.sign_off.rendering import shown


@click.command("revoke")
@click.argument("authority")
@data_option
@json_option
def command(authority: str, data: str, *, as_json: bool) -> None:
    """Let an authority cover nobody from now on. Its id is not taken again.

    \b
    Example:
      brightline authority revoke warrant-17 --data gate
    """
    result = perform(data, "authority.revoke", {"id": authority})
    report(result, [f"{shown(authority)} covers nobody from entry {result['entry']} on"], as_json=as_json)
