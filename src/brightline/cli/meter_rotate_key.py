"""`brightline meter rotate-key`: hide people under a new key from now on."""

import click

from brightline.cli.moments import utc
from brightline.cli.output import data_option, json_option, report
from brightline.cli.perform import perform


@click.command("rotate-key")
@data_option
@json_option
def command(data: str, *, as_json: bool) -> None:
    """Hide people under a new key from now on.

    Whoever is counted stays counted until the windows end, and whoever comes again meanwhile counts twice: a limit may
    be reached too early, and never too late. Authorities name people under the key before: have them drafted and signed
    anew.

    \b
    Example:
      brightline meter rotate-key --data gate
    """
    result = perform(data, "meter.rotate-key", {})
    until = result["twice_until_ms"]
    moment = utc(until) if isinstance(until, int) else str(until)
    lines = [f"people are hidden under a new key; whoever was counted before may count twice until {moment}"]
    if result["authorities"]:
        lines.append(f"authorities to have drafted and signed anew: {result['authorities']}")
    report(result, lines, as_json=as_json)
