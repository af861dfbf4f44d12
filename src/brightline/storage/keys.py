"""API-key rows; the store never sees a secret, only its keyed hash."""

import json

from brightline.domain.credential import KeyRecord
from brightline.domain.principal import Principal
from brightline.storage.connection import Database, Row
from brightline.storage.errors import StoreRefusedError

_COLUMNS = (
    "key_id, secret_hash, name, organisation, unit, roles, app, missions, default_mission, weak, imported, "
    "created_by, created_at_ms, revoked_at_ms, owner"
)


class KeyStore:
    """The keys of one scope; each method is a transaction, or joins the caller's."""

    def __init__(self, database: Database, scope: int) -> None:
        self._database = database
        self._scope = scope

    def find_key(self, secret_hash: bytes) -> KeyRecord | None:
        """The key with this 32-byte keyed hash, revoked or not."""
        return self._one("secret_hash = ?", secret_hash)

    def get_key(self, key_id: str) -> KeyRecord | None:
        """The key with this public id, revoked or not."""
        return self._one("key_id = ?", key_id)

    def _one(self, condition: str, value: bytes | str) -> KeyRecord | None:
        row = self._database.row(
            f"SELECT {_COLUMNS} FROM api_keys WHERE scope = ? AND {condition}",  # noqa: S608 - constants
            (self._scope, value),
        )
        return None if row is None else _record(row)

    def list_keys(self) -> list[KeyRecord]:
        """Every key ever made, oldest first."""
        rows = self._database.rows(
            f"SELECT {_COLUMNS} FROM api_keys WHERE scope = ? ORDER BY created_at_ms, rowid",  # noqa: S608 - constants
            (self._scope,),
        )
        return [_record(row) for row in rows]

    def add_key(self, record: KeyRecord) -> None:
        """Keep a new key; raises `StoreRefusedError` when its id or its secret is known already."""
        principal = record.principal
        with self._database.transaction():
            taken = "SELECT 1 FROM api_keys WHERE key_id = ? OR secret_hash = ?"
            if self._database.value(taken, (principal.key_id, record.secret_hash)):
                raise StoreRefusedError("storage/key-exists", key=principal.key_id)
            self._database.write(
                f"INSERT INTO api_keys (scope, {_COLUMNS}) VALUES (?{', ?' * 15})",  # noqa: S608 - constants
                (
                    self._scope,
                    principal.key_id,
                    record.secret_hash,
                    principal.name,
                    principal.organisation,
                    principal.unit,
                    json.dumps(sorted(principal.roles)),
                    principal.app,
                    json.dumps(sorted(principal.missions)),
                    principal.default_mission,
                    int(record.weak),
                    int(record.imported),
                    record.created_by,
                    record.created_at_ms,
                    record.revoked_at_ms,
                    principal.owner,
                ),
            )

    def revoke_key(self, key_id: str, at_ms: int) -> None:
        """Mark a key as revoked at `at_ms` (UTC milliseconds); the first time counts."""
        with self._database.transaction():
            self._database.write(
                "UPDATE api_keys SET revoked_at_ms = coalesce(revoked_at_ms, ?) WHERE scope = ? AND key_id = ?",
                (at_ms, self._scope, key_id),
            )


def _record(row: Row) -> KeyRecord:
    key_id, secret_hash, name, organisation, unit, roles, app, missions, default, *rest = row
    weak, imported, created_by, created, revoked, owner = rest
    assert isinstance(secret_hash, bytes)  # the tables are STRICT
    principal = Principal(
        key_id=str(key_id),
        name=str(name),
        organisation=str(organisation),
        unit=str(unit),
        roles=frozenset(json.loads(str(roles))),
        app=str(app),
        missions=frozenset(json.loads(str(missions))),
        default_mission=None if default is None else str(default),
        owner=str(owner),
    )
    return KeyRecord(
        principal=principal,
        secret_hash=secret_hash,
        weak=bool(weak),
        imported=bool(imported),
        created_by=str(created_by),
        created_at_ms=int(created or 0),
        revoked_at_ms=None if revoked is None else int(revoked),
    )
