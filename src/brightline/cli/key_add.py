"""`brightline key add`: make a key and show its secret once."""

import click

from brightline.cli.key_grant import grant_args, grant_options, key_lines
from brightline.cli.output import data_option, json_option, report
from brightline.cli.perform import perform


@click.command("add")
@data_option
@grant_options
@json_option
def command(data: str, *, as_json: bool, **grant: object) -> None:
    """Make a key and show its secret once.

    \b
    Example:
      brightline key add --data gate --name ana --organisation agency --unit desk-3 \\
        --app notebook --role analyst --mission flood-relief
    """
    key = perform(data, "key.add", grant_args(grant))
    report(key, [*key_lines("made", key), "", f"secret, shown once: {key['secret']}"], as_json=as_json)
