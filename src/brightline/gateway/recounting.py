"""Counts all meters again from the ledger while the gateway serves, and compares: what an inspector asks for.

INVARIANT: what is compared has taken the same entries on both sides; no use waits for more than a step.
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from brightline.domain.leaf import decode
from brightline.domain.metering import MeterRule
from brightline.gateway.counting import Counting, Opened
from brightline.gateway.kept_windows import BUDGET_BYTES, is_registration
from brightline.gateway.meter_record import open_record
from brightline.metering import Meters, MeterStateError, Windows
from brightline.policy import AgreementPort
from brightline.storage import MeterJournal

_ENTRIES_A_STEP = 200
_WINDOWS_A_STEP = 500

Pause = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Recounted:
    """How many entries were counted again, over how many windows, and how many of them told something else."""

    entries: int
    windows: int
    differing: int


class _InMemory:
    """Windows that need no file."""

    upto = 0

    def __init__(self) -> None:
        self._rows: dict[bytes, bytes] = {}

    def load(self, key: bytes) -> bytes | None:
        return self._rows.get(key)

    def keep(self, windows: Iterable[tuple[bytes, bytes]], upto: int | None = None) -> None:
        self._rows.update(windows)


class Recounting:
    """One count from the ledger beside the one in use, made with `opened`."""

    def __init__(self, counting: Counting, opened: Opened, journal: MeterJournal) -> None:
        self._counting = counting
        self._opened = opened
        self._journal = journal
        windows = Windows(_InMemory(), budget_bytes=BUDGET_BYTES)
        self._fresh = Meters(opened.meters.rules, windows, key=opened.keys.place)
        self._rules: dict[bytes, MeterRule] = {}
        self._keys: list[bytes] = []
        self._start = 0
        self._entries = 0

    def take(self, limit: int) -> bool:
        """Take down the next entries that the meters in use have taken; whether there may be more.

        Raises `BrightlineError` where an entry cannot be read.
        """
        entries = self._journal.read(self._start, limit)
        for entry in entries:
            if not self._counting.has_taken(entry.position):
                return False
            self._start = entry.position + 1
            leaf = decode(entry.leaf)
            if is_registration(leaf):
                continue
            record = open_record(entry.blob, self._opened.keys.sealing)
            self._fresh.replay(record.place, record.tally, position=entry.position, time_ms=leaf.time_ms)
            for rule, key in self._fresh.keys(record.place):
                if key not in self._rules:
                    self._rules[key] = rule
                    self._keys.append(key)
            self._entries += 1
        return len(entries) == limit

    def differing(self, keys: Iterable[bytes], now_ms: int) -> int:
        """How many of the windows under `keys` the meters in use tell otherwise; raises `MeterStateError`."""
        if not self._counting.uses(self._opened):
            raise MeterStateError("metering/changed")
        fresh, used = self._fresh, self._opened.meters
        rules = [(self._rules[key], key) for key in keys]
        return sum([fresh.taken(rule, key, now_ms) != used.taken(rule, key, now_ms) for rule, key in rules])

    async def run(self, now_ms: Callable[[], int], pause: Pause) -> Recounted:
        """Count, then compare; raises `BrightlineError`."""
        while self.take(_ENTRIES_A_STEP):
            await pause()
        differing = compared = 0
        while compared < len(self._keys):
            keys = self._keys[compared : compared + _WINDOWS_A_STEP]
            differing += self.differing(keys, now_ms())
            compared += len(keys)
            await pause()
            while self.take(_ENTRIES_A_STEP):
                await pause()
        return Recounted(self._entries, compared, differing)


async def recount(
    counting: Counting, agreement: AgreementPort, journal: MeterJournal, *, now_ms: Callable[[], int], pause: Pause
) -> Recounted | None:
    """Count all again and compare; where the meters in use told otherwise they are made again. None without meters.

    Raises `BrightlineError` where an entry cannot be read.
    """
    opened = counting.opened(agreement)
    if opened is None:
        return None
    found = await Recounting(counting, opened, journal).run(now_ms, pause)
    if found.differing:
        counting.count_again()
    return found
