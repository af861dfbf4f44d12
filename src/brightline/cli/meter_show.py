"""`brightline meter show`: what each meter tells, and its limits."""

from collections.abc import Mapping

import click

from brightline.cli.output import data_option, json_option, report, rows_of
from brightline.cli.perform import perform
from brightline.domain.sign_off.rendering import shown


@click.command("show")
@click.option("--organisation", default="", help="Only this organisation's.")
@click.option("--unit", default="", help="Only this unit's.")
@click.option("--mission", default="", help="Show what is kept for this mission too.")
@click.option("--app", default="", help="Show what is kept for this app too.")
@click.option("--principal", default="", help="Show what is kept for this principal too.")
@data_option
@json_option
def command(*, data: str, as_json: bool, **where: str) -> None:
    """Show what each meter tells now, and from where on a policy refuses or holds.

    A window that is kept for a mission, an app or a principal is shown for the one that is named.

    \b
    Example:
      brightline meter show --data gate --unit logistics
    """
    result = perform(data, "meter.show", where)
    lines = [_line(row) for row in rows_of(result, "meters")]
    report(result, lines or ["no window to show: name a unit, mission, app or principal"], as_json=as_json)


def _line(row: Mapping[str, object]) -> str:
    per = row["per"]
    names = [f"{name} {shown(str(value))}" for name, value in per.items()] if isinstance(per, dict) else []
    where = ", ".join(names) or "the operator"
    limits = [
        f"{'held' if limit['holds'] else 'refused'} beyond {limit['most']} ({limit['policy']})"
        for limit in rows_of(row, "limits")
    ]
    said = "; ".join(limits) or "no limit"
    return f"{row['meter']}  {row['reading']} {row['measure']} in {row['seconds']} s  for {where}: {said}"
