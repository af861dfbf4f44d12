"""`brightline clock acknowledge`: say that a jump of the clock is known and right."""

import click

from brightline.cli.output import data_option, json_option, report
from brightline.cli.perform import perform


@click.command("acknowledge")
@data_option
@click.option("--reason", required=True, metavar="TEXT", help="Why the clock jumped.")
@json_option
def command(data: str, reason: str, *, as_json: bool) -> None:
    """Say that a jump of the clock is known and right.

    After a jump of more than 60 seconds, or with a clock behind the last entry, new uses are refused until somebody
    looks. Set the clock right first: this records that you did.

    \b
    Example:
      brightline clock acknowledge --data gate --reason "time server was off"
    """
    result = perform(data, "clock.acknowledge", {"reason": reason})
    lines = [f"the clock is acknowledged at {result['time']}; recorded as entry {result['entry']} of the ledger"]
    report(result, lines, as_json=as_json)
