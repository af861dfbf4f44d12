"""A window that counts the people whom individual authorities of one kind cover."""

from brightline.domain.metering import NOTHING, Tally
from brightline.metering.data_subject_window import DataSubjectWindow


class CoveredWindow(DataSubjectWindow):
    """How many people were covered by authorities of the rule's kind, each once."""

    __slots__ = ()

    def reserve(self, tally: Tally) -> int:
        """Keep room for all whom `tally` has covered."""
        return super().reserve(self._own(tally))

    def give_back(self, tally: Tally, amount: int) -> None:
        """Let go of what was reserved for `tally`."""
        super().give_back(self._own(tally), amount)

    def _add(self, tally: Tally, part: int) -> None:
        super()._add(self._own(tally), part)

    def _own(self, tally: Tally) -> Tally:
        covers = tally.covered and tally.covered_kind == self.rule.kind
        return Tally(data_subjects=tally.covered) if covers else NOTHING
