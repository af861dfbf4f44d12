"""Pieces that stand for people: counted once, settled downwards, and read back strictly."""

import pytest

from brightline.metering.errors import MeterStateError
from brightline.metering.occurrences import MOST_PEOPLE, Occurrences


def test_a_piece_sent_again_adds_what_it_had_not_and_settles_downwards() -> None:
    seen = Occurrences()
    seen.touch(1, 5, 1)
    seen.touch(1, 3, 2)
    seen.touch(2, 2**40, 1)
    assert (seen.live, len(seen)) == (5 + MOST_PEOPLE, 2)
    assert [seen.people(each) for each in (1, 9)] == [5, 0]
    seen.settle(1, 2)
    seen.settle(1, 4)
    seen.settle(9, 0)
    seen.advance(2)
    seen.advance(1)
    seen.touch(3, 9, 1)
    assert seen.live == 2


def test_it_reads_back_what_it_wrote() -> None:
    seen = Occurrences(1)
    seen.touch(2**64 - 1, 5, 1)
    seen.touch(4, 6, 2)
    again = Occurrences.decode(seen.encode())
    assert (again.live, again.oldest, len(again)) == (11, 1, 2)


@pytest.mark.parametrize(
    "bend",
    [
        lambda data: data[:5],
        lambda data: data + b"x",
        lambda data: data[:8] + data[24:] + data[8:24],
        lambda data: (9).to_bytes(4, "big") + data[4:],
    ],
)
def test_what_was_bent_is_not_read(bend: object) -> None:
    seen = Occurrences()
    seen.touch(1, 1, 1)
    seen.touch(2, 1, 1)
    with pytest.raises(MeterStateError):
        Occurrences.decode(bend(seen.encode()))  # type: ignore[operator]
