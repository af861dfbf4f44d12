"""`brightline agreement simulate`: decide written requests, one a line."""

from collections import Counter
from pathlib import Path

import click

from brightline.cli.agreement_drafts import draft_in
from brightline.cli.output import json_option, report
from brightline.policy.explain import Explainer
from brightline.policy.proof.sentences import decision_json, reasons_in_words
from brightline.policy.written import read_requests

# What one answer shows; the counts are of all.
MOST_SHOWN = 10_000


@click.command("simulate")
@click.argument("directory", type=click.Path(), metavar="DIR")
@click.argument("files", type=click.Path(), metavar="REQUESTS...", nargs=-1, required=True)
@json_option
def command(directory: str, files: tuple[str, ...], *, as_json: bool) -> None:
    """Decide written requests without making any of them.

    DIR is the agreement's directory; each file of REQUESTS holds requests in Cedar's JSON form, one a line (or a single
    one over several lines, in a file whose name ends in `.json`). Nothing goes to a model or into the ledger.

    \b
    Example:
      brightline agreement simulate gate/agreements/1 requests.jsonl
    """
    explainer = Explainer(draft_in(directory))
    counts: Counter[str] = Counter()
    rows: list[dict[str, object]] = []
    lines: list[str] = []
    for file in files:
        for number, asked in read_requests(Path(file)):
            decision = explainer.decide(asked)
            counts[decision.effect.value] += 1
            if len(rows) < MOST_SHOWN:
                rows.append({"file": file, "line": number, **decision_json(decision)})
                lines.append(f"{file}:{number}: {decision.effect.value} {reasons_in_words(decision)}".rstrip())
    total = counts.total()
    if total > len(rows):
        lines.append(f"the first {len(rows)} are shown")
    lines.append(f"{total} decided: {', '.join(f'{count} {effect}' for effect, count in sorted(counts.items()))}")
    report({"decided": total, "counts": dict(counts), "decisions": rows}, lines, as_json=as_json)
