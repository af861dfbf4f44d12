"""`brightline key import`: take a secret that somebody else made."""

from pathlib import Path

import click

from brightline.cli.errors import PlaceError
from brightline.cli.key_grant import grant_args, grant_options, key_lines
from brightline.cli.output import data_option, json_option, report
from brightline.cli.perform import perform

# Longer than any secret that is accepted, with room for a line end.
_MOST_BYTES = 4096


@click.command("import")
@data_option
@grant_options
@click.option("--secret-file", required=True, type=click.Path(), help="A file that holds the secret and nothing else.")
@click.option("--weak", is_flag=True, help="Take a secret that is easy to guess; the ledger records that.")
@json_option
def command(data: str, secret_file: str, *, weak: bool, as_json: bool, **grant: object) -> None:
    """Take a secret that somebody else made.

    For test suites and clients whose key cannot be changed; everywhere else let `brightline key add` make one.

    \b
    Example:
      brightline key import --data gate --secret-file key.txt --name suite --organisation agency \\
        --unit tests --app sdk --mission trials
    """
    args = {**grant_args(grant), "secret": read_secret(Path(secret_file)), "weak": weak}
    key = perform(data, "key.import", args)
    report(key, key_lines("imported", key), as_json=as_json)


def read_secret(path: Path) -> str:
    """The one line that `path` holds; raises `PlaceError`."""
    try:
        with path.open("rb") as file:
            raw = file.read(_MOST_BYTES)
        text = raw.decode()
    except OSError as error:
        why = (error.strerror or type(error).__name__).lower()
        raise PlaceError("cli/unreadable", path=str(path), why=why) from error
    except UnicodeDecodeError as error:
        raise PlaceError("cli/bad-text", path=str(path)) from error
    line = text.removesuffix("\n").removesuffix("\r")
    if not line or not line.isprintable():
        raise PlaceError("cli/bad-text", path=str(path))
    return line
