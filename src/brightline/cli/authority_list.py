"""`brightline authority list`: every authority that was registered and not revoked."""

from collections.abc import Mapping

import click

from brightline.cli.moments import utc
from brightline.cli.output import data_option, json_option, report, rows_of
from brightline.cli.perform import perform
from brightline.domain.sign_off.rendering import shown


@click.command("list")
@data_option
@json_option
def command(data: str, *, as_json: bool) -> None:
    """Show every authority that was registered and not revoked, and whether it covers anybody now.

    \b
    Example:
      brightline authority list --data gate
    """
    result = perform(data, "authority.list", {})
    report(result, [_line(row) for row in rows_of(result, "authorities")] or ["none is registered"], as_json=as_json)


def _line(row: Mapping[str, object]) -> str:
    unit = f"{row['organisation']}/{row['unit']}"
    when = f"{utc(int(str(row['from_ms'])))} until {utc(int(str(row['until_ms'])))}"
    who = f"{shown(str(row['kind']))} by {shown(str(row['issuer']))} for {shown(unit)}"
    return f"{shown(str(row['id']))}  {row['state']}  {row['persons']} persons  {who}, {when}"
