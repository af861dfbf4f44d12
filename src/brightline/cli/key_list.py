"""`brightline key list`: show every key ever made, without secrets."""

from collections.abc import Mapping

import click

from brightline.cli.key_grant import mission_words
from brightline.cli.output import data_option, json_option, report, rows_of
from brightline.cli.perform import perform


@click.command("list")
@data_option
@json_option
def command(data: str, *, as_json: bool) -> None:
    """Show every key ever made, without secrets.

    \b
    Example:
      brightline key list --data gate
    """
    result = perform(data, "key.list", {})
    keys = rows_of(result, "keys")
    report(result, [_line(key) for key in keys] or ["no keys yet: make one with `brightline key add`"], as_json=as_json)


def _line(key: Mapping[str, object]) -> str:
    state = "revoked" if key["revoked_at"] else "works, WEAK" if key["weak"] else "works"
    who = f"{key['name']} of {key['organisation']}/{key['unit']}, app {key['app']}"
    owner = f"; owner: {key['owner']}" if key.get("owner") else ""
    return f"{key['key_id']}  {state:<11}  {key['created_at']}  {who}; missions: {mission_words(key)}{owner}"
