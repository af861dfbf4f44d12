"""The tree in tiles is the tree of RFC 6962."""

import pytest

from brightline.crypto.merkle import EMPTY_ROOT, Frontier, inclusion_path, leaf_hash, verify_inclusion
from brightline.ledger.errors import LogFaultError
from brightline.ledger.tree import TileTree

SIZES = [0, 1, 2, 255, 256, 257, 511, 512, 65_535, 65_536, 65_537, 65_800]


class Grown:
    """A tree of some size, its complete tiles stored in a dictionary."""

    def __init__(self, size: int) -> None:
        self.tiles: dict[tuple[int, int], bytes] = {}
        self.frontier = Frontier()
        self.tree = TileTree(0, (), lambda level, number: self.tiles.get((level, number)))
        for i in range(size):
            hash_ = leaf_hash(i.to_bytes(4, "big"))
            self.tree.push(hash_)
            self.frontier.push(hash_)
            if self.tree.complete:
                self.tiles.update({(tile.level, tile.number): tile.hashes for tile in self.tree.complete})
                self.tree.complete = []


@pytest.fixture(scope="module")
def grown() -> Grown:
    return Grown(SIZES[-1])


@pytest.mark.parametrize("size", SIZES[:8])
def test_the_root_is_the_frontiers(size: int) -> None:
    small = Grown(size)
    assert small.tree.view().root() == small.frontier.root()


def test_an_empty_tree() -> None:
    view = Grown(0).tree.view()
    assert view.root() == view.root_at(0) == EMPTY_ROOT


def test_a_large_trees_root_and_earlier_roots(grown: Grown) -> None:
    view = grown.tree.view()
    assert view.root() == view.root_at(view.size) == grown.frontier.root()
    frontier = Frontier()
    for i in range(view.size):
        if i in SIZES:
            assert view.root_at(i) == frontier.root()
        frontier.push(leaf_hash(i.to_bytes(4, "big")))


@pytest.mark.parametrize("index", [0, 255, 256, 65_535, 65_536, 65_799])
def test_entries_are_proved(grown: Grown, index: int) -> None:
    view = grown.tree.view()
    path = inclusion_path(index, view.size, view.node)
    hash_ = leaf_hash(index.to_bytes(4, "big"))
    verify_inclusion(index=index, size=view.size, hash_=hash_, path=path, root=view.root())


def test_a_view_stays_as_it_was() -> None:
    small = Grown(10)
    view, root = small.tree.view(), small.frontier.root()
    small.tree.push(bytes(32))
    assert view.size == 10
    assert view.root() == root


def test_what_is_not_there_is_a_fault(grown: Grown) -> None:
    view = grown.tree.view()
    for level, index in ((0, view.size), (1, view.size // 2), (16, 1), (24, 0)):
        with pytest.raises(LogFaultError):
            view.node(level, index)
    small = Grown(256)
    small.tiles.clear()
    with pytest.raises(LogFaultError):
        small.tree.view().root_at(200)
