"""For every tree up to 300 leaves: paths verify, prefixes are shown, and no flipped bit passes."""

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from brightline.crypto.errors import ProofError
from brightline.crypto.merkle import (
    Frontier,
    consistency_path,
    inclusion_path,
    leaf_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
)

MOST = 300
LEAVES = [leaf_hash(b"%d" % number) for number in range(MOST)]
SIZES = st.integers(1, MOST)


@cache
def read_node(level: int, index: int) -> bytes:
    return root_of(LEAVES[index << level : (index + 1) << level])


@cache
def root(size: int) -> bytes:
    return root_of(LEAVES[:size])


def flip(data: bytes, bit: int) -> bytes:
    at, mask = divmod(bit, 8)
    return data[:at] + bytes([data[at] ^ (1 << mask)]) + data[at + 1 :]


def test_roots_are_those_of_another_library() -> None:
    tree, frontier = InmemoryTree(algorithm="sha256"), Frontier()
    for number, leaf in enumerate(LEAVES):
        tree.append_entry(b"%d" % number)
        frontier.push(leaf)
        assert frontier.root() == root(number + 1) == tree.get_root()


def test_every_entry_of_every_size_has_its_path() -> None:
    for size in range(1, MOST + 1):
        for index in range(0, size, 1 + size // 40):
            path = inclusion_path(index, size, read_node)
            verify_inclusion(index=index, size=size, hash_=LEAVES[index], path=path, root=root(size))


def test_every_size_is_shown_to_continue_every_earlier_one() -> None:
    for new in range(1, MOST + 1):
        for old in range(1, new + 1, 1 + new // 40):
            path = consistency_path(old, new, read_node)
            verify_consistency(old=old, new=new, path=path, old_root=root(old), new_root=root(new))


@given(SIZES, st.data())
@settings(max_examples=300, deadline=None)
def test_no_flipped_bit_passes_for_an_entry(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    path = list(inclusion_path(index, size, read_node))
    target = data.draw(st.integers(-2, len(path) - 1))
    bit = data.draw(st.integers(0, 255))
    hash_ = flip(LEAVES[index], bit) if target == -2 else LEAVES[index]
    found = flip(root(size), bit) if target == -1 else root(size)
    if target >= 0:
        path[target] = flip(path[target], bit)
    with pytest.raises(ProofError):
        verify_inclusion(index=index, size=size, hash_=hash_, path=path, root=found)


@given(SIZES, st.data())
@settings(max_examples=300, deadline=None)
def test_no_path_passes_for_another_entry(size: int, data: st.DataObject) -> None:
    """Nor for another size whose path would be as long."""
    index, other = (data.draw(st.integers(0, size - 1)) for _ in range(2))
    path = inclusion_path(index, size, read_node)
    if index != other:
        with pytest.raises(ProofError):
            verify_inclusion(index=other, size=size, hash_=LEAVES[index], path=path, root=root(size))


@given(SIZES, st.data())
@settings(max_examples=300, deadline=None)
def test_no_flipped_bit_passes_for_a_prefix(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, new))
    path = list(consistency_path(old, new, read_node))
    target = data.draw(st.integers(-2, len(path) - 1))
    bit = data.draw(st.integers(0, 255))
    old_root = flip(root(old), bit) if target == -2 else root(old)
    new_root = flip(root(new), bit) if target == -1 else root(new)
    if target >= 0:
        path[target] = flip(path[target], bit)
    with pytest.raises(ProofError):
        verify_consistency(old=old, new=new, path=path, old_root=old_root, new_root=new_root)


@given(SIZES)
@settings(max_examples=50, deadline=None)
def test_a_frontier_comes_back_from_its_hashes(size: int) -> None:
    frontier = Frontier()
    for leaf in LEAVES[:size]:
        frontier.push(leaf)
    again = Frontier.from_hashes(size, frontier.hashes())
    assert again.root() == root(size)
    assert len(again.hashes()) == size.bit_count()
