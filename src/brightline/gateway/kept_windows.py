"""The windows of meters in their file, and how such a file is made ready ahead for rules that are not in use yet.

INVARIANT: a file is used for the very rules that it was counted by, with the ledger whose entries it counted.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from hashlib import blake2b

from brightline.crypto.seal import WrappingKey
from brightline.domain.leaf import NO_REFERENCE, Kind, Leaf, decode
from brightline.domain.metering import MeterRule
from brightline.gateway.meter_keys import MeterKeys
from brightline.gateway.meter_record import open_record
from brightline.metering import MeterRecordError, Meters, Windows
from brightline.storage import MeterJournal, MeterMark, WindowFile, index_of

BUDGET_BYTES = 64 << 20
# Entries that are counted ahead between two pauses.
_STEP = 100


class KeptWindows:
    """The file of windows as meters ask for it: it holds for one set of rules, up to an entry that the ledger has."""

    def __init__(self, windows: WindowFile, journal: MeterJournal, rules: Sequence[MeterRule]) -> None:
        self._windows = windows
        self._journal = journal
        self._rules = _digests(rules)

    @property
    def start(self) -> int | None:
        """The position from which the entries are to be read; none for a file of other rules or another ledger."""
        mark, journal = self._windows.mark, self._journal
        fits = mark.upto and mark.rules == self._rules and mark.leaf == journal.leaf(mark.upto - 1) != b""
        return mark.upto if fits else None

    @property
    def upto(self) -> int:
        """The position of the first entry that must be read again."""
        return self._windows.mark.upto

    def load(self, key: bytes) -> bytes | None:
        """The window kept under `key`."""
        return self._windows.load(key)

    def keep(self, windows: Iterable[tuple[bytes, bytes]], upto: int | None = None) -> None:
        """Keep each (key, window), and with `upto` up to where all are complete."""
        mark = None if upto is None else MeterMark(upto, self._journal.leaf(upto - 1) if upto else b"", self._rules)
        self._windows.keep(windows, mark)


async def count_ahead(
    rules: Sequence[MeterRule],
    *,
    keys: MeterKeys,
    journal: MeterJournal,
    windows: WindowFile,
    pause: Callable[[], Awaitable[None]],
) -> None:
    """Count every entry by `rules` into `windows`, and close them; raises `BrightlineError`.

    A count that was cut off goes on where it was kept last.
    """
    try:
        kept = KeptWindows(windows, journal, rules)
        start = kept.start
        if start is None:
            windows.clear()
            start = 0
        meters = Meters(rules, Windows(kept, budget_bytes=BUDGET_BYTES), key=keys.place)
        while entries := journal.read(start, _STEP):
            for entry in entries:
                replayed(meters, keys.sealing, entry.position, decode(entry.leaf), entry.blob)
            start = entries[-1].position + 1
            await pause()
        for _ in meters.keep_in_steps(start):
            await pause()
    finally:
        windows.close()


def replayed(meters: Meters, sealing: WrappingKey, position: int, leaf: Leaf, blob: bytes | None) -> None:
    """Let `meters` take down the entry at `position`; raises `MeterRecordError` with its index."""
    if is_registration(leaf):
        return
    try:
        record = open_record(blob, sealing)
    except MeterRecordError as error:
        raise MeterRecordError(error.code, index=index_of(position)) from error
    meters.replay(record.place, record.tally, position=position, time_ms=leaf.time_ms)


def is_registration(leaf: Leaf) -> bool:
    """Whether an entry registers or revokes an authority, and says nothing of a use."""
    return leaf.kind is Kind.AUTHORITY and leaf.reference == NO_REFERENCE


def _digests(rules: Sequence[MeterRule]) -> bytes:
    """What tells one set of rules from another."""
    return b"".join(sorted(blake2b(_said(rule).encode(), digest_size=8).digest() for rule in rules))


def _said(rule: MeterRule) -> str:
    per, effects = sorted(per.value for per in rule.per), sorted(rule.effects)
    window = f"{rule.seconds} {rule.parts} {rule.exact_to} {rule.unreadable} {rule.kind}"
    return f"{rule.id} {rule.measure.value} {window} {per} {effects}"
