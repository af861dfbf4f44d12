"""`brightline hold release`: the release of an approved action, for the machine that acts."""

from pathlib import Path

import click

from brightline.cli.output import data_option, json_option, report
from brightline.cli.perform import perform
from brightline.cli.whole_file import write_whole


@click.command("release")
@click.argument("hold", metavar="HOLD")
@click.option("--out", required=True, type=click.Path(), metavar="FILE", help="Where to write the release.")
@data_option
@json_option
def command(hold: str, out: str, data: str, *, as_json: bool) -> None:
    """Write the release of an approved action.

    The release is the action with what people signed of it, the proof that it was held, and the gateway's signature.
    The machine that acts checks all of it by itself and acts once; see docs/effectors.md.

    \b
    Example:
      brightline hold release 5f3c0d1e2a4b59687786958493a2b1c0 --out release.json --data gate
    """
    result = dict(perform(data, "hold.release", {"hold": hold}))
    write_whole(Path(out), str(result.pop("release")).encode())
    result["file"] = out
    report(result, [f"wrote {out}", f"recorded as entry {result['entry']} of the ledger"], as_json=as_json)
