"""The file of windows, which may be lost, and the meter entries of the ledger, which are never."""

from pathlib import Path

import pytest

from brightline.domain.leaf import Kind, Leaf
from brightline.storage import (
    METERS_NAME,
    MeterEntry,
    MeterMark,
    Shard,
    StorageError,
    Store,
    WindowFile,
    remove_windows,
)
from brightline.storage.entries import INDEX_BITS


def leaves(*kinds: Kind) -> list[bytes]:
    return [Leaf(kind=kind, time_ms=at).encode() for at, kind in enumerate(kinds)]


def test_windows_are_kept_with_the_mark_up_to_which_they_are_complete(tmp_path: Path) -> None:
    kept = WindowFile.open(tmp_path)
    assert (kept.mark, kept.load(b"w" * 16)) == (MeterMark(), None)
    kept.keep([(b"w" * 16, b"one"), (b"v" * 16, b"two")])
    assert kept.mark == MeterMark()
    mark = MeterMark(7, b"leaf", b"rules")
    kept.keep([(b"w" * 16, b"three")], mark)
    kept.close()
    again = WindowFile.open(tmp_path)
    assert (again.mark, again.load(b"w" * 16), again.load(b"v" * 16)) == (mark, b"three", b"two")
    again.clear()
    assert (again.mark, again.load(b"w" * 16)) == (MeterMark(), None)
    again.close()


@pytest.mark.parametrize("damage", [b"no database", b""])
def test_a_file_that_cannot_be_read_is_begun_again(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / METERS_NAME).write_bytes(damage * 1000)
    kept = WindowFile.open(tmp_path)
    assert kept.mark == MeterMark()
    kept.close()


def test_a_file_whose_tables_are_damaged_is_begun_again(tmp_path: Path) -> None:
    kept = WindowFile.open(tmp_path)
    kept.keep([], MeterMark(7, b"leaf", b"rules"))
    kept.close()
    path = tmp_path / METERS_NAME
    data = bytearray(path.read_bytes())
    data[8192:] = b"x" * (len(data) - 8192)
    path.write_bytes(data)
    again = WindowFile.open(tmp_path)
    assert again.mark == MeterMark()
    again.close()


def test_where_no_file_can_be_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(StorageError):
        WindowFile.open(tmp_path / "missing")


def test_the_file_can_be_taken_away(tmp_path: Path) -> None:
    WindowFile.open(tmp_path).close()
    remove_windows(tmp_path)
    remove_windows(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_journal_has_the_meter_entries_and_nothing_else(store: Store, shard: Shard) -> None:
    assert (store.meter_journal.end, store.meter_journal.read(0, 9)) == (0, [])
    written = leaves(Kind.GENESIS, Kind.METER, Kind.INTENT, Kind.METER, Kind.AUTHORITY)
    first = shard.id << INDEX_BITS
    with store.database.transaction():
        store.entries(shard).add_leaves(0, written)
        store.entries(shard).add_sealed([(1, b"sealed"), (2, b"not of a meter")])
    journal = store.meter_journal
    assert journal.read(0, 9) == [
        MeterEntry(first + 1, written[1], b"sealed"),
        MeterEntry(first + 3, written[3], None),
        MeterEntry(first + 4, written[4], None),
    ]
    assert journal.read(first + 2, 9) == journal.read(0, 9)[1:]
    assert journal.read(0, 1) == journal.read(0, 9)[:1]
    assert journal.end == first + 5
    assert (journal.leaf(first + 3), journal.leaf(first + 9)) == (written[3], b"")


def test_what_registers_an_authority_is_told_from_uses_under_it(store: Store, shard: Shard) -> None:
    written = [
        Leaf(kind=Kind.GENESIS).encode(),
        Leaf(kind=Kind.AUTHORITY, label=3).encode(),
        Leaf(kind=Kind.AUTHORITY, label=1, reference=1).encode(),
        Leaf(kind=Kind.METER).encode(),
    ]
    with store.database.transaction():
        store.entries(shard).add_leaves(0, written)
        store.entries(shard).add_sealed([(1, b"sealed")])
    assert store.meter_journal.authorities() == [MeterEntry((shard.id << INDEX_BITS) + 1, written[1], b"sealed")]


def test_reading_the_journal_uses_its_index(store: Store) -> None:
    plan = store.database.rows(
        "EXPLAIN QUERY PLAN SELECT position FROM leaves "
        "WHERE leaf >= X'010C' AND leaf < X'010E' AND position >= 0 ORDER BY position LIMIT 1"
    )
    assert "leaves_meters" in str(plan)
