"""`brightline describe calibrate`: thresholds for one app's words, from ordinary texts that a person looked at."""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from brightline.cli.output import json_option, report
from brightline.use import DescriberError, describing
from brightline.use.calibration import LEAST_TEXTS, Calibrated, calibrated, covered, set_digest, to_review
from brightline.use.training_data import read_texts

_VERDICTS = ("ordinary", "drop")


@click.command("calibrate")
@click.argument("texts", type=click.Path(), metavar="TEXTS")
@click.option("--app", required=True, metavar="NAME", help="The app, as its keys name it.")
@click.option("--review", required=True, type=click.Path(), metavar="FILE", help="The texts that a person reads.")
@json_option
def command(texts: str, app: str, review: str, *, as_json: bool) -> None:
    """Find the thresholds for one app's words, from ordinary texts of its own.

    TEXTS are JSON lines with a `text` each, at least 300, no two alike. The first run writes the highest-scoring tenth
    into FILE: a person reads them and sets each `verdict` to `ordinary` or `drop`. The second run, with FILE there,
    prints what goes into the manifest under `describer.apps`, for both sides to sign.

    \b
    Example:
      brightline describe calibrate desk.jsonl --app desk --review desk.review.jsonl
    """
    given = [*read_texts(Path(texts))]
    if len(given) < LEAST_TEXTS:
        raise DescriberError("use/too-few-texts", found=len(given), least=LEAST_TEXTS)
    described = [describing().describe(text) for text in given]
    scores = [each.attention for each in described]
    asked = to_review(scores)
    if not Path(review).exists():
        rows = [{"verdict": "", "attention": scores[at], "leaf": described[at].leaf, "text": given[at]} for at in asked]
        _write(Path(review), rows)
        lines = [f"{len(asked)} of {len(given)} texts to read, in {review}", "next: set each `verdict`, run it again"]
        report({"app": app, "texts": len(given), "to_review": len(asked), "review": review}, lines, as_json=as_json)
        return
    verdicts = _verdicts(Path(review))
    dropped = _dropped([given[at] for at in asked], verdicts, review)
    if not covered(scores, len(dropped)):
        raise DescriberError("use/too-many-dropped", dropped=len(dropped), read=len(asked))
    kept = [at for at in range(len(given)) if given[at] not in dropped]
    if len(kept) < LEAST_TEXTS:
        raise DescriberError("use/too-few-texts", found=len(kept), least=LEAST_TEXTS)
    _tell(app, calibrated([scores[at] for at in kept]), [given[at] for at in kept], len(dropped), as_json=as_json)


def _tell(app: str, found: Calibrated, kept: Sequence[str], dropped: int, *, as_json: bool) -> None:
    entry = {"hold": found.bands.hold, "advise": found.bands.advise, "texts": set_digest(kept)}
    result: dict[str, object] = {
        "app": app,
        "entry": entry,
        "counted": len(kept),
        "dropped": dropped,
        "hold_confidence": round(found.hold_confidence, 3),
        "advise_confidence": round(found.advise_confidence, 3),
        "describer": describing().digest,
    }
    lines = [
        f"{len(kept)} texts count, {dropped} dropped",
        f"hold at 1 %: above {found.bands.hold}, truly at most 1 % with probability {found.hold_confidence:.2f}",
        f"advise at 5 %: above {found.bands.advise}, truly at most 5 % with probability {found.advise_confidence:.2f}",
        "into the manifest, under `describer.apps`:",
        json.dumps({app: entry}),
    ]
    report(result, lines, as_json=as_json)


def _write(path: Path, rows: Sequence[Mapping[str, object]]) -> None:
    data = "".join([json.dumps(row, ensure_ascii=False) + "\n" for row in rows]).encode()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)


def _verdicts(path: Path) -> Mapping[str, str]:
    """By text, what a person said of it."""
    return {text: str(row.get("verdict")) for text, row in read_texts(path).items()}


def _dropped(asked: Sequence[str], verdicts: Mapping[str, str], review: str) -> set[str]:
    """The texts that the person dropped; raises `DescriberError` where one was not judged."""
    for number, text in enumerate(asked, 1):
        if verdicts.get(text) not in _VERDICTS:
            raise DescriberError("use/not-reviewed", file=review, number=number)
    return {text for text in asked if verdicts[text] == "drop"}
