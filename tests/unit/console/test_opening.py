import asyncio
import io
import json
import os
import sys
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest

from brightline.console.config import ConsoleConfig
from brightline.console.errors import ConsoleError
from brightline.console.opening import open_console
from brightline.gateway.logs import Log
from brightline.identity import UnauthenticatedLimiter
from brightline.testing.approvals import SimulatedApprovals
from brightline.testing.console import now_ms

CONFIG = ConsoleConfig(host="127.0.0.1", port=0, origin="http://localhost", rp_id="localhost")


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    made = asyncio.new_event_loop()
    thread = threading.Thread(target=made.run_forever)
    thread.start()
    yield made
    made.call_soon_threadsafe(made.stop)
    thread.join()
    made.close()


def journeys() -> SimulatedApprovals:
    return SimulatedApprovals(rp_id="localhost", origin="http://localhost", random=os.urandom, clock_ms=now_ms)


def limit() -> UnauthenticatedLimiter:
    return UnauthenticatedLimiter(clock=time.monotonic)


def test_without_the_extra_it_says_what_to_install(
    loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in [*sys.modules]:
        if name in ("brightline.console.app", "brightline.console.listener"):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    with pytest.raises(ConsoleError) as refused:
        open_console(CONFIG, journeys(), limit=limit(), loop=loop, log=Log(io.StringIO()), data_dir=tmp_path)
    assert refused.value.code == "console/not-installed"


def test_it_listens_and_logs_no_contents(loop: asyncio.AbstractEventLoop, tmp_path: Path) -> None:
    lines = io.StringIO()
    listener = open_console(CONFIG, journeys(), limit=limit(), loop=loop, log=Log(lines), data_dir=tmp_path)
    try:
        line = HTTPConnection("127.0.0.1", listener.port, timeout=5)
        line.request("GET", "/sign-in", headers={"Host": "localhost"})
        assert line.getresponse().status == 200
        line.close()
    finally:
        listener.stop()
    assert [json.loads(row)["event"] for row in lines.getvalue().splitlines()] == ["console-ready"]
