"""All meters of one operator: reserve what a use may add, then take it down or give it back.

INVARIANT: what is taken down stands in the ledger already, so that the meters can be made again from it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

from brightline.domain.metering import MeterRule, Per, Place, Tally
from brightline.metering.meter_window import MeterWindow
from brightline.metering.windows import Windows

KEY_BYTES = 32
_REMEMBERED_KEYS = 65_536
_NAMES_OF_PER = sorted(Per, key=lambda per: per.value)


@dataclass(slots=True)
class Reservation:
    """Room kept in the windows of one use; `readings` is what each meter would tell if the use added all of it."""

    windows: Sequence[MeterWindow]
    tallies: list[Tally]
    readings: Mapping[str, int]


class Meters:
    """The meters that `rules` name; `key` (32 secret bytes) hides what windows are kept for."""

    def __init__(self, rules: Sequence[MeterRule], windows: Windows, *, key: bytes) -> None:
        self._windows = windows
        self._rules = [(rule, [per for per in _NAMES_OF_PER if per in rule.per]) for rule in rules]

        @lru_cache(maxsize=_REMEMBERED_KEYS)
        def key_of(meter: str, values: tuple[str, ...]) -> bytes:
            return window_key(key, meter, values)

        self._key_of = key_of

    def reserve(self, place: Place, tally: Tally, now_ms: int) -> Reservation:
        """Keep room for `tally` in all windows of a use at `place`; `now_ms` is ledger time."""
        pin, values, key_of = self._windows.pin, place.values, self._key_of
        windows = [pin(rule, key_of(rule.id, tuple([values[per] for per in order]))) for rule, order in self._rules]
        made = Reservation(windows, [], {})
        self.extend(made, tally, now_ms)
        return made

    def extend(self, reservation: Reservation, tally: Tally, now_ms: int) -> None:
        """Keep room for `tally` too, and read the meters again."""
        readings = {}
        for window in reservation.windows:
            window.advance(now_ms)
            window.reserve(tally)
            readings[window.rule.id] = window.reading
        reservation.tallies.append(tally)
        reservation.readings = readings

    def give_back(self, reservation: Reservation) -> None:
        """Let go of all that is still reserved; a second time changes nothing."""
        windows, reservation.windows = reservation.windows, ()
        for window in windows:
            for tally in reservation.tallies:
                window.give_back(tally)
            window.pins -= 1

    def take(self, reservation: Reservation, tally: Tally, *, index: int, time_ms: int) -> None:
        """Take down `tally`, which the ledger's entry `index` of `time_ms` says, and let go of what was reserved."""
        for window in reservation.windows:
            window.take(tally, index=index, time_ms=time_ms)
            self._windows.note(window)
        self.give_back(reservation)

    def replay(self, rule: MeterRule, key: bytes, tally: Tally, *, index: int, time_ms: int) -> None:
        """Take down what an entry of the ledger says about one window."""
        window = self._windows.pin(rule, key)
        window.take(tally, index=index, time_ms=time_ms)
        self._windows.note(window)
        window.pins -= 1


def window_key(key: bytes, meter: str, values: Sequence[str]) -> bytes:
    """The 16-byte name of the window that `meter` keeps for `values`, in the order of their names."""
    parts = [part.encode() for part in (meter, *values)]
    return blake2b(b"".join(len(part).to_bytes(4, "big") + part for part in parts), key=key, digest_size=16).digest()
