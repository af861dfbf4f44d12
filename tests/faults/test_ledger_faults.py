"""A real ledger over disks that fail: nothing gets through, nothing is lost, nothing is invented."""

import pytest

from tests.benchmarks.fault_stories import stories
from tests.benchmarks.faults import tell_once


@pytest.mark.parametrize("name", sorted(stories()))
def test_a_fault(name: str) -> None:
    told = tell_once(name)
    assert told.good, told
    assert told.code
