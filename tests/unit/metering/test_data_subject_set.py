"""The exact set of people in a window: each once, by the newest part, and read back strictly."""

import pytest

from brightline.metering.data_subject_set import DataSubjectSet
from brightline.metering.errors import MeterStateError


def filled(*touches: tuple[int, int], oldest: int = 0) -> DataSubjectSet:
    made = DataSubjectSet(oldest)
    for data_subject, part in touches:
        made.touch(data_subject, part)
    return made


def test_each_counts_once_by_the_newest_part_that_touched_them() -> None:
    made = filled((7, 1), (3, 1), (7, 2), (7, 1))
    assert (made.live, len(made), list(made)) == (2, 2, [(3, 1), (7, 2)])
    made.advance(2)
    made.advance(1)
    assert (made.live, 7 in made, 3 in made, 9 in made) == (1, True, False, False)
    made.touch(3, 1)
    assert made.live == 1
    made.touch(3, 2)
    assert made.live == 2


def test_the_dead_are_swept_once_they_are_many() -> None:
    made = filled(*((number, 1) for number in range(70)), (99, 2))
    made.advance(2)
    assert (made.live, len(made)) == (1, 1)


def test_it_reads_back_what_it_wrote() -> None:
    made = filled((2**64 - 1, 5), (0, 4), (9, 1))
    made.advance(4)
    again = DataSubjectSet.decode(made.encode())
    assert (list(again), again.live, again.oldest) == ([(0, 4), (2**64 - 1, 5)], 2, 4)
    assert list(DataSubjectSet.decode(DataSubjectSet().encode())) == []


@pytest.mark.parametrize(
    "bend",
    [
        lambda data: data[:5],
        lambda data: data + b"x",
        lambda data: b"\x09" + data[1:],
        lambda data: data[:5] + (9).to_bytes(4, "big") + data[9:],
    ],
)
def test_what_was_bent_is_not_read(bend: object) -> None:
    data = filled((1, 5), (2, 6)).encode()
    with pytest.raises(MeterStateError):
        DataSubjectSet.decode(bend(data))  # type: ignore[operator]
