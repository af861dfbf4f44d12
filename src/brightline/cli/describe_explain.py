"""`brightline describe explain`: say what a text is described as, and by which of its words."""

import sys
from pathlib import Path

import click

from brightline.cli.bounded_file import read_bounded
from brightline.cli.errors import PlaceError
from brightline.cli.output import json_option, report
from brightline.domain.description import TextDescription, TextState
from brightline.use import describing
from brightline.use.describer import Describer

_MOST_BYTES = 1 << 22
_SHOWN_SCORES = 5


@click.command("explain")
@click.argument("file", type=click.Path(), default="-", metavar="FILE")
@click.option("--model", type=click.Path(), default=None, metavar="DIR", help="Not the describer that is shipped.")
@json_option
def command(file: str, model: str | None, *, as_json: bool) -> None:
    """Say what a text is described as, and by which of its words.

    FILE holds the text; without it, or as `-`, the text is read from standard input. A description says what a text
    seems to be for: it forbids nothing and permits nothing. The text is not kept.

    \b
    Example:
      echo "Rank these three vehicles for the strike." | brightline describe explain
    """
    text = _text(file)
    describer = Describer.read(Path(model)) if model is not None else describing()
    found = describer.describe(text)
    words = describer.words(text) if found.leaf else []
    result: dict[str, object] = {
        "state": found.state.value,
        "attention": found.attention,
        "leaf": found.leaf,
        "scores": dict(found.scores),
        "evidence": sorted(found.evidence),
        "views": found.views,
        "words": [{"word": word, "weight": weight} for word, weight in words],
        "describer": describer.digest,
    }
    report(result, [*_lines(found, words), f"describer {describer.digest}"], as_json=as_json)


def _text(file: str) -> str:
    data = sys.stdin.buffer.read(_MOST_BYTES + 1) if file == "-" else read_bounded(file, _MOST_BYTES)
    if len(data) > _MOST_BYTES:
        raise PlaceError("cli/unreadable", path="standard input", why=f"it is larger than {_MOST_BYTES} bytes")
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise PlaceError("cli/unreadable", path=file, why="it is not UTF-8") from error


def _lines(found: TextDescription, words: list[tuple[str, int]]) -> list[str]:
    lines = []
    if found.state is TextState.UNKNOWN:
        lines.append("unknown: parts of it cannot be read, so nothing is said of what it is for")
    else:
        lines.append(f"described as {found.leaf}, attention {found.attention / 1000:+.2f}")
    if found.evidence:
        lines.append(f"done to hide words: {', '.join(sorted(found.evidence))}; read in {found.views} ways")
    best = sorted(found.scores.items(), key=lambda item: -item[1])[:_SHOWN_SCORES]
    lines += [f"  {score / 1000:+7.2f}  {leaf}" for leaf, score in best]
    if words:
        lines.append("words that weigh most: " + ", ".join(f"{word} {weight / 1000:+.2f}" for word, weight in words))
    return lines
