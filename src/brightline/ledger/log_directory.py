"""The public directory of one shard (C2SP tlog-tiles), written so that it verifies whenever nobody is writing.

Order of a publication: bundles and tiles, synced; the anchor; the checkpoint, renamed into place; then the partial
tiles that the new size no longer calls for are removed. That they are gone is durable with the next publication's
tiles, so that no publication waits for it.
INVARIANT: what a checkpoint in place calls for is there; only more may be, after a crash, and `sweep` removes that.
"""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from brightline.domain.tiles import (
    CHECKPOINT_NAME,
    ENTRIES,
    HEIGHT,
    WIDTH,
    Tile,
    encode_bundle,
    is_tile_of,
    partial_tiles,
)
from brightline.ledger.errors import LogFaultError
from brightline.ledger.ports import Files
from brightline.ledger.tree import TreeView

ReadLeaves = Callable[[int, int], Sequence[bytes]]
"""`read(start, end)`: the leaves of entries `[start, end)`."""


class LogDirectory:
    """The directory at `path`; a draft of the checkpoint lies beside it, never within."""

    def __init__(self, path: Path, files: Files) -> None:
        self.path = path
        self._files = files
        self._draft = path.with_name(f"{path.name}.checkpoint.new")
        self._swept: set[Path] = set()
        """The directories in which a removal may not be durable yet."""

    def create(self, top: Path) -> None:
        """Make the directory, `top` and those between them, durably; raises `OSError`."""
        touched: set[Path] = set()
        self._make(self.path, top.parent, touched)
        self._sync(touched)

    def checkpoint(self) -> bytes | None:
        """The checkpoint in place, or none; raises `OSError`."""
        return self._files.read(self.path / CHECKPOINT_NAME)

    def check_empty(self) -> None:
        """Raises `LogFaultError` when a directory without a checkpoint holds more than a first publication's start."""
        for name in self._files.names(self.path):
            if name != "tile":
                raise LogFaultError("ledger/log-damaged", path=str(self.path / CHECKPOINT_NAME))

    def check_edge(self, size: int) -> None:
        """Raises `LogFaultError` when a partial tile that `size` calls for is gone."""
        for tile in partial_tiles(size):
            path = self.path / tile.name
            if path.name not in self._files.names(path.parent):
                raise LogFaultError("ledger/log-damaged", path=str(path))

    def add(self, view: TreeView, published: int, read_leaves: ReadLeaves) -> None:
        """Write every bundle and tile that `view` has and size `published` had not, durably; raises `OSError`.

        What was swept before is durably gone then, too.
        """
        touched: set[Path] = set()
        for tile in tiles_between(published, view.size):
            path = self.path / tile.name
            if tile.level == ENTRIES:
                data = encode_bundle(read_leaves(tile.start, tile.start + tile.width))
            else:
                data = view.tile(tile.level, tile.index)
            self._make(path.parent, self.path, touched)
            self._files.write(path, data)
            touched.add(path.parent)
        for directory in self._swept - touched:
            with contextlib.suppress(FileNotFoundError):
                self._files.sync_directory(directory)
        self._sync(touched)
        self._swept.clear()

    def _sync(self, directories: Iterable[Path]) -> None:
        for directory in sorted(directories, key=lambda path: -len(path.parts)):
            self._files.sync_directory(directory)

    def _make(self, path: Path, top: Path, touched: set[Path]) -> None:
        """Make `path`, below `top`, noting each directory that got a new name."""
        if path in touched or path == top:
            return
        self._make(path.parent, top, touched)
        if self._files.make_directory(path):
            touched.add(path.parent)

    def place(self, note: bytes) -> None:
        """Put the checkpoint in place, durably; raises `OSError`."""
        self._files.write(self._draft, note)
        self._files.replace(self._draft, self.path / CHECKPOINT_NAME)
        self._files.sync_directory(self.path)

    def sweep(self, size: int, others: Iterable[int]) -> None:
        """Remove the tiles that one of the sizes `others` had and `size` has not; raises `OSError`.

        A power loss before the next `add` may bring them back.
        """
        for other in others:
            for tile in _surplus(size, other):
                path = self.path / tile.name
                self._files.remove(path)
                self._swept.add(path.parent)
                if tile.width < WIDTH:
                    self._files.remove(path.parent)
                    self._swept.add(path.parent.parent)


def tiles_between(old: int, new: int) -> Iterator[Tile]:
    """The bundles and tiles that a tree of `new` entries has and one of `old` entries had not."""
    level = ENTRIES
    while level == ENTRIES or new >> (HEIGHT * level):
        had, has = (size >> (HEIGHT * max(level, 0)) for size in (old, new))
        if had != has:
            for index in range(had // WIDTH, -(-has // WIDTH)):
                yield Tile(level, index, min(WIDTH, has - index * WIDTH))
        level += 1


def _surplus(size: int, other: int) -> Iterator[Tile]:
    for tile in partial_tiles(other):
        if not is_tile_of(tile, size):
            yield tile
    if other > size:
        yield from tiles_between(size, other)
