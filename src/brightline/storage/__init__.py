"""The store: one SQLite file per data directory, written so that what was committed is on the disk.

The only room that knows the database driver; other rooms get values of `domain` and plain rows.
Nothing here starts a thread; the ledger's sequencer does its writing from one.

Face: `Store` (`open`, `shards`, `entries`, `claims`, `keys`, `settings`, `agreements`, `people`, `holds`,
`said`, `meter_journal`, `backup`, `reopen`, `close`), `WindowFile`, `DirectoryLock`, `position_of` and `index_of`, the
errors; `interposed` puts a test's own disk beneath.
INVARIANT: one process owns a data directory (`lock`), and one connection each of its files.
INVARIANT: after a fault nothing is retried; whoever wants to go on reopens and reads what is there.
"""

from brightline.storage.agreements import AcceptedVersion, AgreementStore
from brightline.storage.connection import FULL, OFF, Database
from brightline.storage.entries import EntryStore, Mark, SignedRow, TileRow, index_of, position_of
from brightline.storage.errors import StorageError, StoreFaultError, StoreLockedError, StoreRefusedError
from brightline.storage.holds import EarlierHold, HoldRow, HoldStore, NewHold, OpenHolds, RowState, StatementRow
from brightline.storage.idempotency import Claimed, IdempotencyStore
from brightline.storage.keys import KeyStore
from brightline.storage.lock import DirectoryLock
from brightline.storage.meters import METERS_NAME, MeterEntry, MeterJournal, MeterMark, WindowFile, remove_windows
from brightline.storage.people import PeopleStore
from brightline.storage.said import Said, SaidStore
from brightline.storage.service import STORE_NAME, Store
from brightline.storage.settings import SettingStore
from brightline.storage.shards import Shard, ShardStore

__all__ = [
    "FULL",
    "METERS_NAME",
    "OFF",
    "STORE_NAME",
    "AcceptedVersion",
    "AgreementStore",
    "Claimed",
    "Database",
    "DirectoryLock",
    "EarlierHold",
    "EntryStore",
    "HoldRow",
    "HoldStore",
    "IdempotencyStore",
    "KeyStore",
    "Mark",
    "MeterEntry",
    "MeterJournal",
    "MeterMark",
    "NewHold",
    "OpenHolds",
    "PeopleStore",
    "RowState",
    "Said",
    "SaidStore",
    "SettingStore",
    "Shard",
    "ShardStore",
    "SignedRow",
    "StatementRow",
    "StorageError",
    "Store",
    "StoreFaultError",
    "StoreLockedError",
    "StoreRefusedError",
    "TileRow",
    "WindowFile",
    "index_of",
    "position_of",
    "remove_windows",
]
