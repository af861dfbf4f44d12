"""A console that really listens, on a free port of the loopback, over the approval journeys in memory."""

import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from brightline.console.app import create_app
from brightline.console.config import ConsoleConfig
from brightline.console.guard import Guard
from brightline.console.listener import start
from brightline.identity import UnauthenticatedLimiter
from brightline.testing.approvals import SimulatedApprovals

HOST = "localhost"
MARKING = "EXERCISE, NOT FOR OPERATIONS"


@dataclass(frozen=True, slots=True)
class SimulatedConsole:
    """A console, what stands behind it, and the faults that nobody expected."""

    app: Guard
    config: ConsoleConfig
    journeys: SimulatedApprovals
    faults: list[BaseException] = field(default_factory=list)

    @property
    def origin(self) -> str:
        """Where people open it."""
        return self.config.origin


def now_ms() -> int:
    """UTC milliseconds."""
    return time.time_ns() // 1_000_000


def make_console(port: int = 8443) -> SimulatedConsole:
    """A console that does not listen yet, for `http://localhost:PORT`."""
    origin = f"http://{HOST}:{port}"
    config = ConsoleConfig(host="127.0.0.1", port=port, origin=origin, rp_id=HOST, marking=MARKING)
    journeys = SimulatedApprovals(rp_id=HOST, origin=origin, random=os.urandom, clock_ms=now_ms)
    faults: list[BaseException] = []
    app = create_app(
        config,
        journeys,
        limit=UnauthenticatedLimiter(clock=time.monotonic),
        fault=faults.append,
        clock_ms=now_ms,
        random=os.urandom,
    )
    return SimulatedConsole(app, config, journeys, faults)


@contextmanager
def running_console() -> Iterator[SimulatedConsole]:
    """A console that listens until the block ends."""
    console = make_console(_free_port())
    listener = start(console.app, console.config)
    try:
        yield console
    finally:
        listener.stop()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as bound:
        return int(bound.getsockname()[1])
