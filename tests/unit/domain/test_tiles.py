"""Names and bundles: one canonical form, or refused."""

import pytest

from brightline.domain.tiles import (
    ENTRIES,
    MAX_ENTRY_BYTES,
    Tile,
    TileError,
    decode_bundle,
    encode_bundle,
    is_tile_of,
    parse_name,
    partial_tiles,
    tiles_at,
    tiles_for,
)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "checkpoint",
        "tile/0",
        "tile/0/",
        "tile/0/00",
        "tile/0/0000",
        "tile/0/x000/000",
        "tile/0/001/002",
        "tile/0/x001",
        "tile/0/X001/002",
        "tile/00/000",
        "tile/64/000",
        "tile/100/000",
        "tile/-1/000",
        "tile/Entries/000",
        "tile/0/000.p/0",
        "tile/0/000.p/01",
        "tile/0/000.p/256",
        "tile/0/000.p/1000",
        "tile/0/000.p/",
        "tile/0/000.p",
        "tile/0/000\n",
        "/tile/0/000",
        "tile//0/000",
        "tile/0/\u0660\u0660\u0660",
    ],
)
def test_another_name_refuses(name: str) -> None:
    with pytest.raises(TileError):
        parse_name(name)


@pytest.mark.parametrize(
    ("tile", "name"),
    [
        (Tile(0, 0), "tile/0/000"),
        (Tile(0, 1234067), "tile/0/x001/x234/067"),
        (Tile(63, 999, 255), "tile/63/999.p/255"),
        (Tile(ENTRIES, 1000, 1), "tile/entries/x001/000.p/1"),
    ],
)
def test_a_name_reads_back(tile: Tile, name: str) -> None:
    assert tile.name == name
    assert parse_name(name) == tile


def test_a_tree_of_70000_has_the_specifications_tiles() -> None:
    """C2SP tlog-tiles, section Partial Tiles."""
    names = [tile.name for tile in tiles_for(70_000)]
    assert [name for name in names if ".p/" in name] == [
        "tile/entries/273.p/112",
        "tile/0/273.p/112",
        "tile/1/001.p/17",
        "tile/2/000.p/1",
    ]
    assert len(names) == len(set(names)) == 274 + 274 + 2 + 1
    assert [tile.name for tile in tiles_for(256)] == ["tile/entries/000", "tile/0/000", "tile/1/000.p/1"]
    assert list(tiles_for(0)) == []


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 511, 512, 65535, 65536, 65537])
def test_a_tree_has_its_tiles_and_no_other(size: int) -> None:
    tiles = list(tiles_for(size))
    assert all(is_tile_of(tile, size) for tile in tiles)
    assert [tile for tile in tiles if tile.width < 256] == list(partial_tiles(size))
    for tile in tiles:
        assert not is_tile_of(Tile(tile.level, tile.index, tile.width % 256 + 1), size)
        assert not is_tile_of(Tile(tile.level, -1 - tile.index, tile.width), size)
    for level in (ENTRIES, 0, 1, 2, 7):
        assert not is_tile_of(Tile(level, len(list(tiles_at(level, size)))), size)


def test_a_tile_knows_its_first_entry() -> None:
    assert [Tile(level, 3).start for level in (ENTRIES, 0, 1)] == [768, 768, 3 * 65536]


@pytest.mark.parametrize("entries", [[], [b""] * 257, [b"a" * (MAX_ENTRY_BYTES + 1)]])
def test_what_fits_no_bundle_refuses(entries: list[bytes]) -> None:
    with pytest.raises(TileError):
        encode_bundle(entries)


@pytest.mark.parametrize(
    ("data", "width"),
    [(b"", 1), (b"\0", 1), (b"\0\2a", 1), (b"\0\1a", 2), (b"\0\1a\0", 2), (b"\0\1a\0", 1), (b"\0\1a\0\1b", 1)],
)
def test_another_bundle_refuses(data: bytes, width: int) -> None:
    with pytest.raises(TileError):
        decode_bundle(data, width)


def test_a_bundle_reads_back() -> None:
    for entries in ([b""], [b"a", b"", b"c" * MAX_ENTRY_BYTES], [b"x"] * 256):
        assert decode_bundle(encode_bundle(entries), len(entries)) == entries
