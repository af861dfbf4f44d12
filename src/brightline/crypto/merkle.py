"""The Merkle tree of RFC 6962 section 2.1, and its proofs as RFC 9162 sections 2.1.3 and 2.1.4 check them.

INVARIANT: a leaf and a node never hash alike (prefix bytes 0x00 and 0x01).
INVARIANT: a check raises `ProofError` or returns; nothing proves anything about a tree of size 0, whose prefix every
tree has, so a proof from size 0 refuses.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence

from brightline.crypto.errors import ProofError

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()

ReadNode = Callable[[int, int], bytes]
"""`read_node(level, index)`: the hash of the complete subtree over leaves `[index << level, (index + 1) << level)`."""


def leaf_hash(data: bytes) -> bytes:
    """The 32-byte hash of a leaf (RFC 6962 section 2.1)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The 32-byte hash of a node over its two children (RFC 6962 section 2.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """The right border of a growing tree: one hash for each complete subtree, the largest first.

    INVARIANT: it holds one hash for each 1 bit of `size`, so a tree of 2^40 leaves needs 40.
    """

    __slots__ = ("_hashes", "_size")

    def __init__(self) -> None:
        self._size = 0
        self._hashes: list[bytes] = []

    @classmethod
    def from_hashes(cls, size: int, hashes: Sequence[bytes]) -> "Frontier":
        """The frontier of a tree of `size` leaves; raises `ProofError` when `hashes` do not fit that size."""
        if size < 0 or len(hashes) != size.bit_count() or any(len(hash_) != HASH_BYTES for hash_ in hashes):
            raise ProofError(f"a frontier of size {size} has another number or length of hashes")
        frontier = cls()
        frontier._size = size
        frontier._hashes = list(hashes)
        return frontier

    @property
    def size(self) -> int:
        """How many leaves the tree has."""
        return self._size

    def hashes(self) -> tuple[bytes, ...]:
        """The hashes of the complete subtrees, the largest first; `from_hashes` takes them back."""
        return tuple(self._hashes)

    def push(self, hash_: bytes) -> None:
        """Add one leaf by its leaf hash."""
        hashes, carry = self._hashes, self._size
        while carry & 1:
            hash_ = hashlib.sha256(b"\x01" + hashes.pop() + hash_).digest()
            carry >>= 1
        hashes.append(hash_)
        self._size += 1

    def root(self) -> bytes:
        """The tree's root hash."""
        return _fold(self._hashes)


def root_of(hashes: Iterable[bytes]) -> bytes:
    """The root over leaf hashes; over the 256 hashes of a full tile, the hash one tile level up."""
    level = list(hashes)
    while len(level) > 1:
        lone = level[-1:] if len(level) & 1 else []
        pairs = zip(level[::2], level[1::2], strict=False)
        level = [hashlib.sha256(b"\x01" + left + right).digest() for left, right in pairs] + lone
    return level[0] if level else EMPTY_ROOT


def _fold(hashes: Sequence[bytes]) -> bytes:
    if not hashes:
        return EMPTY_ROOT
    root = hashes[-1]
    for hash_ in hashes[-2::-1]:
        root = node_hash(hash_, root)
    return root


def _range_root(start: int, end: int, read_node: ReadNode) -> bytes:
    """The root over leaves `[start, end)`, where `start` is a multiple of the largest subtree in the range."""
    hashes = []
    while start < end:
        level = (end - start).bit_length() - 1
        hashes.append(read_node(level, start >> level))
        start += 1 << level
    return _fold(hashes)


def _split(start: int, end: int) -> int:
    """Where RFC 6962 splits the range: at the largest power of two below its length."""
    return start + (1 << ((end - start - 1).bit_length() - 1))


def inclusion_path(index: int, size: int, read_node: ReadNode) -> tuple[bytes, ...]:
    """The path from leaf `index` to the root of the tree of `size` leaves (RFC 6962 section 2.1.1), leaf first.

    Raises `ProofError` when `index` is not in the tree.
    """
    if not 0 <= index < size:
        raise ProofError(f"entry {index} is not in a tree of size {size}")
    path, start, end = [], 0, size
    while end - start > 1:
        middle = _split(start, end)
        if index < middle:
            path.append(_range_root(middle, end, read_node))
            end = middle
        else:
            path.append(_range_root(start, middle, read_node))
            start = middle
    return tuple(reversed(path))


def consistency_path(old: int, new: int, read_node: ReadNode) -> tuple[bytes, ...]:
    """The proof that the tree of size `old` is a prefix of the tree of size `new` (RFC 6962 section 2.1.2).

    Raises `ProofError` when `old` is 0 or above `new`.
    """
    if not 0 < old <= new:
        raise ProofError(f"no consistency proof leads from size {old} to size {new}")
    path, start, end = [], 0, new
    while old != end:
        middle = _split(start, end)
        if old <= middle:
            path.append(_range_root(middle, end, read_node))
            end = middle
        else:
            path.append(_range_root(start, middle, read_node))
            start = middle
    if start:
        path.append(_range_root(start, end, read_node))
    return tuple(reversed(path))


def root_from_inclusion(index: int, size: int, hash_: bytes, path: Sequence[bytes]) -> bytes:
    """The root to which `path` leads from the leaf hash at `index` (RFC 9162 section 2.1.3.2, steps 1 to 4).

    Raises `ProofError` when the index lies outside the tree or the path is too long, too short or malformed.
    """
    if not 0 <= index < size:
        raise ProofError(f"entry {index} is not in a tree of size {size}")
    _check_lengths((hash_, *path))
    node, last, root = index, size - 1, hash_
    for sibling in path:
        if last == 0:
            raise ProofError("the inclusion path is too long")
        if node & 1 or node == last:
            root = node_hash(sibling, root)
            node, last = _skip_lone_levels(node, last)
        else:
            root = node_hash(root, sibling)
        node, last = node >> 1, last >> 1
    if last != 0:
        raise ProofError("the inclusion path is too short")
    return root


def verify_inclusion(*, index: int, size: int, hash_: bytes, path: Sequence[bytes], root: bytes) -> None:
    """Check that the tree with `root` and `size` holds the leaf hash at `index`; raises `ProofError` if not."""
    if root_from_inclusion(index, size, hash_, path) != root:
        raise ProofError(f"the path of entry {index} leads to another root")


def verify_consistency(*, old: int, new: int, path: Sequence[bytes], old_root: bytes, new_root: bytes) -> None:
    """Check that the tree of size `old` is a prefix of the tree of size `new` (RFC 9162 section 2.1.4.2).

    Raises `ProofError` if it is not shown; from size 0 nothing is shown.
    """
    if not 0 < old <= new:
        raise ProofError(f"nothing can be shown from size {old} to size {new}")
    if old == new:
        if path or old_root != new_root:
            raise ProofError("two trees of one size have different roots, or a path too many")
        return
    _check_lengths((old_root, new_root, *path))
    # A tree whose size is a power of two is itself the first node of the path, and the proof leaves it out.
    nodes = [old_root, *path] if old & (old - 1) == 0 else list(path)
    if not nodes or not path:
        raise ProofError("the consistency path is too short")
    found_old, found_new = _roots_from_consistency(old, new, nodes)
    if found_old != old_root or found_new != new_root:
        raise ProofError(f"the tree of size {old} is not a prefix of the tree of size {new}")


def _roots_from_consistency(old: int, new: int, nodes: Sequence[bytes]) -> tuple[bytes, bytes]:
    node, last = old - 1, new - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    old_root = new_root = nodes[0]
    for sibling in nodes[1:]:
        if last == 0:
            raise ProofError("the consistency path is too long")
        if node & 1 or node == last:
            old_root = node_hash(sibling, old_root)
            new_root = node_hash(sibling, new_root)
            node, last = _skip_lone_levels(node, last)
        else:
            new_root = node_hash(new_root, sibling)
        node, last = node >> 1, last >> 1
    if last != 0:
        raise ProofError("the consistency path is too short")
    return old_root, new_root


def _skip_lone_levels(node: int, last: int) -> tuple[int, int]:
    """Climb the levels where the last node has no sibling and stands for itself."""
    while node and not node & 1:
        node, last = node >> 1, last >> 1
    return node, last


def _check_lengths(hashes: Sequence[bytes]) -> None:
    if any(len(hash_) != HASH_BYTES for hash_ in hashes):
        raise ProofError(f"a hash has {HASH_BYTES} bytes")
