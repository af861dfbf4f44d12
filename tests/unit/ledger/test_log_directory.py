"""The published directory: exactly the files that its size calls for."""

from pathlib import Path

import pytest

from brightline.crypto.merkle import leaf_hash
from brightline.domain.tiles import tiles_for
from brightline.ledger.errors import LogFaultError
from brightline.ledger.files import LocalFiles
from brightline.ledger.log_directory import LogDirectory, tiles_between
from brightline.ledger.tree import TileTree, TreeView
from tests.unit.ledger.conftest import House

SIZES = [1, 2, 255, 256, 257, 511, 512, 1000]


def leaf(index: int) -> bytes:
    return index.to_bytes(4, "big")


def leaves(start: int, end: int) -> list[bytes]:
    return [leaf(i) for i in range(start, end)]


def view(size: int) -> TreeView:
    tiles: dict[tuple[int, int], bytes] = {}
    tree = TileTree(0, (), lambda level, number: tiles.get((level, number)))
    for i in range(size):
        tree.push(leaf_hash(leaf(i)))
    tiles.update({(tile.level, tile.number): tile.hashes for tile in tree.complete})
    return tree.view()


def names(path: Path) -> set[str]:
    return {str(file.relative_to(path)) for file in path.rglob("*") if file.is_file()}


@pytest.fixture
def directory(tmp_path: Path) -> LogDirectory:
    made = LogDirectory(tmp_path / "log" / "a" / "e" / "1", LocalFiles())
    made.create(tmp_path / "log")
    return made


def test_a_missing_partial_tile_is_named(directory: LogDirectory) -> None:
    directory.add(view(3), 0, leaves)
    directory.check_edge(3)
    (directory.path / "tile" / "0" / "000.p" / "3").unlink()
    with pytest.raises(LogFaultError) as caught:
        directory.check_edge(3)
    assert caught.value.code == "ledger/log-damaged"


def test_a_directory_with_something_else_in_it_is_not_taken(directory: LogDirectory) -> None:
    (directory.path / "tile").mkdir()
    directory.check_empty()
    (directory.path / "notes.txt").touch()
    with pytest.raises(LogFaultError):
        directory.check_empty()


@pytest.mark.parametrize("old", [0, *SIZES])
@pytest.mark.parametrize("new", SIZES)
def test_growing_leaves_exactly_what_the_size_calls_for(directory: LogDirectory, old: int, new: int) -> None:
    if old > new:
        old, new = new, old
    if old:
        directory.add(view(old), 0, leaves)
    directory.add(view(new), old, leaves)
    directory.sweep(new, [old])
    assert names(directory.path) == {tile.name for tile in tiles_for(new)}
    assert [path for path in directory.path.rglob("*.p") if not any(path.iterdir())] == []


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("cut", SIZES)
def test_a_publication_that_was_cut_short_is_swept_away(directory: LogDirectory, size: int, cut: int) -> None:
    directory.add(view(size), 0, leaves)
    if cut > size:
        directory.add(view(cut), size, leaves)
    else:
        directory.add(view(cut), 0, leaves)
        directory.add(view(size), 0, leaves)
    directory.sweep(size, [cut])
    assert names(directory.path) == {tile.name for tile in tiles_for(size)}


def test_nothing_new_is_no_tile() -> None:
    assert list(tiles_between(300, 300)) == []
    assert {tile.name for tile in tiles_between(0, 300)} == {tile.name for tile in tiles_for(300)}


def test_the_checkpoint_is_placed_whole(directory: LogDirectory) -> None:
    assert directory.checkpoint() is None
    directory.place(b"one")
    directory.place(b"two")
    assert directory.checkpoint() == b"two"
    assert names(directory.path) == {"checkpoint"}


def test_making_it_twice_changes_nothing(house: House, directory: LogDirectory, tmp_path: Path) -> None:
    directory.place(b"one")
    directory.create(tmp_path / "log")
    assert directory.checkpoint() == b"one"
