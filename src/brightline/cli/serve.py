"""`brightline serve`: run the gateway."""

from pathlib import Path

import click

from brightline.cli.house_console import open_house_console
from brightline.cli.output import data_option
from brightline.gateway.app import serve


@click.command("serve")
@data_option
@click.option("--host", default=None, help="Listen on this address instead of the settings'.")
@click.option("--port", type=click.IntRange(0, 65535), default=None, help="Listen on this port instead.")
def command(data: str, host: str | None, port: int | None) -> None:
    """Run the gateway until it is told to stop (SIGTERM or Ctrl-C: it ends the uses in flight first).

    SIGHUP re-reads the providers' keys and the certificates. With `[console]` in the settings, people sign at its
    pages meanwhile.

    \b
    Example:
      brightline serve --data gate
    """
    serve(Path(data).absolute(), host=host, port=port, open_console=open_house_console)
