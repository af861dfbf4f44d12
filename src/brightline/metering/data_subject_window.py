"""A window that counts people: those with an identifier once each, and what may stand for more of them.

A data subject who is reserved counts as another, unless the window holds him already.
"""

import struct
from collections.abc import Callable

from brightline.domain.metering import MeterRule, Tally
from brightline.metering.data_subject_set import DataSubjectSet
from brightline.metering.data_subject_sketch import DataSubjectSketch
from brightline.metering.errors import MeterStateError
from brightline.metering.meter_window import OVERHEAD_BYTES, MeterWindow
from brightline.metering.occurrences import Occurrences

_LENGTH = struct.Struct(">I")
_DATA_SUBJECT_BYTES = 12
_OCCURRENCE_BYTES = 150


class DataSubjectWindow(MeterWindow):
    """How many people uses touched; `_other` is how many of those reserved it does not hold.

    `_claims` are how many people each use under way reserves for an occurrence.
    """

    __slots__ = ("_claims", "_data_subjects", "_occurrences", "_other", "_reserved")

    def __init__(self, rule: MeterRule, key: bytes) -> None:
        super().__init__(rule, key)
        self._data_subjects: DataSubjectSet | DataSubjectSketch = DataSubjectSet()
        self._occurrences: Occurrences | None = None
        self._reserved: dict[int, int] = {}
        self._other = 0
        self._claims: dict[int, list[int]] = {}

    @property
    def reading(self) -> int:
        """How many people count now, with all that are reserved; of a sketch the upper bound."""
        return self.taken + self._other + self._reserved_sum

    @property
    def taken(self) -> int:
        """How many people count now without those who are reserved; of a sketch the upper bound."""
        seen = self._occurrences
        return self._data_subjects.live + (0 if seen is None else seen.live)

    @property
    def exact(self) -> bool:
        """Whether each data subject is kept, and not a sketch of them."""
        return isinstance(self._data_subjects, DataSubjectSet)

    @property
    def kept_bytes(self) -> int:
        """About how much memory it takes."""
        kept = self._data_subjects
        held = _DATA_SUBJECT_BYTES * len(kept) if isinstance(kept, DataSubjectSet) else kept.kept_bytes
        seen = 0 if self._occurrences is None else _OCCURRENCE_BYTES * len(self._occurrences)
        return OVERHEAD_BYTES + held + seen

    def reserve(self, tally: Tally) -> int:
        """Keep room for all whom `tally` may touch."""
        reserved, held = self._reserved, self._data_subjects
        for data_subject in tally.data_subjects:
            before = reserved.get(data_subject, 0)
            reserved[data_subject] = before + 1
            if not before and data_subject not in held:
                self._other += 1
        if tally.mentions or tally.unreadable:
            self._claim(tally, list.append)
        return 0

    def _claim(self, tally: Tally, change: Callable[[list[int], int], None]) -> None:
        """Let `change` add or take away how many people `tally` reserves for each of its occurrences."""
        for occurrence, people in (*tally.mentions.items(), *self._unread(tally).items()):
            claims = self._claims.setdefault(occurrence, [])
            self._reserved_sum -= self._missing(occurrence, claims)
            change(claims, people)
            self._reserved_sum += self._missing(occurrence, claims)
            if not claims:
                del self._claims[occurrence]

    def _missing(self, occurrence: int, claims: list[int]) -> int:
        """How many more count while `claims` are reserved for `occurrence`: the most of them, if it tells fewer."""
        told = 0 if self._occurrences is None else self._occurrences.people(occurrence)
        return max(0, max(claims, default=0) - told)

    def _claim_again(self) -> None:
        """What occurrences stand for has changed."""
        if self._claims:
            self._reserved_sum = sum([self._missing(each, claims) for each, claims in self._claims.items()])

    def _unread(self, tally: Tally) -> dict[int, int]:
        """How many people the unreadable parts of `tally` stand for, by occurrence."""
        return {each: pieces * self.rule.unreadable for each, pieces in tally.unreadable.items()}

    def give_back(self, tally: Tally, amount: int) -> None:
        """Let go of what was reserved for `tally`."""
        reserved, held = self._reserved, self._data_subjects
        for data_subject in tally.data_subjects:
            left = reserved.pop(data_subject) - 1
            if left:
                reserved[data_subject] = left
            elif data_subject not in held:
                self._other -= 1
        if tally.mentions or tally.unreadable:
            self._claim(tally, list.remove)

    def _slide(self, oldest: int) -> None:
        self._data_subjects.advance(oldest)
        if self._occurrences is not None:
            self._occurrences.advance(oldest)
            self._claim_again()
        if self._reserved:
            self._other = sum([each not in self._data_subjects for each in self._reserved])

    def _add(self, tally: Tally, part: int) -> None:
        reserved = self._reserved
        for data_subject in tally.data_subjects:
            held = self._data_subjects
            if data_subject in reserved and data_subject not in held:
                held.touch(data_subject, part)
                self._other -= data_subject in held
            else:
                held.touch(data_subject, part)
        if tally.data_subjects:
            self._outgrow()
        if tally.mentions or tally.unreadable or tally.settled:
            self._add_occurrences(tally, part)

    def _add_occurrences(self, tally: Tally, part: int) -> None:
        seen = self._occurrences
        if seen is None:
            seen = self._occurrences = Occurrences(self._data_subjects.oldest)
        for occurrence, people in (*tally.mentions.items(), *self._unread(tally).items()):
            seen.touch(occurrence, people, part)
        for occurrence, people in tally.settled.items():
            seen.settle(occurrence, people)
        self._claim_again()

    def _outgrow(self) -> None:
        """Keep a sketch from now on where more data subjects count than are kept one by one."""
        held = self._data_subjects
        if not isinstance(held, DataSubjectSet) or held.live <= self.rule.exact_to:
            return
        sketch = DataSubjectSketch(held.oldest)
        for data_subject, part in held:
            sketch.touch(data_subject, part)
        self._data_subjects = sketch
        self._other = len(self._reserved)

    def _encode(self) -> bytes:
        seen = b"" if self._occurrences is None else self._occurrences.encode()
        return b"".join((_LENGTH.pack(len(seen)), seen, self._data_subjects.encode()))

    def _decode(self, data: bytes) -> None:
        if len(data) < _LENGTH.size:
            raise MeterStateError("metering/bad-state", why="cut short")
        middle = _LENGTH.size + _LENGTH.unpack_from(data)[0]
        if middle > _LENGTH.size:
            self._occurrences = Occurrences.decode(data[_LENGTH.size : middle])
        kind = DataSubjectSketch if data[middle : middle + 1] == DataSubjectSketch.MARK else DataSubjectSet
        self._data_subjects = kind.decode(data[middle:])
