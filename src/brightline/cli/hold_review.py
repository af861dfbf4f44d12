"""`brightline hold review`: judge broken glass, or list what waits for a judgement."""

from collections.abc import Mapping
from pathlib import Path

import click

from brightline.cli.key_import import read_secret
from brightline.cli.output import data_option, json_option, report, rows_of
from brightline.cli.perform import perform
from brightline.domain.sign_off.rendering import shown


@click.command("review")
@click.argument("hold", metavar="[HOLD]", required=False, default=None)
@click.option(
    "--secret-file", required=True, type=click.Path(), metavar="FILE", help="A file with your own Brightline key."
)
@click.option("--justified/--unjustified", "justified", default=None, help="Your judgement.")
@click.option("--reason", default="", help="What you found; recorded with the judgement.")
@data_option
@json_option
def command(
    hold: str | None, secret_file: str, reason: str, data: str, *, justified: bool | None, as_json: bool
) -> None:
    """Judge broken glass, or list what waits for a judgement.

    Whoever broke the glass does not review it. A review is due within 72 hours, and while one is overdue nobody breaks
    the glass again. Without HOLD, what waits is listed.

    \b
    Example:
      brightline hold review --secret-file ana.key --data gate
      brightline hold review 5f3c0d1e2a4b59687786958493a2b1c0 --secret-file ana.key --justified --reason "..."
    """
    judged = justified is not None or bool(reason)
    if (hold is None and judged) or (hold is not None and (justified is None or not reason.strip())):
        raise click.UsageError("a judgement is HOLD, `--justified` or `--unjustified`, and a `--reason`")
    secret = read_secret(Path(secret_file))
    if hold is None:
        result = perform(data, "hold.reviews", {"secret": secret})
        lines = [_line(row) for row in rows_of(result, "reviews")]
        report(result, lines or ["no review is due"], as_json=as_json)
        return
    args = {"hold": hold, "secret": secret, "justified": justified, "words": reason}
    result = perform(data, "hold.review", args)
    verdict = "justified" if justified else "not justified"
    report(result, [f"{result['person']} found the broken glass {verdict}"], as_json=as_json)


def _line(row: Mapping[str, object]) -> str:
    return f"{row['hold']}  due {row['due']}  {shown(str(row['what']))}, broken by {shown(str(row['person']))}"
