"""`brightline ledger show`: the state of the ledger and its last entries."""

from collections.abc import Mapping

import click

from brightline.cli.output import data_option, json_option, report, rows_of
from brightline.cli.perform import perform


@click.command("show")
@data_option
@click.option("--last", type=click.IntRange(0, 1000), default=10, show_default=True, help="How many entries to show.")
@json_option
def command(data: str, last: int, *, as_json: bool) -> None:
    """Show the state of the ledger and its last entries, without contents.

    \b
    Example:
      brightline ledger show --data gate --last 20
    """
    result = perform(data, "ledger.show", {"last": last})
    lines = [
        f"origin            {result['origin']}",
        f"verification key  {result['vkey']}",
        f"directory         {result['directory']}",
        f"state             {result['state']}",
        f"size              {result['size']}",
        f"agreement         {result['agreement']} {result['agreement_version']}, enclave {result['enclave']}",
    ]
    report(result, lines + [_line(entry) for entry in rows_of(result, "entries")], as_json=as_json)


def _line(entry: Mapping[str, object]) -> str:
    words = [f"{entry['index']:>8}", f"{entry['time']}", f"{entry['kind']:<10}"]
    words += [str(entry[name]) for name in ("verdict", "outcome") if entry[name] != "none"]
    if entry["reference"] is not None:
        words.append(f"of entry {entry['reference']}")
    return "  ".join(words)
