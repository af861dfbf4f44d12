"""`brightline hold review`: judge broken glass with one's own key, or list what waits for a judgement."""

import base64
import time
from collections.abc import Mapping
from pathlib import Path

import click

from brightline.cli.bounded_file import read_bounded
from brightline.cli.output import data_option, json_option, report, rows_of
from brightline.cli.perform import perform
from brightline.cli.person_key import key_choice, open_person_key, person_key_options
from brightline.cli.whole_file import write_whole
from brightline.domain.sign_off.assertion import MAX_ASSERTION_BYTES, SignedAssertion
from brightline.domain.sign_off.rendering import shown
from brightline.domain.sign_off.review import JUSTIFIED, NOT_JUSTIFIED, SignedReview
from brightline.oversight.review_request import (
    MAX_REVIEW_REQUEST_BYTES,
    Judgement,
    ReviewRequest,
    make_review,
    sign_review,
)


@click.command("review")
@click.argument("hold", metavar="[HOLD]", required=False, default=None)
@click.option("--assertion", default=None, type=click.Path(), metavar="FILE", help="What the directory says of you.")
@click.option("--justified/--not-justified", "justified", default=None, help="Your judgement.")
@click.option("--reason", default="", help="What you found; recorded with the judgement.")
@click.option("--role", default="", help="The role to review in, where you have several.")
@click.option("--request", "request_file", default=None, type=click.Path(), metavar="FILE", help="Review this request.")
@click.option("--out", default=None, type=click.Path(), metavar="FILE", help="Where to write the signed review.")
@click.option("--signed", default=None, type=click.Path(), metavar="FILE", help="Hand in a review signed elsewhere.")
@person_key_options
@data_option
@json_option
def command(*, hold: str | None, data: str, as_json: bool, **options: object) -> int:
    """Judge broken glass with your own key, or list what waits for a judgement.

    Whoever broke the glass, or asked for the action, does not review it. A review is due within 72 hours, and while one
    is overdue nobody breaks the glass again. The action and what was said when the glass was broken are shown, and your
    key signs your judgement of it.

    Without HOLD, what waits is listed; the exit code is 1 when something of it cannot be read. With `--request`, the
    review request that the console gives out is signed here, without a data directory, into `--out`; hand that file in
    at the console or with `--signed`.

    \b
    Example:
      brightline hold review --data gate
      brightline hold review 5f3c0d1e2a4b59687786958493a2b1c0 --assertion ana.json --key ana.pem \\
        --justified --reason "the dam was failing" --data gate
    """
    signed, request_file, out = (options.pop(name) for name in ("signed", "request_file", "out"))
    wish = {name: options.pop(name) for name in ("assertion", "justified", "reason", "role")}
    if signed is not None:
        return _hand_in(read_bounded(str(signed), SignedReview.LIMIT), data, as_json=as_json)
    if request_file is None and hold is None:
        if wish["justified"] is not None or wish["reason"]:
            raise click.UsageError("a judgement is of one HOLD, or of the file of `--request`")
        return _list(data, as_json=as_json)
    if wish["assertion"] is None or wish["justified"] is None or not str(wish["reason"]).strip():
        raise click.UsageError("a judgement is `--assertion`, `--justified` or `--not-justified`, and a `--reason`")
    if (request_file is None) is not (out is None) or (request_file is not None and hold is not None):
        raise click.UsageError("give HOLD, or `--request` with `--out`")
    if request_file is None:
        asked = str(perform(data, "hold.review-request", {"hold": hold})["request"]).encode()
    else:
        asked = read_bounded(str(request_file), MAX_REVIEW_REQUEST_BYTES)
    made = _sign(ReviewRequest.parse(asked), wish, options)
    if out is None:
        return _hand_in(made.canonical, data, as_json=as_json)
    write_whole(Path(str(out)), made.canonical)
    told = _told(made)
    report({**told, "file": out}, [_line_of(told), f"wrote {out}"], as_json=as_json)
    return 0


def _sign(request: ReviewRequest, wish: Mapping[str, object], options: Mapping[str, object]) -> SignedReview:
    """The review, signed, once the person was shown what it is about."""
    assertion = SignedAssertion.parse(read_bounded(str(wish["assertion"]), MAX_ASSERTION_BYTES))
    for line in request.shown():
        click.echo(line, err=True)
    verdict = JUSTIFIED if wish["justified"] else NOT_JUSTIFIED
    judged = Judgement(verdict, str(wish["reason"]), str(wish["role"]))
    review = make_review(request, judged, assertion, now_ms=time.time_ns() // 1_000_000)
    with open_person_key(key_choice(**options)) as mine:
        return sign_review(review, assertion, mine.sign)


def _hand_in(data: bytes, place: str, *, as_json: bool) -> int:
    result = perform(place, "hold.review", {"review": base64.b64encode(data).decode("ascii")})
    report(result, [_line_of(result)], as_json=as_json)
    return 0


def _list(data: str, *, as_json: bool) -> int:
    result = perform(data, "hold.reviews", {})
    rows = rows_of(result, "reviews")
    damaged = any(row["damaged"] for row in rows)
    report(result, [_line(row) for row in rows] or ["no review is due"], as_json=as_json, ok=not damaged)
    return 1 if damaged else 0


def _told(made: SignedReview) -> Mapping[str, object]:
    said = made.review
    return {"hold": said.hold, "person": said.person, "verdict": said.verdict, "review": said.digest.hex()}


def _line_of(result: Mapping[str, object]) -> str:
    verdict = "justified" if result["verdict"] == JUSTIFIED else "not justified"
    return f"{result['person']} found the broken glass {verdict}"


def _line(row: Mapping[str, object]) -> str:
    if row["damaged"]:
        return f"{row['hold']}  due {row['due']}  CANNOT BE READ: restore the data directory from a backup"
    return f"{row['hold']}  due {row['due']}  {shown(str(row['what']))}, broken by {shown(str(row['person']))}"
