"""`brightline hold review`: judge a broken glass, or list those that wait for it."""

import click

from brightline.cli.output import data_option, json_option, report
from brightline.cli.perform import perform


@click.command("review")
@click.argument("hold", metavar="HOLD")
@data_option
@json_option
def command(hold: str, data: str, *, as_json: bool) -> None:
    """Judge a broken glass, or list those that wait for a judgement.

    \b
    Example:
      brightline hold review HOLD --data gate
    """
    result = perform(data, "hold.review", {"hold": hold})
    report(result, [], as_json=as_json)
