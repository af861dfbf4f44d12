"""`brightline agreement current`: take a statement that the agreement in force is still current."""

from pathlib import Path

import click

from brightline.cli.errors import PlaceError
from brightline.cli.output import data_option, json_option, report
from brightline.cli.perform import perform

# One line to the gateway holds it; a statement of eight parties with eight keys each has some 15 KB.
MOST_BYTES = 64 * 1024


@click.command("current")
@click.argument("file", type=click.Path(), metavar="FILE")
@data_option
@json_option
def command(file: str, data: str, *, as_json: bool) -> None:
    """Take a statement that the agreement in force is still current.

    FILE is what `brightline agreement state-current` made, signed by every party that the agreement names for it.
    Without a fresh one nothing is permitted. A statement older than the one held is refused. It is an entry of the
    ledger.

    \b
    Example:
      brightline agreement current current.json --data gate
    """
    result = perform(data, "agreement.current", {"statement": statement_in(file)})
    lines = [
        f"agreement {result['agreement']}, version {result['version']}: current until {result['current_until']} "
        f"in enclave {result['enclave']}; recorded as entry {result['entry']} of the ledger"
    ]
    report(result, lines, as_json=as_json)


def statement_in(file: str) -> str:
    """The statement in `file`, as text; raises `PlaceError`."""
    try:
        with Path(file).open("rb") as opened:
            data = opened.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            raise PlaceError("cli/unreadable", path=file, why=f"it is longer than {MOST_BYTES} bytes")
        return data.decode()
    except OSError as error:
        why = (error.strerror or type(error).__name__).lower()
        raise PlaceError("cli/unreadable", path=file, why=why) from error
    except UnicodeDecodeError as error:
        raise PlaceError("cli/unreadable", path=file, why="it is not text") from error
