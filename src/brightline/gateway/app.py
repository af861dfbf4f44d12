"""The face of the gateway for the command line: open a house, or serve one."""

from pathlib import Path

import uvloop

from brightline.gateway.house import House, open_house
from brightline.gateway.logs import stderr_log
from brightline.gateway.serve import OpenConsole, serve_house

__all__ = ["House", "OpenConsole", "open_house", "serve"]


def serve(
    data_dir: Path, *, host: str | None = None, port: int | None = None, open_console: OpenConsole | None = None
) -> None:
    """Serve the house in `data_dir` until SIGTERM or SIGINT; raises `BrightlineError` when it cannot start.

    `open_console` opens the console, where the settings have one.
    """
    uvloop.run(serve_house(data_dir, host=host, port=port, log=stderr_log(), open_console=open_console))
