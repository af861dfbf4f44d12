"""The simulated log: the files of the format's text, whatever the size."""

from pathlib import Path

import pytest

from brightline.domain.leaf import Kind
from brightline.domain.tiles import tiles_for
from brightline.ledger.verify import FileFaultError
from brightline.testing.log_simulator import MemoryReader, SimulatedLog, story


def test_a_reader_has_what_it_was_given() -> None:
    reader = MemoryReader({"checkpoint": b"abc"})
    with pytest.raises(FileFaultError):
        reader.read("tile/0/000", 10)
    assert reader.read("checkpoint", 1) == b"ab"
    assert list(reader.names()) == ["checkpoint"]


@pytest.mark.parametrize("size", [0, 1, 2, 256, 257])
def test_a_log_has_the_files_of_its_size(size: int, tmp_path: Path) -> None:
    log = SimulatedLog.of(size)
    names = {"checkpoint", *(tile.name for tile in tiles_for(size))}
    assert set(log.files()) == names
    log.write(tmp_path)
    assert {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()} == names


def test_a_story_begins_with_a_genesis() -> None:
    assert [leaf.kind for leaf in story(4)] == [Kind.GENESIS, Kind.INTENT, Kind.OUTCOME, Kind.INTENT]
    assert story(0) == []


def test_a_proof_names_its_entry() -> None:
    assert b"\nindex 2\n" in SimulatedLog.of(3).proof(2)
