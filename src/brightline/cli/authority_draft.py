"""`brightline authority draft`: write an authority for its issuer to sign."""

import time
from datetime import UTC, datetime
from pathlib import Path

import click

from brightline.cli.bounded_file import read_bounded
from brightline.cli.errors import PlaceError
from brightline.cli.output import data_option, json_option, report
from brightline.cli.perform import perform
from brightline.cli.whole_file import write_whole

_MOST_BYTES = 256 * 1024
_DAY_MS = 86_400_000
_MOMENT = ("%Y-%m-%dT%H:%M:%SZ",)


@click.command("draft")
@click.option("--id", "authority", required=True, help="Its id: a case or order number.")
@click.option("--kind", required=True, help="Of the manifest's `authorities`.")
@click.option("--issuer", required=True, help="Who signs it, in words.")
@click.option("--organisation", required=True, help="Whose unit may use it.")
@click.option("--unit", required=True, help="Which unit may use it.")
@click.option("--from", "start", type=click.DateTime(_MOMENT), default=None, help="From when, UTC (default: now).")
@click.option("--days", type=click.IntRange(1, 366), required=True, help="For how many days.")
@click.option("--persons", required=True, type=click.Path(), metavar="FILE", help="Each line: KIND VALUE.")
@click.option("--out", required=True, type=click.Path(), metavar="FILE", help="Where to write the authority.")
@data_option
@json_option
def command(
    *, start: datetime | None, days: int, persons: str, out: str, data: str, as_json: bool, **names: str
) -> None:
    """Write an authority for its issuer to sign.

    The persons are a closed list: one a line, the kind of an identifier and its value. They stand in the authority as
    keyed hashes, which only this data directory can make; give its issuer the list beside it.

    \b
    Example:
      brightline authority draft --id warrant-17 --kind warrant --issuer "Example Court" --organisation police \\
        --unit narcotics --days 30 --persons people.txt --out warrant-17.json --data gate
    """
    start_ms = int(time.time() * 1000) if start is None else int(start.replace(tzinfo=UTC).timestamp()) * 1000
    listed = _persons(Path(persons), read_bounded(persons, _MOST_BYTES))
    asked = {
        "id": names["authority"],
        **{name: names[name] for name in ("kind", "issuer", "organisation", "unit")},
        "not_before_ms": start_ms,
        "expires_ms": start_ms + days * _DAY_MS,
        "persons": listed,
    }
    result = perform(data, "authority.draft", asked)
    write_whole(Path(out), str(result["authority"]).encode())
    lines = [f"{out}: {result['persons']} persons; have it signed with `brightline authority sign`"]
    report({"file": out, "persons": result["persons"]}, lines, as_json=as_json)


def _persons(path: Path, data: bytes) -> list[dict[str, str]]:
    found = []
    for number, line in enumerate(data.decode(errors="replace").splitlines(), start=1):
        kind, _, value = line.strip().partition(" ")
        if not kind or kind.startswith("#"):
            continue
        if not value.strip():
            raise PlaceError("cli/bad-person", path=str(path), line=number)
        found.append({"kind": kind, "value": value.strip()})
    return found
