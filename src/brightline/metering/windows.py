"""The windows that are in memory, and the way of the others to the store and back.

INVARIANT: a window that a use has hold of is in memory.
INVARIANT: a window that leaves memory is kept first.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from brightline.domain.metering import Measure, MeterRule
from brightline.metering.covered_window import CoveredWindow
from brightline.metering.data_subject_window import DataSubjectWindow
from brightline.metering.meter_window import MeterWindow
from brightline.metering.ports import WindowStore
from brightline.metering.sum_window import SumWindow

_KINDS: Mapping[Measure, Callable[[MeterRule, bytes], MeterWindow]] = MappingProxyType(
    {Measure.DATA_SUBJECTS: DataSubjectWindow, Measure.COVERED: CoveredWindow}
)


class Windows:
    """Windows by their keys, at most about `budget_bytes` of them in memory beside those in use."""

    def __init__(self, store: WindowStore, *, budget_bytes: int) -> None:
        self._store = store
        self._budget = budget_bytes
        self._held: OrderedDict[bytes, MeterWindow] = OrderedDict()
        self._changed: list[MeterWindow] = []
        self._room = budget_bytes

    def pin(self, rule: MeterRule, key: bytes) -> MeterWindow:
        """The window of `rule` under `key`, in memory until its `pins` are taken out again.

        Raises `MeterStateError` when what is kept is damaged.
        """
        held = self._held
        found = held.get(key)
        if found is not None:
            held.move_to_end(key)
            found.pins += 1
            return found
        found = _KINDS.get(rule.measure, SumWindow)(rule, key)
        data = self._store.load(key)
        if data is not None:
            found.decode(data)
        held[key] = found
        found.pins = 1
        self._room -= found.kept_bytes
        if self._room < 0:
            self._shrink()
        return found

    def note(self, window: MeterWindow) -> None:
        """`window` took something down."""
        if not window.changed:
            window.changed = True
            self._changed.append(window)

    def take_changed(self) -> list[MeterWindow]:
        """The windows that the store has not all of; whoever takes them keeps them."""
        changed, self._changed = self._changed, []
        return changed

    def put_back(self, windows: Sequence[MeterWindow]) -> None:
        """They were taken, and not all were kept: the next who takes them gets those too."""
        known = {window.key for window in self._changed}
        self._changed += [window for window in windows if window.changed and window.key not in known]

    def keep(self, windows: Sequence[MeterWindow], upto: int | None = None) -> None:
        """Keep those of `windows` that changed; with `upto`, the store is then complete up to that position."""
        self._store.keep([(window.key, window.encode()) for window in windows if window.changed], upto)
        for window in windows:
            window.changed = False

    def _shrink(self) -> None:
        """Let the windows go that were used the longest ago, until an eighth of the memory is free."""
        self._room = self._budget - sum([window.kept_bytes for window in self._held.values()])
        going: list[MeterWindow] = []
        for window in self._held.values():
            if self._room >= self._budget // 8:
                break
            if not window.pins:
                going.append(window)
                self._room += window.kept_bytes
        self.keep(going)
        for window in going:
            del self._held[window.key]
        self._changed = [window for window in self._changed if window.changed]
