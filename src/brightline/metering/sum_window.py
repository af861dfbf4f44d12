"""A window that adds up: acts of tools, tokens or money."""

from brightline.domain.metering import Measure, MeterRule, Tally
from brightline.metering.meter_window import OVERHEAD_BYTES, MeterWindow
from brightline.metering.totals import Totals

_PART_BYTES = 100


class SumWindow(MeterWindow):
    """The sum of what uses added."""

    __slots__ = ("_totals",)

    def __init__(self, rule: MeterRule, key: bytes) -> None:
        super().__init__(rule, key)
        self._totals = Totals()

    @property
    def reading(self) -> int:
        """The sum now, with all that is reserved."""
        return self._totals.live + self._reserved_sum

    @property
    def taken(self) -> int:
        """The sum without what is reserved."""
        return self._totals.live

    @property
    def kept_bytes(self) -> int:
        """About how much memory it takes."""
        return OVERHEAD_BYTES + _PART_BYTES * self._parts

    def reserve(self, tally: Tally) -> int:
        """Keep room for what `tally` adds to the sum."""
        amount = self._amount(tally)
        self._reserved_sum += amount
        return amount

    def give_back(self, tally: Tally, amount: int) -> None:
        """Let go of `amount`."""
        self._reserved_sum -= amount

    def _slide(self, oldest: int) -> None:
        self._totals.advance(oldest)

    def _add(self, tally: Tally, part: int) -> None:
        self._totals.add(self._amount(tally), part)

    def _amount(self, tally: Tally) -> int:
        rule = self.rule
        if rule.measure is Measure.EFFECTS:
            return sum([count for effect, count in tally.effects.items() if effect in rule.effects])
        return tally.tokens if rule.measure is Measure.TOKENS else tally.money

    def _encode(self) -> bytes:
        return self._totals.encode()

    def _decode(self, data: bytes) -> None:
        self._totals = Totals.decode(data)
