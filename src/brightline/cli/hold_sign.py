"""`brightline hold sign`: hand in what a person signed about a held action."""

import base64
from collections.abc import Mapping

import click

from brightline.cli.bounded_file import read_bounded
from brightline.cli.output import data_option, json_option, report
from brightline.cli.perform import perform
from brightline.domain.sign_off.statement import SignedStatement


@click.command("sign")
@click.argument("hold", metavar="HOLD")
@click.argument("file", type=click.Path(), metavar="FILE")
@data_option
@json_option
def command(hold: str, file: str, data: str, *, as_json: bool) -> None:
    """Hand in what a person signed about a held action.

    FILE is what `brightline sign` wrote. It counts by the signature in it and not by who hands it in; it is refused
    when its person may not sign this action, or has voted on it.

    \b
    Example:
      brightline hold sign 5f3c0d1e2a4b59687786958493a2b1c0 ana-signed.json --data gate
    """
    result = hand_in("hold.sign", hold, file, data)
    report(result, [told(result)], as_json=as_json)


def hand_in(admin_command: str, hold: str, file: str, data: str) -> Mapping[str, object]:
    """What the gateway says of the signed statement in `file`; raises `BrightlineError`."""
    encoded = base64.b64encode(read_bounded(file, SignedStatement.LIMIT)).decode("ascii")
    return perform(data, admin_command, {"hold": hold, "statement": encoded})


def told(result: Mapping[str, object]) -> str:
    """The line for people."""
    return f"took {result['decision']} of {result['person']}, {result['role']}; the hold is {result['state']} now"
