"""`brightline backup`: copy the data directory, whole and checked."""

from pathlib import Path

import click

from brightline.cli.output import data_option, json_option, report
from brightline.cli.perform import perform


@click.command("backup")
@click.argument("out", type=click.Path())
@data_option
@click.option("--without-keys", is_flag=True, help="Leave the keys out; keep them elsewhere.")
@json_option
def command(out: str, data: str, *, without_keys: bool, as_json: bool) -> None:
    """Copy the data directory, whole and checked.

    OUT is a new directory; a gateway that runs goes on meanwhile. The copy holds the keys unless told otherwise, so
    keep it as safe as the original.

    \b
    Example:
      brightline backup /mnt/backup/gate-2026-11-22 --data gate
    """
    result = perform(data, "backup", {"path": str(Path(out).absolute()), "keys": not without_keys})
    lines = [f"wrote {result['path']}: {result['entries']} entries, {result['files']} files, {result['bytes']} bytes"]
    lines.append("the keys are NOT in it" if without_keys else "it holds the keys: keep it as safe as the original")
    report(result, lines, as_json=as_json)
