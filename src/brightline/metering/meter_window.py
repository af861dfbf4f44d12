"""One window of one meter: what is in it, and what uses under way have reserved in it.

What a use may add is reserved before it is let go, so that uses at once cannot pass a limit together; it is then either
taken down for good or given back. A subject who is reserved counts as another, unless the window holds him already.

INVARIANT: `reading` never falls by a commit, and never rises but by a reservation or a commit of more than was reserved.
"""

import struct
from collections.abc import Iterable

from brightline.domain.metering import Measure, MeterRule, Tally
from brightline.metering.errors import MeterStateError
from brightline.metering.sketch import SubjectSketch
from brightline.metering.subject_set import SubjectSet
from brightline.metering.totals import Totals
from brightline.metering.window import Window

_HEADER = struct.Struct(">BQII")
_FORMAT = 1
_SKETCHED = 2
_OVERHEAD_BYTES = 1_500  # of the objects around the numbers
_SUBJECT_BYTES = 12


class MeterWindow:
    """What one meter counts for one value of what it is kept by.

    `upto` is the ledger index after the last entry that it took; `pins` is how many uses have hold of it; `changed` says
    that the store has not all of it.
    """

    __slots__ = (
        *("_counts_subjects", "_other", "_part_ms", "_reserved", "_reserved_sum", "_subjects", "_sums"),
        *("changed", "key", "part", "pins", "rule", "upto"),
    )

    def __init__(self, rule: MeterRule, key: bytes) -> None:
        self.rule = rule
        self.key = key
        self.changed = False
        self.pins = 0
        self._part_ms = Window(rule.seconds, rule.parts).part_ms
        self._counts_subjects = rule.measure is Measure.SUBJECTS
        self.part = 0
        self.upto = 0
        self._subjects: SubjectSet | SubjectSketch = SubjectSet()
        self._sums = Totals()
        self._reserved: dict[int, int] = {}
        self._reserved_sum = 0
        self._other = 0

    @property
    def reading(self) -> int:
        """How much counts now, with all that is reserved; of a sketch the upper bound."""
        return self._subjects.live + self._other + self._sums.live + self._reserved_sum

    @property
    def exact(self) -> bool:
        """Whether each subject is kept, and not a sketch of them."""
        return isinstance(self._subjects, SubjectSet)

    @property
    def kept_bytes(self) -> int:
        """About how much memory it takes."""
        subjects = self._subjects
        kept = _SUBJECT_BYTES * len(subjects) if isinstance(subjects, SubjectSet) else subjects.kept_bytes
        return _OVERHEAD_BYTES + kept

    def advance(self, time_ms: int) -> int:
        """Let go what has left the window at `time_ms` (ledger time) and return the part that is the newest now."""
        part = time_ms // self._part_ms
        if part > self.part:
            self.part = part
            oldest = part - self.rule.parts
            self._subjects.advance(oldest)
            self._sums.advance(oldest)
            self._other = sum(subject not in self._subjects for subject in self._reserved)
        return self.part

    def reserve(self, tally: Tally) -> None:
        """Keep room for all that `tally` may add."""
        reserved, subjects = self._reserved, self._subjects
        for subject in self._of(tally):
            before = reserved.get(subject, 0)
            reserved[subject] = before + 1
            if not before and subject not in subjects:
                self._other += 1
        self._reserved_sum += tally.amount(self.rule)

    def give_back(self, tally: Tally) -> None:
        """Let go of what was reserved for `tally`."""
        reserved, subjects = self._reserved, self._subjects
        for subject in self._of(tally):
            left = reserved.pop(subject) - 1
            if left:
                reserved[subject] = left
            elif subject not in subjects:
                self._other -= 1
        self._reserved_sum -= tally.amount(self.rule)

    def take(self, tally: Tally, *, index: int, time_ms: int) -> None:
        """Take down what the ledger's entry `index`, of `time_ms`, says was added; an entry taken before adds nothing."""
        if index < self.upto:
            return
        self.upto = index + 1
        self.advance(time_ms)
        part = time_ms // self._part_ms
        subjects = self._of(tally)
        for subject in subjects:
            if subject in self._reserved and subject not in self._subjects:
                self._other -= self.exact
            self._subjects.touch(subject, part)
        if subjects:
            self._grow()
        self._sums.add(tally.amount(self.rule), part)

    def _of(self, tally: Tally) -> Iterable[int]:
        return tally.subjects if self._counts_subjects else ()

    def _grow(self) -> None:
        """Keep a sketch from now on where more subjects count than are kept one by one."""
        subjects = self._subjects
        if not isinstance(subjects, SubjectSet) or subjects.live <= self.rule.exact_to:
            return
        sketch = SubjectSketch(subjects.oldest)
        for subject, part in subjects:
            sketch.touch(subject, part)
        self._subjects = sketch
        self._other = len(self._reserved)

    def encode(self) -> bytes:
        """What `decode` reads; reservations are not kept, for a use that a crash cut off was never let go."""
        sums, subjects = self._sums.encode(), self._subjects.encode()
        return b"".join((_HEADER.pack(_FORMAT, self.upto, self.part, len(sums)), sums, subjects))

    @classmethod
    def decode(cls, rule: MeterRule, key: bytes, data: bytes) -> "MeterWindow":
        """The window of `rule` that was encoded; raises `MeterStateError` for anything else."""
        made = cls(rule, key)
        if len(data) <= _HEADER.size or data[0] != _FORMAT:
            raise MeterStateError("metering/bad-state", why="cut short, or another format")
        _, made.upto, made.part, length = _HEADER.unpack_from(data)
        middle = _HEADER.size + length
        if len(data) <= middle:
            raise MeterStateError("metering/bad-state", why="cut short")
        made._sums = Totals.decode(data[_HEADER.size : middle])
        kind = SubjectSketch if data[middle] == _SKETCHED else SubjectSet
        made._subjects = kind.decode(data[middle:])
        return made
