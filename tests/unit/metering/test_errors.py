"""What metering refuses says what to do next."""

import pytest

from brightline.metering import MeteringError, MeterRecordError, MeterStateError


@pytest.mark.parametrize(
    "error", [MeterStateError("metering/bad-state", why="short"), MeterRecordError("metering/no-record", index=4)]
)
def test_each_refuses_with_a_next_step(error: MeteringError) -> None:
    assert (error.status, bool(error.hint)) == (503, True)
