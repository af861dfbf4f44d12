"""`brightline approver import`: take what the directory signed into a data directory.

LIMIT: what a running gateway takes at once is bounded by its admin socket, 256 KiB; more goes in several runs.
"""

import base64

import click

from brightline.cli.bounded_file import read_bounded
from brightline.cli.output import data_option, json_option, report, rows_of
from brightline.cli.perform import perform
from brightline.domain.sign_off.revocation import MAX_REVOCATIONS_BYTES


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(), metavar="FILE…")
@data_option
@json_option
def command(files: tuple[str, ...], data: str, *, as_json: bool) -> None:
    """Take role assertions and revocation lists into a data directory.

    All of the files are checked first, and all or none are kept, with one entry in the ledger. A revocation list that
    is not newer than the one held is refused.

    \b
    Example:
      brightline approver import ana.json ben.json revoked-2.json --data gate
    """
    encoded = [base64.b64encode(read_bounded(file, MAX_REVOCATIONS_BYTES)).decode("ascii") for file in files]
    result = perform(data, "people.import", {"files": encoded})
    lines = [_line(row) for row in rows_of(result, "imported")]
    report(result, [*lines, f"recorded as entry {result['entry']} of the ledger"], as_json=as_json)


def _line(row: object) -> str:
    assert isinstance(row, dict)
    if row["act"] == "revoke":
        return f"took revocation list {row['number']}"
    return f"took {row['person']}: {', '.join(row['roles'])}; serial {row['serial']}, key {row['key']}"
