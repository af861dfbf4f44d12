"""The store of one data directory: one file, opened under one lock."""

import os
from pathlib import Path

from brightline.storage.agreements import AgreementStore
from brightline.storage.connection import FULL, Database
from brightline.storage.entries import EntryStore
from brightline.storage.errors import StorageError, StoreFaultError
from brightline.storage.holds import HoldStore
from brightline.storage.idempotency import IdempotencyStore
from brightline.storage.keys import KeyStore
from brightline.storage.lock import DirectoryLock
from brightline.storage.meters import MeterJournal
from brightline.storage.people import PeopleStore
from brightline.storage.said import SaidStore
from brightline.storage.schema import migrate
from brightline.storage.settings import SettingStore
from brightline.storage.shards import Shard, ShardStore

STORE_NAME = "store.db"


class Store:
    """The open store; everything it hands out stays of use after `reopen`."""

    def __init__(self, database: Database, lock: DirectoryLock) -> None:
        self.database = database
        self.path = database.path
        self._lock = lock

    @classmethod
    def open(cls, data_dir: Path, *, create: bool = False, vfs: str | None = None, synchronous: int = FULL) -> "Store":
        """The store of `data_dir`, brought to the newest schema.

        Raises `StoreLockedError`, `StoreFaultError` (also when there is no store and `create` is false) or
        `StoreRefusedError`. `vfs` and `synchronous` are for tests of faults.
        """
        path = data_dir / STORE_NAME
        lock = DirectoryLock.acquire(data_dir)
        try:
            if create:
                _touch(path)
            database = Database.open(path, create=create, vfs=vfs, synchronous=synchronous)
            _migrate_or_drop(database)
        except StorageError:
            lock.release()
            raise
        return cls(database, lock)

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files of the open store, each of which must stay where it is."""
        return self.path, self.path.with_name(f"{self.path.name}-wal")

    def shards(self, *, agreement: str, enclave: str) -> ShardStore:
        """The shards of one agreement and enclave."""
        return ShardStore(self.database, agreement=agreement, enclave=enclave)

    def scopes(self) -> list[tuple[str, str]]:
        """Each agreement and enclave that the store has a log of."""
        rows = self.database.rows("SELECT agreement, enclave FROM scopes ORDER BY scope")
        return [(str(agreement), str(enclave)) for agreement, enclave in rows]

    def entries(self, shard: Shard) -> EntryStore:
        """The rows of a shard."""
        return EntryStore(self.database, shard)

    def claims(self, shard: Shard) -> IdempotencyStore:
        """Idempotency claims, new ones in `shard`."""
        return IdempotencyStore(self.database, shard)

    def keys(self, scope: int) -> KeyStore:
        """The API keys of a scope."""
        return KeyStore(self.database, scope)

    def settings(self, scope: int) -> SettingStore:
        """The named values of a scope."""
        return SettingStore(self.database, scope)

    def agreements(self, scope: int) -> AgreementStore:
        """The accepted versions of the agreement of a scope."""
        return AgreementStore(self.database, scope)

    def holds(self, shard: Shard) -> HoldStore:
        """The holds whose entries a shard has."""
        return HoldStore(self.database, shard)

    def said(self, shard: Shard) -> SaidStore:
        """What leaves say of holds, of `shard` and of those before it."""
        return SaidStore(self.database, shard)

    @property
    def meter_journal(self) -> MeterJournal:
        """The meter entries of every log."""
        return MeterJournal(self.database)

    def people(self, scope: int) -> PeopleStore:
        """What is known of the people of a scope who sign."""
        return PeopleStore(self.database, scope)

    def backup(self, target: Path) -> None:
        """A whole copy at `target`, while the store is in use; raises `StoreRefusedError` if `target` exists."""
        self.database.backup(target)

    def drop(self) -> None:
        """Give up the connection without a write or a sync; the lock stays."""
        self.database.drop()

    def reopen(self) -> None:
        """A fresh connection to the file that is there now, everything in it rewritten and synced.

        The pages a failed sync left behind may be in memory only, so the write-ahead log is copied into the file and
        synced before anybody believes it. Raises `StoreFaultError` or `StoreRefusedError`.
        """
        self.database.connect()
        _migrate_or_drop(self.database)
        try:
            self.database.rewrite()
        except StorageError:
            self.database.drop()
            raise

    def close(self) -> None:
        """Rewrite, close, and let others own the directory; raises `StoreFaultError` when the rewrite failed."""
        try:
            self.database.close()
        finally:
            self._lock.release()

    def abandon(self) -> None:
        """Close without a write or a sync, and let others own the directory."""
        self.database.drop()
        self._lock.release()


def _migrate_or_drop(database: Database) -> None:
    try:
        migrate(database)
    except StorageError:
        database.drop()
        raise


def _touch(path: Path) -> None:
    """Make the file readable by its owner only, before SQLite makes it readable by the group."""
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise StoreFaultError("storage/cannot-open", path=str(path)) from error
