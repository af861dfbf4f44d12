"""The store of a data directory: who may open it, and what opening afresh does."""

import os
from pathlib import Path

import pytest

from brightline.storage import Shard, Store, StoreFaultError, StoreLockedError, StoreRefusedError
from brightline.storage import service as service_module
from brightline.storage.interpose import Interposed
from brightline.testing.faulty_vfs import FailingDisk


def test_one_owner(store: Store, tmp_path: Path) -> None:
    with pytest.raises(StoreLockedError):
        Store.open(tmp_path)
    assert store.path == tmp_path / "store.db"


def test_a_missing_store_is_not_made_and_the_lock_is_let_go(tmp_path: Path) -> None:
    for _ in range(2):
        with pytest.raises(StoreFaultError):
            Store.open(tmp_path)


def test_a_directory_that_cannot_hold_a_store_refuses(tmp_path: Path) -> None:
    (tmp_path / "store.db").mkdir()
    with pytest.raises(StoreFaultError) as caught:
        Store.open(tmp_path, create=True)
    assert caught.value.code == "storage/cannot-open"


def test_a_store_of_another_program_is_let_go(tmp_path: Path) -> None:
    store = Store.open(tmp_path, create=True)
    store.database.value("PRAGMA application_id=7")
    store.close()
    for _ in range(2):
        with pytest.raises(StoreRefusedError):
            Store.open(tmp_path)


def test_only_the_owner_may_read_it(store: Store) -> None:
    for path in store.paths:
        assert path.stat().st_mode & 0o077 == 0


def test_what_was_committed_is_there_after_a_crash(tmp_path: Path, store: Store, shard: Shard) -> None:
    with store.database.transaction():
        store.entries(shard).add_leaves(0, [b"leaf"])
    store.abandon()
    again = Store.open(tmp_path)
    assert again.entries(shard).leaves(0, 1) == [b"leaf"]
    again.close()


def test_a_store_names_the_logs_that_it_has(store: Store, shard: Shard) -> None:
    with store.database.transaction():
        store.shards(agreement="another", enclave="e").add(number=1, origin="o/a", reason="", vkey="v")
    assert len(store.scopes()) == 2
    assert store.scopes()[1] == ("another", "e")


def test_what_was_handed_out_stays_of_use_after_opening_afresh(store: Store, shard: Shard) -> None:
    entries = store.entries(shard)
    with store.database.transaction():
        entries.add_leaves(0, [b"leaf"])
    store.drop()
    with pytest.raises(StoreFaultError):
        entries.size()
    store.reopen()
    assert entries.leaves(0, 1) == [b"leaf"]
    assert store.paths[1].stat().st_size == 0


def test_opening_afresh_does_not_make_a_store(store: Store) -> None:
    store.drop()
    store.path.rename(store.path.with_name("away"))
    with pytest.raises(StoreFaultError):
        store.reopen()
    assert not store.path.exists()


def test_opening_afresh_fails_while_the_disk_does(tmp_path: Path) -> None:
    disk = FailingDisk("write")
    layer = Interposed(f"unit-{os.urandom(4).hex()}", disk)
    store = Store.open(tmp_path, create=True, vfs=layer.name)
    with store.database.transaction():
        store.settings(1).set("a", b"b")
    disk.broken = True
    with pytest.raises(StoreFaultError):
        store.reopen()
    disk.broken = False
    store.reopen()
    assert store.settings(1).get("a") == b"b"
    store.close()
    layer.unregister()


def test_opening_afresh_looks_at_the_schema_again(store: Store) -> None:
    store.database.value("PRAGMA user_version=99")
    with pytest.raises(StoreRefusedError):
        store.reopen()


def test_a_backup_is_a_store(store: Store, shard: Shard, tmp_path: Path) -> None:
    with store.database.transaction():
        store.entries(shard).add_leaves(0, [b"leaf"])
    other = tmp_path / "other"
    other.mkdir()
    store.backup(other / service_module.STORE_NAME)
    copy = Store.open(other)
    assert copy.entries(shard).leaves(0, 1) == [b"leaf"]
    copy.close()
