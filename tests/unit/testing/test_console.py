"""The console of the tests listens where it says."""

import socket

from brightline.testing.console import MARKING, make_console, now_ms, running_console


def test_it_listens_while_the_block_lasts() -> None:
    with running_console() as console:
        socket.create_connection(("127.0.0.1", console.config.port), timeout=5).close()
        assert console.origin == f"http://localhost:{console.config.port}"
    assert console.faults == []


def test_it_carries_a_marking() -> None:
    assert make_console().config.marking == MARKING
    assert now_ms() > 1_700_000_000_000
