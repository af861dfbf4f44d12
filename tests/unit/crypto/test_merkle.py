"""Trees and proofs: what must not verify, then what must."""

import pytest

from brightline.crypto.errors import ProofError
from brightline.crypto.merkle import (
    EMPTY_ROOT,
    Frontier,
    consistency_path,
    inclusion_path,
    leaf_hash,
    node_hash,
    root_from_inclusion,
    root_of,
    verify_consistency,
    verify_inclusion,
)

LEAVES = [leaf_hash(b"%d" % number) for number in range(11)]


def read_node(level: int, index: int) -> bytes:
    nodes = LEAVES[index << level : (index + 1) << level]
    assert len(nodes) == 1 << level, "only complete subtrees are asked for"
    return root_of(nodes)


def consistent(old: int, new: int, **changed: object) -> dict[str, object]:
    facts = {
        "old": old,
        "new": new,
        "path": consistency_path(old, new, read_node),
        "old_root": root_of(LEAVES[:old]),
        "new_root": root_of(LEAVES[:new]),
    }
    return {**facts, **changed}


def test_a_leaf_and_a_node_never_hash_alike() -> None:
    assert leaf_hash(LEAVES[0] + LEAVES[1]) != node_hash(LEAVES[0], LEAVES[1])


def test_an_entry_outside_the_tree_has_no_path() -> None:
    for index in (-1, 7):
        with pytest.raises(ProofError, match="not in a tree"):
            inclusion_path(index, 7, read_node)
        with pytest.raises(ProofError, match="not in a tree"):
            root_from_inclusion(index, 7, LEAVES[0], [])


def test_a_path_of_another_length_refuses() -> None:
    path = inclusion_path(5, 11, read_node)
    with pytest.raises(ProofError, match="too long"):
        root_from_inclusion(5, 11, LEAVES[5], [*path, LEAVES[0]])
    with pytest.raises(ProofError, match="too short"):
        root_from_inclusion(5, 11, LEAVES[5], path[:-1])
    with pytest.raises(ProofError, match="32 bytes"):
        root_from_inclusion(5, 11, LEAVES[5], [b"short", *path[1:]])


def test_a_path_of_another_entry_refuses() -> None:
    path = inclusion_path(5, 11, read_node)
    with pytest.raises(ProofError, match="another root"):
        verify_inclusion(index=4, size=11, hash_=LEAVES[5], path=path, root=root_of(LEAVES))


@pytest.mark.parametrize("size", range(1, 12))
def test_every_entry_is_shown_in_every_size(size: int) -> None:
    for index in range(size):
        path = inclusion_path(index, size, read_node)
        verify_inclusion(index=index, size=size, hash_=LEAVES[index], path=path, root=root_of(LEAVES[:size]))


@pytest.mark.parametrize(("old", "new"), [(0, 0), (0, 5), (6, 5), (-1, 5)])
def test_nothing_is_shown_from_an_empty_or_a_later_tree(old: int, new: int) -> None:
    with pytest.raises(ProofError):
        consistency_path(old, new, read_node)
    with pytest.raises(ProofError):
        verify_consistency(old=old, new=new, path=(), old_root=EMPTY_ROOT, new_root=EMPTY_ROOT)


@pytest.mark.parametrize(
    "changed",
    [
        {"old_root": LEAVES[0]},
        {"new_root": LEAVES[0]},
        {"path": ()},
        {"path": (*consistency_path(6, 11, read_node), LEAVES[0])},
        {"path": consistency_path(6, 11, read_node)[:-1]},
        {"path": consistency_path(5, 11, read_node)},
        {"path": (b"short",)},
        {"old_root": b""},
    ],
)
def test_a_changed_consistency_proof_refuses(changed: dict[str, object]) -> None:
    with pytest.raises(ProofError):
        verify_consistency(**consistent(6, 11, **changed))  # type: ignore[arg-type]


def test_one_size_needs_one_root_and_no_path() -> None:
    verify_consistency(**consistent(6, 6))  # type: ignore[arg-type]
    for changed in ({"path": (LEAVES[0],)}, {"new_root": LEAVES[0]}):
        with pytest.raises(ProofError, match="one size"):
            verify_consistency(**consistent(6, 6, **changed))  # type: ignore[arg-type]


@pytest.mark.parametrize("new", range(1, 12))
def test_every_prefix_is_shown(new: int) -> None:
    for old in range(1, new + 1):
        verify_consistency(**consistent(old, new))  # type: ignore[arg-type]


def test_a_frontier_needs_the_hashes_of_its_size() -> None:
    for size, hashes in ((-1, []), (3, [LEAVES[0]]), (1, [b"short"]), (0, [LEAVES[0]])):
        with pytest.raises(ProofError, match="frontier"):
            Frontier.from_hashes(size, hashes)


def test_a_frontier_grows_as_the_tree_does() -> None:
    frontier = Frontier()
    assert frontier.root() == EMPTY_ROOT == root_of([])
    for size, leaf in enumerate(LEAVES, 1):
        frontier.push(leaf)
        assert (frontier.size, frontier.root()) == (size, root_of(LEAVES[:size]))
        assert Frontier.from_hashes(size, frontier.hashes()).root() == frontier.root()
