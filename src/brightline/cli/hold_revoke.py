"""`brightline hold revoke`: hand in a signed revocation."""

import click

from brightline.cli.hold_sign import hand_in, told
from brightline.cli.output import data_option, json_option, report


@click.command("revoke")
@click.argument("hold", metavar="HOLD")
@click.argument("file", type=click.Path(), metavar="FILE")
@data_option
@json_option
def command(hold: str, file: str, data: str, *, as_json: bool) -> None:
    """Hand in a signed revocation, before the action is begun.

    FILE is what `brightline sign --revoke` wrote. It takes back what was allowed, until the action is begun. What left
    as a release stands until it is used or its time is over: to stop the machine too, have the directory revoke the
    action's digest.

    \b
    Example:
      brightline hold revoke 5f3c0d1e2a4b59687786958493a2b1c0 ana-revoked.json --data gate
    """
    result = hand_in("hold.revoke", hold, file, data)
    report(result, [told(result)], as_json=as_json)
