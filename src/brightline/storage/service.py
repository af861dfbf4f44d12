"""The store of one data directory: one file, opened under one lock."""

import os
from pathlib import Path

from brightline.storage.connection import FULL, Database
from brightline.storage.entries import EntryStore
from brightline.storage.errors import StorageError, StoreFaultError
from brightline.storage.idempotency import IdempotencyStore
from brightline.storage.keys import KeyStore
from brightline.storage.lock import DirectoryLock
from brightline.storage.schema import migrate
from brightline.storage.settings import SettingStore
from brightline.storage.shards import Shard, ShardStore

STORE_NAME = "store.db"


class Store:
    """The open store; `reopen` puts a fresh connection under the same object after a fault."""

    def __init__(self, database: Database, lock: DirectoryLock, *, vfs: str | None, synchronous: int) -> None:
        self._database = database
        self._lock = lock
        self._vfs = vfs
        self._synchronous = synchronous
        self.path = database.path

    @classmethod
    def open(cls, data_dir: Path, *, create: bool = False, vfs: str | None = None, synchronous: int = FULL) -> "Store":
        """The store of `data_dir`, brought to the newest schema.

        Raises `StoreLockedError`, `StoreFaultError` (also when there is no store and `create` is false) or
        `StoreRefusedError`. `vfs` and `synchronous` are for tests of faults.
        """
        lock = DirectoryLock.acquire(data_dir)
        try:
            if create:
                _touch(data_dir / STORE_NAME)
            database = Database.open(data_dir / STORE_NAME, create=create, vfs=vfs, synchronous=synchronous)
        except StorageError:
            lock.release()
            raise
        try:
            migrate(database)
        except (StorageError, OSError) as error:
            database.drop()
            lock.release()
            if isinstance(error, OSError):
                why = error.strerror or type(error).__name__
                raise StoreFaultError("storage/io", path=str(data_dir), why=why) from error
            raise
        return cls(database, lock, vfs=vfs, synchronous=synchronous)

    @property
    def database(self) -> Database:
        """The connection in use; what was made from an earlier one is of no use after `reopen`."""
        return self._database

    def shards(self, *, agreement: str, enclave: str) -> ShardStore:
        """The shards of one agreement and enclave."""
        return ShardStore(self._database, agreement=agreement, enclave=enclave)

    def entries(self, shard: Shard) -> EntryStore:
        """The rows of a shard."""
        return EntryStore(self._database, shard)

    def claims(self, shard: Shard) -> IdempotencyStore:
        """Idempotency claims, new ones in `shard`."""
        return IdempotencyStore(self._database, shard)

    def keys(self, scope: int) -> KeyStore:
        """The API keys of a scope."""
        return KeyStore(self._database, scope)

    def settings(self, scope: int) -> SettingStore:
        """The named values of a scope."""
        return SettingStore(self._database, scope)

    def backup(self, target: Path) -> None:
        """A whole copy at `target`, while the store is in use; raises `StoreRefusedError` if `target` exists."""
        self._database.backup(target)

    def drop(self) -> None:
        """Give up the connection without a write or a sync; the lock stays."""
        self._database.drop()

    def reopen(self) -> None:
        """A fresh connection to the file that is there now, everything in it rewritten and synced.

        The pages a failed sync left behind may be in memory only, so the write-ahead log is copied into the file and
        synced before anybody believes it. Raises `StoreFaultError`.
        """
        self._database.drop()
        fresh = Database.open(self.path, create=False, vfs=self._vfs, synchronous=self._synchronous)
        try:
            migrate(fresh)
            fresh.rewrite()
        except StorageError:
            fresh.drop()
            raise
        self._database = fresh

    def close(self) -> None:
        """Rewrite, close, and let others own the directory; raises `StoreFaultError` when the rewrite failed."""
        try:
            self._database.close()
        finally:
            self._lock.release()

    def abandon(self) -> None:
        """Close without a write or a sync, and let others own the directory."""
        self._database.drop()
        self._lock.release()


def _touch(path: Path) -> None:
    """Make the file readable by its owner only, before SQLite makes it readable by the group."""
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise StoreFaultError("storage/cannot-open", path=str(path)) from error
