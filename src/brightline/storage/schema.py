"""The store's tables, version by version, and the way from one version to the next.

The version stands in `PRAGMA user_version`, the mark of our files in `PRAGMA application_id`. A migration only goes
forward, in one transaction, and copies the file aside first.
INVARIANT: every table carries agreement and enclave, by `scope`, the number of their row in `scopes`.
INVARIANT: no table that grows with the log has an index on random values: that costs more the longer the log is. Holds
have some, for there are never more of them than people decide about; so has what is said of them.
"""

import os
from collections.abc import Sequence
from pathlib import Path

from brightline.storage.connection import Database
from brightline.storage.errors import StoreFaultError, StoreRefusedError

APPLICATION_ID = 0x424C5354  # "BLST"

# A position is shard << 40 | index; a tile's id is shard << 48 | level << 40 | number. So rows of one shard lie
# together, in order, and each insert goes to the end of its table.
_VERSION_1 = """
CREATE TABLE scopes (
    scope INTEGER PRIMARY KEY, agreement TEXT NOT NULL, enclave TEXT NOT NULL, UNIQUE (agreement, enclave)
) STRICT;
CREATE TABLE shards (
    shard INTEGER PRIMARY KEY, scope INTEGER NOT NULL REFERENCES scopes, number INTEGER NOT NULL,
    origin TEXT NOT NULL, reason TEXT NOT NULL, UNIQUE (scope, number)
) STRICT;
CREATE TABLE log_keys (
    shard INTEGER NOT NULL REFERENCES shards, since INTEGER NOT NULL, scope INTEGER NOT NULL, vkey TEXT NOT NULL,
    PRIMARY KEY (shard, since)
) STRICT, WITHOUT ROWID;
CREATE TABLE leaves (position INTEGER PRIMARY KEY, scope INTEGER NOT NULL, leaf BLOB NOT NULL) STRICT;
CREATE TABLE sealed (position INTEGER PRIMARY KEY, scope INTEGER NOT NULL, blob BLOB NOT NULL) STRICT;
CREATE TABLE tiles (tile INTEGER PRIMARY KEY, scope INTEGER NOT NULL, root BLOB NOT NULL, hashes BLOB NOT NULL) STRICT;
CREATE TABLE marks (shard INTEGER PRIMARY KEY, scope INTEGER NOT NULL, size INTEGER NOT NULL, intents BLOB NOT NULL)
STRICT;
CREATE TABLE checkpoints (
    position INTEGER PRIMARY KEY, scope INTEGER NOT NULL, settled INTEGER NOT NULL, note BLOB NOT NULL
) STRICT;
CREATE TABLE idempotency (
    claim BLOB PRIMARY KEY, scope INTEGER NOT NULL, body BLOB NOT NULL, intent INTEGER NOT NULL, outcome INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE api_keys (
    key_id TEXT PRIMARY KEY, scope INTEGER NOT NULL, secret_hash BLOB NOT NULL UNIQUE, name TEXT NOT NULL,
    organisation TEXT NOT NULL, unit TEXT NOT NULL, roles TEXT NOT NULL, app TEXT NOT NULL, missions TEXT NOT NULL,
    default_mission TEXT, weak INTEGER NOT NULL, imported INTEGER NOT NULL, created_by TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL, revoked_at_ms INTEGER
) STRICT;
CREATE TABLE settings (
    scope INTEGER NOT NULL, name TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (scope, name)
) STRICT, WITHOUT ROWID;
"""

# The versions of the agreement that were accepted, each with the position of its entry.
_VERSION_2 = """
CREATE TABLE agreements (
    scope INTEGER NOT NULL, version INTEGER NOT NULL, digest BLOB NOT NULL, position INTEGER NOT NULL,
    PRIMARY KEY (scope, version)
) STRICT, WITHOUT ROWID;
"""

# Holds and what people sign. Positions are those of the entries in `leaves` and `sealed`, where what was signed stands;
# `hold` beside a position is the position of the hold's own entry. Persons, principals and roles are keyed tags.
#
# What is said of holds and of people is also found among the leaves, by kind and by the entry that it refers to: SQLite
# keeps that index beside them, so that there is no second copy that could be changed alone. A leaf's first two bytes
# are its version and its kind; they are compared as bytes, for a function there would triple the cost of a leaf.
_VERSION_3 = """
ALTER TABLE api_keys ADD COLUMN owner TEXT NOT NULL DEFAULT '';
CREATE TABLE holds (
    position INTEGER PRIMARY KEY, scope INTEGER NOT NULL, hold BLOB NOT NULL UNIQUE, binding BLOB NOT NULL UNIQUE,
    use BLOB NOT NULL, principal BLOB NOT NULL, state INTEGER NOT NULL, opened_ms INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL, begun INTEGER, outcome INTEGER, summary BLOB NOT NULL
) STRICT;
CREATE INDEX holds_by_use ON holds (use);
CREATE INDEX holds_by_principal ON holds (scope, principal, state, expires_ms);
CREATE INDEX holds_by_state ON holds (scope, state, expires_ms, opened_ms);
CREATE TABLE hold_contents (position INTEGER PRIMARY KEY, scope INTEGER NOT NULL, blob BLOB NOT NULL) STRICT;
CREATE TABLE hold_queues (
    scope INTEGER NOT NULL, role BLOB NOT NULL, expires_ms INTEGER NOT NULL, position INTEGER NOT NULL,
    PRIMARY KEY (scope, role, expires_ms, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX hold_queues_by_hold ON hold_queues (position);
CREATE TABLE statements (
    position INTEGER PRIMARY KEY, scope INTEGER NOT NULL, hold INTEGER NOT NULL REFERENCES holds, person BLOB NOT NULL,
    taken_ms INTEGER NOT NULL, vote INTEGER NOT NULL
) STRICT;
CREATE INDEX statements_by_hold ON statements (hold);
CREATE INDEX statements_by_person ON statements (scope, person, taken_ms);
CREATE TABLE evidence_opened (
    hold INTEGER NOT NULL REFERENCES holds, person BLOB NOT NULL, sha256 BLOB NOT NULL, scope INTEGER NOT NULL,
    opened_ms INTEGER NOT NULL, PRIMARY KEY (hold, person, sha256)
) STRICT, WITHOUT ROWID;
CREATE TABLE receipts (
    position INTEGER PRIMARY KEY, scope INTEGER NOT NULL, hold INTEGER NOT NULL REFERENCES holds, digest BLOB NOT NULL
) STRICT;
CREATE INDEX receipts_by_hold ON receipts (hold);
CREATE TABLE decoys (hold INTEGER PRIMARY KEY REFERENCES holds, scope INTEGER NOT NULL, opened INTEGER NOT NULL) STRICT;
CREATE INDEX leaves_said ON leaves (scope, substr(leaf, 2, 1), substr(leaf, 31, 8), position)
    WHERE (leaf >= X'0109' AND leaf < X'010C') OR (leaf >= X'0112' AND leaf < X'0115')
    OR (leaf >= X'0103' AND leaf < X'0104');
CREATE TABLE assertions (
    scope INTEGER NOT NULL, serial INTEGER NOT NULL, blob BLOB NOT NULL, PRIMARY KEY (scope, serial)
) STRICT, WITHOUT ROWID;
CREATE TABLE revocations (
    scope INTEGER NOT NULL, number INTEGER NOT NULL, blob BLOB NOT NULL, PRIMARY KEY (scope, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE enrolments (
    scope INTEGER NOT NULL, key TEXT NOT NULL, person TEXT NOT NULL, blob BLOB NOT NULL, PRIMARY KEY (scope, key)
) STRICT, WITHOUT ROWID;
"""

# The way to the entries of meters, which are read again whenever what meters keep is lost; few leaves are of that kind.
_VERSION_4 = """
CREATE INDEX leaves_meters ON leaves (position) WHERE leaf >= X'010C' AND leaf < X'010E';
"""

MIGRATIONS: Sequence[str] = (_VERSION_1, _VERSION_2, _VERSION_3, _VERSION_4)


def version_of(database: Database) -> int:
    """The schema version of an open store, 0 for an empty file; raises `StoreRefusedError` for another's file."""
    version = database.value("PRAGMA user_version")
    mark = database.value("PRAGMA application_id")
    tables = database.value("SELECT count(*) FROM sqlite_schema")
    if mark != APPLICATION_ID and (mark or version or tables):
        raise StoreRefusedError("storage/foreign", path=str(database.path))
    return version if isinstance(version, int) else 0


def migrate(database: Database, migrations: Sequence[str] = MIGRATIONS) -> int:
    """Bring the store to the newest version and return the version it had.

    Raises `StoreRefusedError` when the store is newer than `migrations`, or its copy cannot be set aside, and
    `StoreFaultError` when the disk fails.
    """
    found = version_of(database)
    if found > len(migrations):
        raise StoreRefusedError("storage/newer", path=str(database.path), version=found)
    if 0 < found < len(migrations):
        _copy_aside(database, len(migrations))
    for version in range(found, len(migrations)):
        with database.transaction():
            for statement in migrations[version].split(";"):
                if statement.strip():
                    database.write(statement)
            database.write(f"PRAGMA application_id={APPLICATION_ID}")
            database.write(f"PRAGMA user_version={version + 1}")
    if found == 0:
        _sync_parent(database.path)
    return found


def _copy_aside(database: Database, version: int) -> None:
    target = database.path.with_name(f"{database.path.name}.before-v{version}")
    # A copy that a crash cut short is of no use: the migration that follows it never began.
    draft = target.with_name(target.name + ".part")
    if target.exists():
        raise StoreRefusedError("storage/exists", path=str(target))
    try:
        draft.unlink(missing_ok=True)
        database.backup(draft)
        draft.rename(target)
    except OSError as error:
        raise StoreFaultError("storage/io", path=str(target), why=error.strerror or type(error).__name__) from error
    _sync_parent(target)


def _sync_parent(path: Path) -> None:
    """Make a new name durable; SQLite does that for its logs, not for the file itself."""
    try:
        descriptor = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise StoreFaultError("storage/io", path=str(path), why=error.strerror or type(error).__name__) from error
