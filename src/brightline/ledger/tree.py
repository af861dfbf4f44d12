"""The Merkle tree of a growing log in tiles of 256 hashes: complete tiles go to the store, partial ones stay in memory.

So an entry costs the same however many there are, and a proof reads one tile a level.
INVARIANT: a complete tile never changes; a view goes on showing the tree as it was.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from brightline.crypto.merkle import Frontier, root_of
from brightline.domain.tiles import HASH_BYTES, HEIGHT, WIDTH
from brightline.ledger.errors import LogFaultError
from brightline.storage import TileRow

_TILE_BYTES = WIDTH * HASH_BYTES
ReadTile = Callable[[int, int], bytes | None]
"""`read(level, number)`: the 256 hashes of a complete tile, or none."""


@dataclass(frozen=True, slots=True)
class TreeView:
    """The tree at one size; `partials` are the hashes of the last, incomplete tile of each level."""

    size: int
    partials: tuple[bytes, ...]
    read_tile: ReadTile = field(repr=False)

    def root(self) -> bytes:
        """The root over all entries."""
        hashes: list[bytes] = []
        for partial in reversed(self.partials):
            frontier = Frontier()
            for hash_ in _split(partial):
                frontier.push(hash_)
            hashes += frontier.hashes()
        return Frontier.from_hashes(self.size, hashes).root()

    def root_at(self, size: int) -> bytes:
        """The root over the first `size` entries, at most as many as there are."""
        hashes: list[bytes] = []
        start = 0
        while start < size:
            level = (size - start).bit_length() - 1
            hashes.append(self.node(level, start >> level))
            start += 1 << level
        return Frontier.from_hashes(size, hashes).root()

    def node(self, level: int, index: int) -> bytes:
        """The hash of a complete subtree (`crypto.merkle.ReadNode`); raises `LogFaultError` when it is not there."""
        tile_level, height = divmod(level, HEIGHT)
        first = index << height
        hashes = self.tile(tile_level, first // WIDTH)
        start, end = first % WIDTH * HASH_BYTES, (first % WIDTH + (1 << height)) * HASH_BYTES
        if end > len(hashes):
            raise LogFaultError("ledger/no-node", level=level, index=index)
        return root_of(_split(hashes[start:end]))

    def tile(self, level: int, number: int) -> bytes:
        """The hashes of a tile, complete or partial; raises `LogFaultError` when it is not there."""
        items = self.size >> (HEIGHT * level)
        if number < items // WIDTH:
            found = self.read_tile(level, number)
            if found is not None:
                return found
        elif number == items // WIDTH and level < len(self.partials):
            return self.partials[level]
        raise LogFaultError("ledger/no-node", level=level * HEIGHT, index=number * WIDTH)


class TileTree:
    """The growing tree; complete tiles wait in `complete` until they are stored."""

    __slots__ = ("_partials", "_read_tile", "complete", "size")

    def __init__(self, size: int, partials: Sequence[bytes], read_tile: ReadTile) -> None:
        self.size = size
        self.complete: list[TileRow] = []
        self._partials = [bytearray(partial) for partial in partials] or [bytearray()]
        self._read_tile = read_tile

    def push(self, hash_: bytes) -> None:
        """Add one leaf by its leaf hash."""
        lowest = self._partials[0]
        lowest += hash_
        self.size += 1
        if len(lowest) == _TILE_BYTES:
            self._complete(0)

    def _complete(self, level: int) -> None:
        hashes = bytes(self._partials[level])
        root = root_of(_split(hashes))
        number = (self.size >> (HEIGHT * (level + 1))) - 1
        self.complete.append(TileRow(level, number, root, hashes))
        self._partials[level] = bytearray()
        if level + 1 == len(self._partials):
            self._partials.append(bytearray())
        self._partials[level + 1] += root
        if len(self._partials[level + 1]) == _TILE_BYTES:
            self._complete(level + 1)

    def view(self) -> TreeView:
        """The tree as it stands; every complete tile must be stored by now."""
        return TreeView(self.size, tuple(map(bytes, self._partials)), self._read_tile)


def _split(hashes: bytes) -> Iterator[bytes]:
    return (hashes[at : at + HASH_BYTES] for at in range(0, len(hashes), HASH_BYTES))
