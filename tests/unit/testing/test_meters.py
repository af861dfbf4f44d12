"""Counting for tests without meters."""

from brightline.domain.record import Entry
from brightline.testing.meters import IdleLog, no_counting


def test_nothing_is_counted_and_nothing_opened() -> None:
    log = IdleLog()
    log.unheard(Entry(b""), None)
    assert (log.now_ms(), log.heals, log.shard.id) == (1_000, 0, 1)
    counting = no_counting()
    counting.adopt((), ())
    counting.close()
