"""Opens the console of a house: the settings say where, the directory of people for which passkeys."""

import asyncio
import time

from brightline.console.config import ConsoleConfig
from brightline.console.opening import open_console
from brightline.gateway.admin_people import directory_in
from brightline.gateway.house import House
from brightline.gateway.logs import Log
from brightline.gateway.serve import Console
from brightline.identity import UnauthenticatedLimiter


def open_house_console(house: House, loop: asyncio.AbstractEventLoop, log: Log) -> Console:
    """The console of `house`, whose journeys run on `loop`; raises `BrightlineError` when it cannot be opened."""
    chosen = house.settings.console
    assert chosen is not None  # the gateway asks for a console only where the settings have one
    directory = directory_in(house.data_dir)
    config = ConsoleConfig(
        host=chosen.host,
        port=chosen.port,
        origin=chosen.origin,
        rp_id=directory.webauthn.rp_id,
        marking=chosen.marking,
        certificate=chosen.tls_certificate,
        key=chosen.tls_key,
    )
    return open_console(
        config,
        house.overseen.journeys,
        limit=UnauthenticatedLimiter(clock=time.monotonic),
        loop=loop,
        log=log,
        data_dir=house.data_dir,
    )
