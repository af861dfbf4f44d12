"""The sketch of many people: its upper bound, its parts, and read back strictly."""

import builtins

import pytest

from brightline.metering import data_subject_sketch
from brightline.metering.data_subject_sketch import DataSubjectSketch
from brightline.metering.errors import MeteringError, MeterStateError


def filled(people: int, part: int = 1, into: DataSubjectSketch | None = None) -> DataSubjectSketch:
    made = into or DataSubjectSketch()
    for data_subject in range(people):
        made.touch(data_subject * 2_654_435_761 % 2**64, part)
    return made


def test_the_upper_bound_is_above_and_near() -> None:
    made = filled(20_000)
    assert 20_000 <= made.live <= 21_000
    assert 5 not in made
    assert made.kept_bytes == 2 << 14
    assert DataSubjectSketch().live == 0


def test_a_part_that_does_not_count_is_let_go() -> None:
    made = filled(100, 2, filled(5_000, 1))
    before = made.live
    made.advance(1)
    assert made.live == before
    made.advance(2)
    made.advance(1)
    made.touch(7, 1)
    assert 100 <= made.live <= 110
    made.advance(3)
    assert made.live == 0


def test_it_reads_back_what_it_wrote() -> None:
    made = filled(300, 2, filled(5_000, 1))
    assert DataSubjectSketch.decode(made.encode()).live == made.live
    assert DataSubjectSketch.decode(DataSubjectSketch(3).encode()).live == 0


@pytest.mark.parametrize(
    "bend",
    [
        lambda data: data[:5],
        lambda data: data[:-3],
        lambda data: data + b"x",
        lambda data: data[:1] + (9).to_bytes(4, "big") + data[5:],
        lambda data: data[:17] + b"\xff" * 20 + data[37:],
    ],
)
def test_what_was_bent_is_not_read(bend: object) -> None:
    with pytest.raises(MeterStateError):
        DataSubjectSketch.decode(bend(filled(50).encode()))  # type: ignore[operator]


def test_without_the_library_nothing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *args: object) -> object:
        if name == "datasketches":
            raise ImportError(name)
        return real(name, *args)  # type: ignore[arg-type]

    data_subject_sketch._library.cache_clear()
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MeteringError, match="metering/no-sketches"):
        filled(1)
