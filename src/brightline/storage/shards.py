"""Scopes (agreement and enclave), the shards of their logs, and the keys that signed each shard."""

from dataclasses import dataclass

from brightline.storage.connection import Database


@dataclass(frozen=True, slots=True)
class Shard:
    """One log: `id` is the store's number for it, `number` counts the shards of one scope from 1."""

    id: int
    scope: int
    number: int
    origin: str
    reason: str


class ShardStore:
    """The shards of one scope, oldest first."""

    def __init__(self, database: Database, *, agreement: str, enclave: str) -> None:
        self._database = database
        self._names = (agreement, enclave)

    def scope(self) -> int | None:
        """The number of this agreement and enclave, or none before its first shard."""
        found = self._database.value("SELECT scope FROM scopes WHERE agreement = ? AND enclave = ?", self._names)
        return None if found is None else int(found)

    def add_scope(self) -> int:
        """The number of this agreement and enclave, given now if it has none; within a transaction."""
        found = self.scope()
        if found is None:
            self._database.write("INSERT INTO scopes (agreement, enclave) VALUES (?, ?)", self._names)
            found = self.scope()
        assert found is not None  # the row was written above
        return found

    def shards(self) -> list[Shard]:
        """Every shard of the scope."""
        rows = self._database.rows(
            "SELECT shard, scope, number, origin, reason FROM shards JOIN scopes USING (scope) "
            "WHERE agreement = ? AND enclave = ? ORDER BY number",
            self._names,
        )
        return [Shard(int(a or 0), int(b or 0), int(c or 0), str(d), str(e)) for a, b, c, d, e in rows]

    def add(self, *, number: int, origin: str, reason: str, vkey: str) -> Shard:
        """Open a new shard whose checkpoints `vkey` signs from the start; within a transaction."""
        scope = self.add_scope()
        self._database.write(
            "INSERT INTO shards (scope, number, origin, reason) VALUES (?, ?, ?, ?)", (scope, number, origin, reason)
        )
        shard = self.shards()[-1]
        self.add_key(shard, since=0, vkey=vkey)
        return shard

    def add_key(self, shard: Shard, *, since: int, vkey: str) -> None:
        """From entry `since` on `vkey` signs the shard's checkpoints; within a transaction."""
        self._database.write("INSERT INTO log_keys VALUES (?, ?, ?, ?)", (shard.id, since, shard.scope, vkey))

    def keys(self, shard: Shard) -> list[str]:
        """Every verifier key of the shard, the one in use last."""
        rows = self._database.rows("SELECT vkey FROM log_keys WHERE shard = ? ORDER BY since", (shard.id,))
        return [str(row[0]) for row in rows]
