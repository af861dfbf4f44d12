"""`brightline meter rebuild`: count all meters again from the ledger, and compare."""

import click

from brightline.cli.output import data_option, json_option, report
from brightline.cli.perform import perform

# The gateway serves meanwhile; some ten million entries.
_SECONDS = 3_600.0


@click.command("rebuild")
@data_option
@json_option
def command(data: str, *, as_json: bool) -> int:
    """Count all meters again from the ledger, and compare every window with what is in use.

    The gateway serves meanwhile. Ends with 1 when a window told something else; it then tells what was counted.

    \b
    Example:
      brightline meter rebuild --data gate
    """
    if not as_json:
        click.echo("counting again, which may take minutes ...", err=True)
    result = perform(data, "meter.rebuild", {}, seconds=_SECONDS)
    differing = result["differing"]
    said = f"{result['entries']} entries counted over {result['windows']} windows: "
    said += f"{differing} of them told something else; what was counted is in use now" if differing else "all the same"
    report(result, [said], as_json=as_json, ok=not differing)
    return 1 if differing else 0
