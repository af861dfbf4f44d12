"""The connection: what a fault does to it, what a commit promises, and what a backup holds."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from brightline.storage.connection import OFF, Database
from brightline.storage.errors import StoreFaultError, StoreRefusedError
from brightline.storage.interpose import Interposed
from brightline.testing.faulty_vfs import FailingDisk


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database.open(tmp_path / "store.db", create=True)
    with opened.transaction():
        opened.write("CREATE TABLE t (a)")
    yield opened
    opened.drop()


def failing(path: Path, kind: str) -> tuple[Database, FailingDisk, Interposed]:
    disk = FailingDisk(kind)
    layer = Interposed(f"unit-{os.urandom(4).hex()}", disk)
    database = Database.open(path, create=True, vfs=layer.name)
    with database.transaction():
        database.write("CREATE TABLE t (a)")
    return database, disk, layer


@pytest.mark.parametrize(
    ("kind", "code"),
    [("full", "storage/full"), ("write", "storage/io"), ("sync", "storage/io"), ("read-only", "storage/read-only")],
)
def test_a_fault_has_its_code_and_nothing_is_taken_as_written(tmp_path: Path, kind: str, code: str) -> None:
    database, disk, layer = failing(tmp_path / "store.db", kind)
    disk.broken = True
    with pytest.raises(StoreFaultError) as caught, database.transaction():
        database.write("INSERT INTO t VALUES (1)")
    assert caught.value.code == code
    assert disk.refused > 0
    database.drop()
    layer.unregister()


def test_no_store_is_made_where_one_was_expected(tmp_path: Path) -> None:
    with pytest.raises(StoreFaultError) as caught:
        Database.open(tmp_path / "store.db", create=False)
    assert caught.value.code == "storage/cannot-open"
    assert not (tmp_path / "store.db").exists()


def test_a_file_that_is_no_database_is_named_as_damaged(tmp_path: Path) -> None:
    (tmp_path / "store.db").write_bytes(b"not a database, and long enough to be looked at" * 100)
    with pytest.raises(StoreFaultError) as caught:
        Database.open(tmp_path / "store.db", create=True)
    assert caught.value.code == "storage/damaged"


def test_a_second_program_is_kept_out(database: Database) -> None:
    with pytest.raises(StoreFaultError) as caught:
        Database.open(database.path, create=False)
    assert caught.value.code == "storage/busy"


def test_a_setting_that_does_not_take_refuses(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    Database.open(path, create=True).close()
    with pytest.raises(StoreRefusedError) as caught:
        Database.open(path, create=False, page_bytes=4096)
    assert caught.value.code == "storage/pragma"
    assert caught.value.words["name"] == "page_size"


def test_durability_is_set(database: Database) -> None:
    assert database.value("PRAGMA synchronous") == 2
    assert database.value("PRAGMA journal_mode") == "wal"
    assert database.value("PRAGMA page_size") == 32768
    assert database.value("PRAGMA foreign_keys") == 1
    assert database.value("PRAGMA busy_timeout") == 0


def test_a_store_that_does_not_sync_is_for_tests_only(tmp_path: Path) -> None:
    database = Database.open(tmp_path / "loose.db", create=True, synchronous=OFF)
    assert database.value("PRAGMA synchronous") == 0
    database.drop()


def test_a_transaction_is_all_or_nothing(database: Database) -> None:
    def write_and_fail() -> None:
        with database.transaction():
            database.write("INSERT INTO t VALUES (1)")
            raise RuntimeError("on purpose")

    with pytest.raises(RuntimeError):
        write_and_fail()
    assert database.rows("SELECT a FROM t") == []


def test_a_transaction_within_one_joins_it(database: Database) -> None:
    with database.transaction(), database.transaction():
        database.write("INSERT INTO t VALUES (1)")
    assert database.value("SELECT a FROM t") == 1


def test_a_bad_statement_is_a_fault(database: Database) -> None:
    with pytest.raises(StoreFaultError) as caught:
        database.rows("SELECT nonsense FROM nowhere")
    assert caught.value.code == "storage/io"


def test_rows_and_values(database: Database) -> None:
    with database.transaction():
        database.write_many("INSERT INTO t VALUES (?)", [(1,), (2,)])
    assert database.rows("SELECT a FROM t ORDER BY a") == [(1,), (2,)]
    assert database.row("SELECT a FROM t WHERE a = ?", (3,)) is None
    assert database.value("SELECT a FROM t WHERE a = ?", (3,)) is None


def test_a_closed_store_says_so(database: Database) -> None:
    database.close()
    with pytest.raises(StoreFaultError):
        database.rows("SELECT 1")


def test_a_closed_store_takes_no_transaction(database: Database) -> None:
    database.drop()
    with pytest.raises(StoreFaultError), database.transaction():
        database.write("INSERT INTO t VALUES (1)")


def test_a_dropped_store_leaves_its_log_as_it_is(database: Database) -> None:
    with database.transaction():
        database.write("INSERT INTO t VALUES (7)")
    log = database.path.with_name("store.db-wal")
    before = log.read_bytes()
    database.drop()
    assert log.read_bytes() == before
    database.connect()
    assert database.value("SELECT a FROM t") == 7


def test_a_rewrite_empties_the_log(database: Database) -> None:
    with database.transaction():
        database.write("INSERT INTO t VALUES (7)")
    database.rewrite()
    assert database.path.with_name("store.db-wal").stat().st_size == 0


def test_a_rewrite_that_a_reader_holds_up_is_a_fault(database: Database) -> None:
    with database.transaction():
        database.write("INSERT INTO t VALUES (7)")
        with pytest.raises(StoreFaultError):
            database.rewrite()


def test_a_rewrite_that_was_not_whole_is_a_fault(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    # SQLite says "busy" in the row it gives, and not only as an error.
    for found in ((1, 3, 0), None):
        monkeypatch.setattr(Database, "row", lambda *_, found=found: found)
        with pytest.raises(StoreFaultError, match="storage/busy"):
            database.rewrite()


def test_a_backup_is_whole_while_others_write(database: Database, tmp_path: Path) -> None:
    with database.transaction():
        database.write_many("INSERT INTO t VALUES (?)", [(os.urandom(20_000),) for _ in range(300)])
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            with database.transaction():
                database.write("INSERT INTO t VALUES (?)", (os.urandom(20_000),))

    writer = threading.Thread(target=write)
    writer.start()
    database.backup(tmp_path / "copy.db")
    stop.set()
    writer.join()
    copy = Database.open(tmp_path / "copy.db", create=False)
    assert copy.value("PRAGMA integrity_check") == "ok"
    assert int(copy.value("SELECT count(*) FROM t") or 0) >= 300
    copy.drop()


def test_a_backup_never_replaces(database: Database, tmp_path: Path) -> None:
    (tmp_path / "copy.db").touch()
    with pytest.raises(StoreRefusedError) as caught:
        database.backup(tmp_path / "copy.db")
    assert caught.value.code == "storage/exists"


def test_a_backup_that_cannot_be_written_names_its_target(database: Database, tmp_path: Path) -> None:
    with pytest.raises(StoreFaultError) as caught:
        database.backup(tmp_path / "nowhere" / "copy.db")
    assert "nowhere" in caught.value.message
