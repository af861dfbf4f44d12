"""The versions of the agreement that were accepted, oldest first, and where in the log each stands.

INVARIANT: a row is written in the transaction of its entry, and never changed; versions only rise.
"""

from dataclasses import dataclass

from brightline.storage.connection import Database
from brightline.storage.entries import INDEX_BITS, index_of, position_of
from brightline.storage.errors import StoreRefusedError
from brightline.storage.shards import Shard


@dataclass(frozen=True, slots=True)
class AcceptedVersion:
    """A version that took effect: its digest (32 bytes), and the shard and index of its entry."""

    version: int
    digest: bytes
    shard: int
    index: int


class AgreementStore:
    """The accepted versions of one scope."""

    def __init__(self, database: Database, scope: int) -> None:
        self._database = database
        self._scope = scope

    def accepted(self) -> tuple[AcceptedVersion, ...]:
        """Every version that was accepted, the highest last."""
        rows = self._database.rows(
            "SELECT version, digest, position FROM agreements WHERE scope = ? ORDER BY version", (self._scope,)
        )
        found: list[AcceptedVersion] = []
        for version, digest, position in rows:
            assert isinstance(digest, bytes)  # the tables are STRICT
            at = int(position or 0)
            found.append(AcceptedVersion(int(version or 0), digest, at >> INDEX_BITS, index_of(at)))
        return tuple(found)

    def highest(self) -> AcceptedVersion | None:
        """The version in force, or none before the first."""
        found = self.accepted()
        return found[-1] if found else None

    def add(self, version: int, digest: bytes, *, shard: Shard, index: int) -> None:
        """Keep that `version` was accepted by entry `index` of `shard`; within a transaction.

        Raises `StoreRefusedError` unless it is higher than every version before.
        """
        highest = self.highest()
        if highest is not None and version <= highest.version:
            raise StoreRefusedError("storage/version-not-higher", version=version, highest=highest.version)
        self._database.write(
            "INSERT INTO agreements VALUES (?, ?, ?, ?)",
            (self._scope, version, digest, position_of(shard.id, index)),
        )
