"""The face of the gateway for the command line: open a house, or serve one."""

from pathlib import Path

import uvloop

from brightline.gateway.house import House, open_house
from brightline.gateway.logs import stderr_log
from brightline.gateway.serve import serve_house

__all__ = ["House", "open_house", "serve"]


def serve(data_dir: Path, *, host: str | None = None, port: int | None = None) -> None:
    """Serve the house in `data_dir` until SIGTERM or SIGINT; raises `BrightlineError` when it cannot start."""
    uvloop.run(serve_house(data_dir, host=host, port=port, log=stderr_log()))
