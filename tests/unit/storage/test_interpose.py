"""The seam for tests' disks: everything the store does to its files is told, and a refusal reaches the store."""

import os
from pathlib import Path

import pytest

from brightline.storage.connection import Database
from brightline.storage.errors import StoreFaultError
from brightline.storage.interpose import DiskRefusal, Interposed


class Notes:
    """A disk that writes down what it is told, and refuses what it is asked to refuse."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []
        self.refuse = ""

    def _note(self, what: str, path: str) -> None:
        self.told.append((what, Path(path).name))
        if what == self.refuse:
            raise DiskRefusal("truncate" if what == "remove" else what)

    def opened(self, path: str) -> None:
        self._note("opened", path)

    def write(self, path: str, offset: int, data: bytes) -> None:
        self._note("write", path)

    def sync(self, path: str) -> None:
        self._note("sync", path)

    def truncate(self, path: str, size: int) -> None:
        self._note("truncate", path)

    def remove(self, path: str) -> None:
        self._note("remove", path)


def test_the_disk_is_told_in_order(tmp_path: Path) -> None:
    notes = Notes()
    layer = Interposed(f"unit-{os.urandom(4).hex()}", notes)
    database = Database.open(tmp_path / "store.db", create=True, vfs=layer.name)
    with database.transaction():
        database.write("CREATE TABLE t (a)")
    assert ("opened", "store.db") in notes.told
    assert ("opened", "store.db-wal") in notes.told
    wal = [what for what, name in notes.told if name == "store.db-wal"]
    assert wal.index("write") < wal.index("sync")
    database.rewrite()
    assert ("truncate", "store.db-wal") in notes.told
    database.value("PRAGMA journal_mode=delete")
    assert ("remove", "store.db-wal") in notes.told
    database.drop()
    layer.unregister()


@pytest.mark.parametrize("what", ["write", "sync"])
def test_a_refusal_reaches_the_store(tmp_path: Path, what: str) -> None:
    notes = Notes()
    layer = Interposed(f"unit-{os.urandom(4).hex()}", notes)
    database = Database.open(tmp_path / "store.db", create=True, vfs=layer.name)
    notes.refuse = what
    with pytest.raises(StoreFaultError), database.transaction():
        database.write("CREATE TABLE t (a)")
    database.drop()
    layer.unregister()
