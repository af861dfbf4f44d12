"""Rows of one shard."""

import pytest

from brightline.storage import Mark, Shard, SignedRow, Store, StoreFaultError, TileRow
from brightline.storage import entries as entries_module


def leaf(use: int) -> bytes:
    return bytes(14) + use.to_bytes(16, "big") + bytes(200)


def test_an_empty_shard(store: Store, shard: Shard) -> None:
    entries = store.entries(shard)
    assert entries.size() == 0
    assert entries.leaves(0, 9) == []
    assert entries.blob(0) is None
    assert entries.tile(0, 0) is None
    assert entries.tile_roots(0, 0, 9) == []
    assert entries.mark() == Mark(0, b"")
    assert entries.last_checkpoint() is None
    assert entries.checkpoints() == []
    assert list(entries.find_use(bytes(16))) == []


def test_entries_are_numbered_from_zero_within_their_shard(store: Store, shard: Shard) -> None:
    shards = store.shards(agreement="pilot", enclave="field")
    with store.database.transaction():
        other = shards.add(number=2, origin="o/2", reason="r", vkey="v")
        store.entries(other).add_leaves(0, [b"other"])
        store.entries(shard).add_leaves(0, [b"a", b"b"])
        store.entries(shard).add_leaves(2, [b"c"])
        store.entries(shard).add_sealed([(1, b"sealed")])
    entries = store.entries(shard)
    assert entries.size() == 3
    assert entries.leaves(1, 9) == [b"b", b"c"]
    assert entries.blob(1) == b"sealed"
    assert entries.blob(2) is None
    assert store.entries(other).leaves(0, 9) == [b"other"]


def test_an_index_is_given_once(store: Store, shard: Shard) -> None:
    entries = store.entries(shard)
    with store.database.transaction():
        entries.add_leaves(0, [b"a"])
    with pytest.raises(StoreFaultError), store.database.transaction():
        entries.add_leaves(0, [b"b"])
    assert entries.leaves(0, 1) == [b"a"]


def test_a_use_is_found_some_rows_at_a_time(store: Store, shard: Shard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entries_module, "_SCAN_ROWS", 4)
    entries = store.entries(shard)
    with store.database.transaction():
        entries.add_leaves(0, [leaf(i % 3) for i in range(10)])
    assert list(entries.find_use((1).to_bytes(16, "big"))) == [1, 4, 7]
    assert list(entries.find_use((9).to_bytes(16, "big"))) == []


def test_tiles(store: Store, shard: Shard) -> None:
    entries = store.entries(shard)
    with store.database.transaction():
        entries.add_tiles([TileRow(0, 0, b"r0", b"h0"), TileRow(0, 1, b"r1", b"h1"), TileRow(1, 0, b"R", b"H")])
    assert entries.tile(0, 1) == b"h1"
    assert entries.tile(1, 0) == b"H"
    assert entries.tile_roots(0, 0, 256) == [b"r0", b"r1"]


def test_a_mark_replaces_the_one_before(store: Store, shard: Shard) -> None:
    entries = store.entries(shard)
    for mark in (Mark(5, b"x"), Mark(9, b"")):
        with store.database.transaction():
            entries.set_mark(mark)
    assert entries.mark() == Mark(9, b"")


def test_checkpoints_by_size(store: Store, shard: Shard) -> None:
    entries = store.entries(shard)
    rows = [SignedRow(3, 0, b"n3"), SignedRow(7, 3, b"n7")]
    with store.database.transaction():
        for row in reversed(rows):
            entries.add_checkpoint(row)
    assert entries.checkpoints() == rows
    assert entries.checkpoints(4) == rows[1:]
    assert entries.last_checkpoint() == rows[1]
    with pytest.raises(StoreFaultError), store.database.transaction():
        entries.add_checkpoint(SignedRow(7, 3, b"another root of the same size"))
