"""`brightline meter explain`: what one meter entry of the ledger adds."""

from collections.abc import Mapping

import click

from brightline.cli.moments import utc
from brightline.cli.output import data_option, json_option, report
from brightline.cli.perform import perform
from brightline.domain.sign_off.rendering import shown

_WORDS = {
    "data_subjects": "people with an identifier",
    "mentions": "people without one",
    "settled": "earlier mentions that were settled",
    "unreadable": "parts that nobody can read",
    "tokens": "tokens",
    "money": "millionths of a unit of money",
}


@click.command("explain")
@click.argument("entry", type=click.IntRange(min=0))
@data_option
@json_option
def command(entry: int, data: str, *, as_json: bool) -> None:
    """Say what the meter entry ENTRY of the ledger adds, to which meters.

    Persons are keyed hashes in it, and nobody is named.

    \b
    Example:
      brightline meter explain 4711 --data gate
    """
    result = perform(data, "meter.explain", {"index": entry})
    lines = [f"entry {entry}, {utc(int(str(result['time_ms'])))}: use {result['use']}, of entry {result['of']}"]
    lines += [f"  {name:<14}{shown(str(value))}" for name, value in _members(result, "place").items()]
    said = _members(result, "said")
    lines += [f"  {said[name]:>8} {words}" for name, words in _WORDS.items() if said.get(name)]
    if said.get("covered"):
        lines.append(f"  {said['covered']:>8} people covered by authority {shown(str(said['covered_by']))}")
    effects = said.get("effects")
    if isinstance(effects, dict):
        lines += [f"  {count:>8} acts of effect {effect}" for effect, count in effects.items()]
    lines += [f"  {name} rises by at most {most}" for name, most in _members(result, "adds").items()]
    report(result, lines, as_json=as_json)


def _members(result: Mapping[str, object], name: str) -> Mapping[str, object]:
    found = result.get(name)
    return found if isinstance(found, dict) else {}
