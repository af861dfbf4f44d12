"""Small named values of one scope."""

from brightline.storage.connection import Database


class SettingStore:
    """Named values of bytes."""

    def __init__(self, database: Database, scope: int) -> None:
        self._database = database
        self._scope = scope

    def get(self, name: str) -> bytes | None:
        """The value, or none."""
        found = self._database.value("SELECT value FROM settings WHERE scope = ? AND name = ?", (self._scope, name))
        return found if isinstance(found, bytes) else None

    def set(self, name: str, value: bytes) -> None:
        """Keep the value; a transaction, or part of the caller's."""
        with self._database.transaction():
            self._database.write("INSERT OR REPLACE INTO settings VALUES (?, ?, ?)", (self._scope, name, value))
