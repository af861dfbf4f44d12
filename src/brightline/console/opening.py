"""Opens a console beside a gateway; the one place that needs the extra `console`, and asks for it when it is used."""

import asyncio
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

from brightline.console.config import ConsoleConfig
from brightline.console.errors import ConsoleError
from brightline.console.ports import ConsoleJourneys
from brightline.gateway.logs import Log

if TYPE_CHECKING:
    from brightline.console.desk import SignInLimit
    from brightline.console.listener import Listener


def open_console(
    config: ConsoleConfig,
    journeys: ConsoleJourneys,
    *,
    limit: "SignInLimit",
    loop: asyncio.AbstractEventLoop,
    log: Log,
    data_dir: Path,
) -> "Listener":
    """A console that listens, whose journeys run on `loop`; `limit` bounds failures to sign in.

    Raises `ConsoleError` without the extra, for a port that is taken, or a certificate that is no use.
    """
    try:
        from brightline.console.app import create_app
        from brightline.console.listener import start
    except ImportError as error:
        raise ConsoleError("console/not-installed") from error
    app = create_app(
        config,
        journeys,
        limit=limit,
        fault=lambda error: log.fault("console-fault", error),
        clock_ms=lambda: time.time_ns() // 1_000_000,
        random=os.urandom,
        loop=loop,
    )
    listener = start(app, config, data_dir=data_dir)
    log.info("console-ready", url=config.origin, port=listener.port)
    return listener
