"""`brightline agreement new`: write an agreement to start from."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import click

from brightline.cli.agreement_skeleton import Skeleton, skeleton_files
from brightline.cli.errors import PlaceError
from brightline.cli.output import json_option, report

_LASTS = timedelta(days=365)


@click.command("new")
@click.argument("directory", type=click.Path(), metavar="DIR")
@click.option("--id", "agreement", default="draft", metavar="ID", help="The agreement's id (default: draft).")
@click.option("--operator", default="The operator", metavar="NAME", help="The operator's name.")
@click.option("--vendor", default="The vendor", metavar="NAME", help="The vendor's name.")
@json_option
def command(directory: str, *, agreement: str, operator: str, vendor: str, as_json: bool) -> None:
    """Write an agreement to start from.

    DIR must not be there yet, or be empty. The agreement has no faults, grants little, and lists no keys: enter what
    `agreement key show` prints, then prove it, and have every party sign it.

    \b
    Example:
      brightline agreement new pact --id pact --operator "Example Command" --vendor "Example Laboratory"
    """
    place = Path(directory)
    if place.exists() and (not place.is_dir() or any(place.iterdir())):
        raise PlaceError("cli/not-empty", path=directory)
    today: date = datetime.now(UTC).date()
    wanted = Skeleton(agreement, operator, vendor, today.isoformat(), (today + _LASTS).isoformat())
    files = skeleton_files(wanted)
    for name, text in files.items():
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    lines = [
        f"written   {place}: {len(files)} files",
        "next      change what it says, and run `brightline agreement check` after each step",
        "          enter each party's keys: `brightline agreement key create`, then `key show`",
        "          then `brightline agreement prove`, and every party runs `brightline agreement sign`",
    ]
    report({"directory": directory, "files": sorted(files)}, lines, as_json=as_json)
