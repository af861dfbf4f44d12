"""A real ledger that is killed, or whose machine loses power; `nox -s bench -- kills` does it 400 times."""

import random

from brightline.storage import FULL, OFF
from tests.benchmarks.crash_checks import Found
from tests.benchmarks.kills import kill, lose_power


def test_killed_ledgers_keep_their_word() -> None:
    found = Found()
    assert kill(found, 3, random.Random(1)) >= 64
    assert found.whole, found
    assert found.acknowledged > 0


def test_ledgers_without_power_keep_their_word() -> None:
    found = Found()
    lose_power(found, 8, random.Random(2), synchronous=FULL)
    assert found.whole, found
    assert found.acknowledged > 0


def test_a_store_that_does_not_sync_is_seen_to_lose_entries() -> None:
    found = Found()
    lose_power(found, 4, random.Random(3), synchronous=OFF)
    assert found.lost > 0
