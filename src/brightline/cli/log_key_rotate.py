"""`brightline log-key rotate`: sign with a new log key from now on."""

import click

from brightline.cli.output import data_option, json_option, report
from brightline.cli.perform import perform


@click.command("rotate")
@data_option
@json_option
def command(data: str, *, as_json: bool) -> None:
    """Sign with a new log key from now on.

    The old key signs the entry that names the new one. Give the new verification key to everybody who checks your log.

    \b
    Example:
      brightline log-key rotate --data gate
    """
    result = perform(data, "log-key.rotate", {})
    lines = [
        f"the log is signed with a new key; recorded as entry {result['entry']} under the old one",
        f"old verification key: {result['old_vkey']}",
        f"new verification key: {result['vkey']}",
    ]
    report(result, lines, as_json=as_json)
