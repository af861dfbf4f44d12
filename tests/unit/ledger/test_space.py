"""Free space."""

from pathlib import Path

import pytest

from brightline.ledger.errors import LogFaultError
from brightline.ledger.space import SpaceGuard, SystemSpace
from tests.unit.ledger.conftest import SetSpace


def test_a_disk_that_is_gone_is_a_fault(tmp_path: Path) -> None:
    guard = SpaceGuard(SystemSpace(), (tmp_path / "gone",), 1)
    with pytest.raises(LogFaultError) as caught:
        guard.look()
    assert caught.value.code == "ledger/moved"


def test_a_read_only_disk_is_a_fault(tmp_path: Path) -> None:
    guard = SpaceGuard(SetSpace(writable=False), (tmp_path,), 1)
    with pytest.raises(LogFaultError) as caught:
        guard.look()
    assert caught.value.code == "ledger/read-only"


def test_below_the_watermark_is_low(tmp_path: Path) -> None:
    space = SetSpace(free=99)
    guard = SpaceGuard(space, (tmp_path,), 100)
    guard.look()
    assert guard.low
    space.free = 100
    guard.look()
    assert not guard.low


def test_the_machines_own_disk(tmp_path: Path) -> None:
    guard = SpaceGuard(SystemSpace(), (tmp_path,), 1)
    guard.look()
    assert guard.free_bytes > 1
