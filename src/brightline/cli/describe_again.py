"""`brightline describe again`: describe the words of a recorded use again, and compare."""

from collections.abc import Mapping

import click

from brightline.cli.output import data_option, json_option, report, rows_of
from brightline.cli.perform import perform
from brightline.domain.sign_off.rendering import shown

_SHOWN_SCORES = 5


@click.command("again")
@click.argument("entry", type=click.IntRange(min=0))
@data_option
@json_option
def command(entry: int, data: str, *, as_json: bool) -> int:
    """Describe the words of a recorded use again, and compare with its record.

    ENTRY is the index of the call (an intent or a refusal) or of its answer (an outcome). The same describer finds the
    same numbers on every machine: a difference ends with 1, and is a finding. That the record was opened, and by whom,
    is an entry of the ledger.

    \b
    Example:
      brightline describe again 4711 --data gate
    """
    result = perform(data, "uses.describe", {"index": entry})
    again, differing = _members(result, "again"), result["differing"]
    same = not isinstance(differing, list) or not differing
    report(result, _lines(result, again, differing if isinstance(differing, list) else []), as_json=as_json, ok=same)
    return 0 if same else 1


def _lines(result: Mapping[str, object], again: Mapping[str, object], differing: list[object]) -> list[str]:
    recorded = _members(result, "recorded")
    leaf = again.get("leaf") or "unknown, as parts of it cannot be read"
    lines = [f"entry {result['entry']}, {result['kind']}: described as {leaf}, attention {_signed(again['attention'])}"]
    evidence = again.get("evidence")
    if isinstance(evidence, list) and evidence:
        lines.append(f"done to hide words: {', '.join([str(each) for each in evidence])}")
    best = sorted(_members(again, "scores").items(), key=lambda item: -_number(item[1]))[:_SHOWN_SCORES]
    lines += [f"  {_signed(score)}  {name}" for name, score in best]
    words = [f"{shown(str(row['word']))} {_signed(row['weight'])}" for row in rows_of(result, "words")]
    if words:
        lines.append(f"words that weigh most: {', '.join(words)}")
    lines.append(f"describer {again['describer']}")
    lines.append(f"opened by entry {result['opening']} of the ledger")
    if not differing:
        return [*lines, "the record says the same"]
    lines.append(f"THE RECORD SAYS SOMETHING ELSE: {', '.join([str(each) for each in differing])}")
    return [*lines, f"  it says {recorded.get('leaf') or 'unknown'}, attention {_signed(recorded.get('attention'))}"]


def _members(result: Mapping[str, object], name: str) -> Mapping[str, object]:
    found = result.get(name)
    return found if isinstance(found, dict) else {}


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _signed(value: object) -> str:
    return f"{_number(value) / 1000:+.2f}"
