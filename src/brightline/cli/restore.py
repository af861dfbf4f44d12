"""`brightline restore`: make a data directory from a backup."""

from importlib import import_module
from pathlib import Path

import click

from brightline.cli.output import json_option, report
from brightline.gateway.backups import read_backup, restore_files


@click.command("restore")
@click.argument("backup", type=click.Path(), metavar="BACKUP")
@click.option("--to", "to", required=True, type=click.Path(), metavar="DIR", help="The new data directory.")
@click.option("--fork-reason", default=None, metavar="TEXT", help="Start a new shard of the log, and record why.")
@json_option
def command(backup: str, to: str, fork_reason: str | None, *, as_json: bool) -> None:
    """Make a data directory from a backup.

    Every file of the backup is checked first. A backup is older than what it was made from: if entries were signed
    after it, going on would make two histories of one log. The gateway then refuses to sign until `--fork-reason`
    starts a new shard that says so.

    \b
    Example:
      brightline restore /mnt/backup/gate-2026-11-22 --to gate --fork-reason "disk lost on 22 November"
    """
    place = Path(backup)
    found = read_backup(place)
    data_dir = Path(to).absolute()
    restore_files(found, place, data_dir)
    result: dict[str, object] = {"directory": str(data_dir), "entries": found.entries, "made_at": found.made_at}
    lines = [f"restored {to} from the backup of {found.made_at}, {found.entries} entries"]
    if not found.has_keys:
        lines.append(f"the keys were not in it: put them into {to}/keys (files 0600) before you start the gateway")
    if fork_reason is not None:
        origin = import_module("brightline.cli.offline").fork(data_dir, fork_reason)
        result["origin"] = origin
        lines.append(f"started a new shard of the log: {origin}")
    report(result, lines, as_json=as_json)
