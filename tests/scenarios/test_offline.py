"""With the network cut: install from the wheelhouse, tell the demo, verify the log; nothing tries to leave."""

from pathlib import Path

import pytest

from tests.benchmarks import offline
from tests.benchmarks.socket_watch import unable

pytestmark = pytest.mark.offline


@pytest.fixture(autouse=True)
def _can_watch() -> None:
    reason = unable()
    if reason:
        pytest.skip(reason)


def test_the_watch_sees_a_deliberate_attempt(tmp_path: Path) -> None:
    assert len(offline.control(tmp_path).outside) == 2


def test_install_demo_and_verify_stay_on_this_machine(tmp_path: Path) -> None:
    offline.make_wheelhouse()
    told = offline.told_offline(tmp_path, model=True)
    assert told.exit_code == 0, told.output[-4000:]
    assert told.calls > 0
    assert told.outside == ()
