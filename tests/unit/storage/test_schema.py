"""The schema: newer and foreign files refuse, an older one is copied aside first, and tables carry their scope."""

import gzip
from pathlib import Path

import pytest

from brightline.storage import Database, Store, StoreFaultError, StoreRefusedError, schema
from brightline.storage.schema import MIGRATIONS, migrate, version_of

FIXTURE = Path(__file__).resolve().parents[2] / "fixtures" / "store-v1.db.gz"
NEXT = "CREATE TABLE more (scope INTEGER NOT NULL) STRICT"


def opened(path: Path) -> Database:
    return Database.open(path, create=True)


def test_a_newer_store_refuses(tmp_path: Path) -> None:
    database = opened(tmp_path / "store.db")
    migrate(database, (*MIGRATIONS, NEXT))
    with pytest.raises(StoreRefusedError) as caught:
        migrate(database)
    assert caught.value.code == "storage/newer"
    database.drop()


@pytest.mark.parametrize("statement", ["CREATE TABLE theirs (a)", "PRAGMA user_version=4", "PRAGMA application_id=9"])
def test_another_programs_file_refuses(tmp_path: Path, statement: str) -> None:
    database = opened(tmp_path / "store.db")
    database.value(statement)
    with pytest.raises(StoreRefusedError) as caught:
        migrate(database)
    assert caught.value.code == "storage/foreign"
    database.drop()


def test_a_store_of_the_first_release_opens_and_is_copied_aside_first(tmp_path: Path) -> None:
    (tmp_path / "store.db").write_bytes(gzip.decompress(FIXTURE.read_bytes()))
    database = opened(tmp_path / "store.db")
    assert version_of(database) == 1
    assert migrate(database) == 1
    assert version_of(database) == 4
    assert database.value("SELECT count(*) FROM agreements") == 0
    database.drop()
    aside = opened(tmp_path / "store.db.before-v4")
    assert version_of(aside) == 1
    aside.drop()


def test_a_store_without_holds_gets_them_and_keeps_its_keys(tmp_path: Path) -> None:
    database = opened(tmp_path / "store.db")
    migrate(database, MIGRATIONS[:2])
    with database.transaction():
        database.write("INSERT INTO scopes VALUES (1, 'pilot', 'field')")
        row = "'0a', 1, x'00', 'ann', 'o', 'u', '[]', 'app', '[]', NULL, 0, 0, 'root', 5, NULL"
        database.write(f"INSERT INTO api_keys VALUES ({row})")
    assert migrate(database) == 2
    database.drop()
    store = Store.open(tmp_path)
    assert [key.principal.owner for key in store.keys(1).list_keys()] == [""]
    assert store.database.value("SELECT count(*) FROM holds") == 0
    store.close()


def test_the_first_releases_entries_are_there(tmp_path: Path) -> None:
    (tmp_path / "store.db").write_bytes(gzip.decompress(FIXTURE.read_bytes()))
    store = Store.open(tmp_path)
    (shard,) = store.shards(agreement="pilot", enclave="field").shards()
    entries = store.entries(shard)
    assert entries.size() == 5
    assert entries.blob(2) == b"a sealed record"
    assert [key.key_id for key in store.keys(shard.scope).list_keys()] == ["0a0b0c0d"]
    store.close()


def test_an_earlier_copy_is_never_replaced(tmp_path: Path) -> None:
    database = opened(tmp_path / "store.db")
    migrate(database)
    (tmp_path / "store.db.before-v5").touch()
    with pytest.raises(StoreRefusedError) as caught:
        migrate(database, (*MIGRATIONS, NEXT))
    assert caught.value.code == "storage/exists"
    assert version_of(database) == 4
    database.drop()


def test_half_a_copy_is_made_again(tmp_path: Path) -> None:
    database = opened(tmp_path / "store.db")
    migrate(database)
    (tmp_path / "store.db.before-v5.part").write_bytes(b"half")
    migrate(database, (*MIGRATIONS, NEXT))
    assert not (tmp_path / "store.db.before-v5.part").exists()
    database.drop()


def test_a_copy_that_cannot_be_made_stops_the_migration(tmp_path: Path) -> None:
    database = opened(tmp_path / "store.db")
    migrate(database)
    (tmp_path / "store.db.before-v5.part").mkdir()
    with pytest.raises(StoreFaultError):
        migrate(database, (*MIGRATIONS, NEXT))
    assert version_of(database) == 4
    database.drop()


def test_a_migration_is_all_or_nothing(tmp_path: Path) -> None:
    database = opened(tmp_path / "store.db")
    migrate(database)
    with pytest.raises(StoreFaultError):
        migrate(database, (*MIGRATIONS, f"{NEXT}; CREATE TABLE more (twice)"))
    assert version_of(database) == 4
    assert database.value("SELECT count(*) FROM sqlite_schema WHERE name = 'more'") == 0
    database.drop()


def test_a_name_that_cannot_be_made_durable_is_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database = opened(tmp_path / "store.db")

    def refuse(descriptor: int) -> None:
        raise OSError(5, "input/output error")

    monkeypatch.setattr(schema.os, "fsync", refuse)
    with pytest.raises(StoreFaultError):
        migrate(database)
    database.drop()


def test_every_table_carries_agreement_and_enclave(store: Store) -> None:
    tables = [str(row[0]) for row in store.database.rows("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    assert len(tables) >= 11
    for table in tables:
        columns = {str(row[1]) for row in store.database.rows(f"PRAGMA table_info({table})")}
        assert "scope" in columns or {"agreement", "enclave"} <= columns, table


def test_only_what_is_said_of_holds_and_people_stands_in_the_index_over_leaves(tmp_path: Path) -> None:
    store = Store.open(tmp_path, create=True)
    with store.database.transaction():
        shard = store.shards(agreement="pilot", enclave="field").add(number=1, origin="o", reason="", vkey="v")
        store.entries(shard).add_leaves(0, [bytes([1, kind]) + bytes(228) for kind in range(1, 30)])
    plan = "EXPLAIN QUERY PLAN SELECT position FROM leaves WHERE "
    condition = str(store.database.value("SELECT sql FROM sqlite_schema WHERE name = 'leaves_said'")).split("WHERE")[1]
    found = store.database.rows(f"SELECT substr(leaf, 2, 1) FROM leaves WHERE {condition} ORDER BY 1")
    assert [row[0] for row in found] == [bytes([kind]) for kind in (3, 9, 10, 11, 18, 19, 20)]
    (step,) = store.database.rows(f"{plan} ({condition}) AND scope = 1 AND substr(leaf, 2, 1) = X'12'")
    assert "leaves_said" in str(step)
    store.close()


def test_no_table_that_grows_with_the_log_has_a_second_index(store: Store) -> None:
    for table in ("leaves", "sealed", "tiles", "checkpoints"):
        found = [str(row[1]) for row in store.database.rows(f"PRAGMA index_list({table})")]
        assert sorted(found) == (["leaves_meters", "leaves_said"] if table == "leaves" else [])
