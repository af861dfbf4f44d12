"""What every window does alike: it takes each entry once, slides, and is read back strictly."""

import pytest

from brightline.domain.metering import Tally
from brightline.metering.errors import MeterStateError
from brightline.metering.sum_window import SumWindow
from tests.unit.metering.rig import HOUR_MS, TOKENS


def test_an_entry_is_taken_once_and_leaves_with_its_part() -> None:
    window = SumWindow(TOKENS, b"k" * 16)
    for _ in range(2):
        window.take(Tally(tokens=5), position=4, time_ms=HOUR_MS)
    assert (window.reading, window.upto) == (5, 5)
    window.advance(2 * HOUR_MS)
    assert window.reading == 5
    window.advance(2 * HOUR_MS + HOUR_MS // 6)
    window.advance(HOUR_MS)
    assert window.reading == 0


def test_a_correction_goes_where_the_first_word_stood() -> None:
    window = SumWindow(TOKENS, b"k" * 16)
    window.take(Tally(tokens=50), position=1, time_ms=HOUR_MS)
    window.take(Tally(tokens=-40, corrects_ms=HOUR_MS), position=2, time_ms=2 * HOUR_MS)
    assert window.reading == 10
    window.advance(2 * HOUR_MS + HOUR_MS // 6)
    assert window.reading == 0


@pytest.mark.parametrize("data", [b"", b"\x09" + bytes(30), b"\x01" + bytes(11)])
def test_what_is_no_window_is_not_read(data: bytes) -> None:
    with pytest.raises(MeterStateError):
        SumWindow(TOKENS, b"k" * 16).decode(data)


def test_one_damaged_byte_anywhere_is_seen() -> None:
    window = SumWindow(TOKENS, b"k" * 16)
    window.take(Tally(tokens=50), position=1, time_ms=HOUR_MS)
    data = window.encode()
    for at in range(len(data)):
        with pytest.raises(MeterStateError):
            SumWindow(TOKENS, b"k" * 16).decode(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
