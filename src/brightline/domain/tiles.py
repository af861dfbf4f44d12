"""Where a log's files lie and how entries are bundled (C2SP tlog-tiles).

    checkpoint
    tile/<level>/<N>[.p/<width>]      up to 256 hashes of 32 bytes
    tile/entries/<N>[.p/<width>]      up to 256 entries, each behind its length in 2 bytes, big-endian

INVARIANT: a tree size calls for exactly one set of files: every full tile, and at most one partial tile a level.
INVARIANT: a name is read in its one canonical form, or refused.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

HEIGHT = 8
WIDTH = 256
HASH_BYTES = 32
MAX_ENTRY_BYTES = 2**16 - 1
CHECKPOINT_NAME = "checkpoint"
ENTRIES = -1
"""The level under which an entry bundle is named here; the format's word for it is `entries`."""

_NAME = re.compile(r"tile/(entries|0|[1-9][0-9]?)/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?", re.ASCII)
_MAX_LEVEL = 63


class TileError(ValueError):
    """A name or a bundle that is not in its one canonical form."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One file below `tile/`: its level (`ENTRIES` for a bundle), its index there, and how many items it holds."""

    level: int
    index: int
    width: int = WIDTH

    @property
    def name(self) -> str:
        """The path below the log's directory, with forward slashes."""
        level = "entries" if self.level == ENTRIES else str(self.level)
        partial = "" if self.width == WIDTH else f".p/{self.width}"
        return f"tile/{level}/{_index_path(self.index)}{partial}"

    @property
    def start(self) -> int:
        """The index of the first entry below this tile."""
        return self.index << (HEIGHT * (max(self.level, 0) + 1))


def _index_path(index: int) -> str:
    """`index` in three-digit path elements, all but the last behind an `x`: 1234067 is `x001/x234/067`."""
    path = f"{index % 1000:03d}"
    while index := index // 1000:
        path = f"x{index % 1000:03d}/{path}"
    return path


def parse_name(name: str) -> Tile:
    """The tile that `name` names; raises `TileError` for every name that `Tile.name` would not write."""
    match = _NAME.fullmatch(name)
    if match is None:
        raise TileError("not the name of a tile")
    level, path, width = match.groups()
    tile = Tile(
        level=ENTRIES if level == "entries" else int(level),
        index=int(path.replace("x", "").replace("/", "")),
        width=WIDTH if width is None else int(width),
    )
    if tile.name != name or tile.level > _MAX_LEVEL:
        raise TileError("not the canonical name of a tile")
    return tile


def tiles_for(size: int) -> Iterator[Tile]:
    """Every tile and bundle that a tree of `size` entries has, bundles first, then level by level, in order."""
    yield from tiles_at(ENTRIES, size)
    level = 0
    while size >> (HEIGHT * level):
        yield from tiles_at(level, size)
        level += 1


def tiles_at(level: int, size: int) -> Iterator[Tile]:
    """The tiles of one level in a tree of `size` entries, in order; the last may be partial."""
    items = size >> (HEIGHT * max(level, 0))
    for index in range(items // WIDTH):
        yield Tile(level, index)
    if items % WIDTH:
        yield Tile(level, items // WIDTH, items % WIDTH)


def partial_tiles(size: int) -> Iterator[Tile]:
    """The partial tiles of a tree of `size` entries: at most one bundle, and one tile a level."""
    if size % WIDTH:
        yield Tile(ENTRIES, size // WIDTH, size % WIDTH)
    level, items = 0, size
    while items:
        if items % WIDTH:
            yield Tile(level, items // WIDTH, items % WIDTH)
        level, items = level + 1, items >> HEIGHT


def is_tile_of(tile: Tile, size: int) -> bool:
    """Whether a tree of `size` entries has exactly this tile, at this width."""
    items = size >> (HEIGHT * max(tile.level, 0))
    return 0 <= tile.index <= items // WIDTH and tile.width == min(WIDTH, items - tile.index * WIDTH) > 0


def encode_bundle(entries: Sequence[bytes]) -> bytes:
    """The bytes of a bundle; raises `TileError` for none or too many entries, or one above 65,535 bytes."""
    if not 0 < len(entries) <= WIDTH or any(len(entry) > MAX_ENTRY_BYTES for entry in entries):
        raise TileError(f"a bundle has 1 to {WIDTH} entries of at most {MAX_ENTRY_BYTES} bytes")
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def decode_bundle(data: bytes, width: int) -> list[bytes]:
    """The `width` entries of a bundle; raises `TileError` when it holds fewer, more, or bytes that are no entry."""
    entries: list[bytes] = []
    at = 0
    for _ in range(width):
        start = at + 2
        at = start + int.from_bytes(data[at:start], "big")
        if start > len(data) or at > len(data):
            raise TileError(f"the bundle ends within entry {len(entries)} of {width}")
        entries.append(data[start:at])
    if at != len(data):
        raise TileError(f"{len(data) - at} bytes follow the last of {width} entries")
    return entries
