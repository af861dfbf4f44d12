"""All meters of one operator: reserve what a use may add, then take it down or give it back.

INVARIANT: what is taken down stands in the ledger already, so that the meters can be made again from it.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b

from brightline.domain.metering import MeterRule, Per, Place, Tally
from brightline.metering.meter_window import MeterWindow
from brightline.metering.windows import Windows

KEY_BYTES = 32
PLACE_BYTES = 16
_REMEMBERED = 65_536
_WINDOWS_A_STEP = 100  # some milliseconds
_IN_ORDER = sorted(Per, key=lambda per: per.value)


class Reservation:
    """Room kept in the windows of one use, until `Meters.close`."""

    __slots__ = ("pending", "windows")

    def __init__(self, windows: Sequence[MeterWindow]) -> None:
        self.windows = windows
        self.pending: list[tuple[MeterWindow, Tally, int]] = []


class Meters:
    """The meters that `rules` name; `key` (32 secret bytes) hides what windows are kept for."""

    def __init__(self, rules: Sequence[MeterRule], windows: Windows, *, key: bytes) -> None:
        self._windows = windows
        self.rules = tuple(rules)
        self._orders = [(rule, [per for per in _IN_ORDER if per in rule.per]) for rule in rules]

        @lru_cache(maxsize=_REMEMBERED)
        def hash_of(per: Per, value: str) -> bytes:
            return place_hash(key, per, value)

        @lru_cache(maxsize=_REMEMBERED)
        def keys_of(values: tuple[str, ...]) -> Sequence[bytes]:
            hashes = {per: hash_of(per, value) for per, value in zip(_IN_ORDER, values, strict=True)}
            return [window_key(rule, hashes) for rule in self.rules]

        self._hash_of = hash_of
        self._keys_of = keys_of

    def open(self, place: Place) -> Reservation:
        """The windows of a use at `place`, nothing reserved in them yet; raises `MeterStateError`."""
        values, pin = place.values, self._windows.pin
        keys = self._keys_of(tuple([values[per] for per in _IN_ORDER]))
        return Reservation([pin(rule, key) for rule, key in zip(self.rules, keys, strict=True)])

    def reserve(self, reservation: Reservation, tally: Tally, now_ms: int) -> Mapping[str, int]:
        """Keep room for `tally` too; returns what each meter then tells. `now_ms` is ledger time."""
        readings: dict[str, int] = {}
        pending = reservation.pending
        for window in reservation.windows:
            window.advance(now_ms)
            pending.append((window, tally, window.reserve(tally)))
            readings[window.rule.id] = window.reading
        return readings

    def read(self, reservation: Reservation, now_ms: int) -> Mapping[str, int]:
        """What each meter tells now."""
        readings: dict[str, int] = {}
        for window in reservation.windows:
            window.advance(now_ms)
            readings[window.rule.id] = window.reading
        return readings

    def give_back(self, reservation: Reservation) -> None:
        """Let go of all that is still reserved."""
        for window, tally, amount in reservation.pending:
            window.give_back(tally, amount)
        reservation.pending = []

    def take(self, reservation: Reservation, tally: Tally, *, position: int, time_ms: int) -> None:
        """Take down `tally`, which the ledger's entry at `position` says, and let go of what was reserved."""
        for window in reservation.windows:
            window.take(tally, position=position, time_ms=time_ms)
            self._windows.note(window)
        self.give_back(reservation)

    def close(self, reservation: Reservation) -> None:
        """Let go of all of it; a second time changes nothing."""
        self.give_back(reservation)
        windows, reservation.windows = reservation.windows, ()
        for window in windows:
            window.pins -= 1

    def hashes(self, place: Place) -> Mapping[Per, bytes]:
        """What an entry of the ledger says in place of `place`: a keyed hash of each value (16 bytes)."""
        return {per: self._hash_of(per, value) for per, value in place.values.items()}

    def replay(self, hashes: Mapping[Per, bytes], tally: Tally, *, position: int, time_ms: int) -> None:
        """Take down what an entry of the ledger says; raises `MeterStateError`."""
        reservation = Reservation([self._windows.pin(rule, window_key(rule, hashes)) for rule in self.rules])
        self.take(reservation, tally, position=position, time_ms=time_ms)
        self.close(reservation)

    def keys(self, hashes: Mapping[Per, bytes]) -> Sequence[tuple[MeterRule, bytes]]:
        """Each rule with the key of its window at what `hashes` stand for."""
        return [(rule, window_key(rule, hashes)) for rule in self.rules]

    def taken(self, rule: MeterRule, key: bytes, now_ms: int) -> int:
        """How much the window under `key` counts now, without what is reserved; raises `MeterStateError`."""
        window = self._windows.pin(rule, key)
        window.advance(now_ms)
        window.pins -= 1
        return window.taken

    def keep(self, upto: int) -> None:
        """Keep every window that changed: the store is then complete up to the position `upto`."""
        for _ in self.keep_in_steps(upto):
            pass

    def keep_in_steps(self, upto: int) -> Iterator[None]:
        """As `keep`, some windows in each step, so that others get their turn in between."""
        changed = self._windows.take_changed()
        try:
            for start in range(0, len(changed), _WINDOWS_A_STEP):
                self._windows.keep(changed[start : start + _WINDOWS_A_STEP])
                yield
            self._windows.keep((), upto)
        finally:
            # What a fault or a leaving caller kept from being kept is kept the next time.
            self._windows.put_back(changed)


def place_hash(key: bytes, per: Per, value: str) -> bytes:
    """The keyed hash (BLAKE2b, RFC 7693) under which an entry names a value of what a window is kept for."""
    return blake2b(f"{per.value}\0{value}".encode(), key=key, digest_size=PLACE_BYTES).digest()


def window_key(rule: MeterRule, hashes: Mapping[Per, bytes]) -> bytes:
    """The 16-byte name of the window of `rule` at what `hashes` stand for.

    All of the rule goes in: a meter with another window, measure or place is another meter, counted from the ledger.
    """
    said = f"{rule.id}\0{rule.measure.value}\0{rule.seconds}\0{rule.parts}\0{rule.exact_to}\0{rule.unreadable}\0"
    parts = [said.encode(), rule.kind.encode(), *[effect.encode() + b"\0" for effect in sorted(rule.effects)]]
    parts += [per.value.encode() + b"\0" + hashes[per] for per in _IN_ORDER if per in rule.per]
    return blake2b(b"\0".join(parts), digest_size=16).digest()
