"""What is known of the people who sign: signed role assertions, signed revocation lists, and keys that wait for one.

Each blob is signed by whom it concerns or by the directory; whoever reads it checks that, not the store.
"""

from collections.abc import Sequence

from brightline.storage.connection import Database


class PeopleStore:
    """The people of one scope; each method is a transaction, or joins the caller's."""

    def __init__(self, database: Database, scope: int) -> None:
        self._database = database
        self._scope = scope

    def put_assertion(self, serial: int, blob: bytes) -> None:
        """Keep a signed assertion under its serial; one that is there stays."""
        with self._database.transaction():
            self._database.write("INSERT OR IGNORE INTO assertions VALUES (?, ?, ?)", (self._scope, serial, blob))

    def assertions(self) -> Sequence[bytes]:
        """Every signed assertion, by serial."""
        return self._blobs("SELECT blob FROM assertions WHERE scope = ? ORDER BY serial")

    def put_revocations(self, number: int, blob: bytes) -> None:
        """Keep a signed list under its number; one that is there stays."""
        with self._database.transaction():
            self._database.write("INSERT OR IGNORE INTO revocations VALUES (?, ?, ?)", (self._scope, number, blob))

    def revocations(self) -> bytes | None:
        """The signed list with the highest number."""
        found = self._blobs("SELECT blob FROM revocations WHERE scope = ? ORDER BY number DESC LIMIT 1")
        return found[0] if found else None

    def version(self) -> tuple[int, int]:
        """How many assertions there are, and the highest number of a list: neither ever falls."""
        row = self._database.row(
            "SELECT (SELECT count(*) FROM assertions WHERE scope = ?1), "
            "(SELECT coalesce(max(number), -1) FROM revocations WHERE scope = ?1)",
            (self._scope,),
        )
        count, number = row or (0, 0)
        return int(count or 0), int(number or 0)

    def put_enrolment(self, key: str, person: str, blob: bytes) -> None:
        """Keep the enrolment of the key with this id (hexadecimal); a later one of the same key takes its place."""
        with self._database.transaction():
            self._database.write(
                "INSERT OR REPLACE INTO enrolments VALUES (?, ?, ?, ?)", (self._scope, key, person, blob)
            )

    def enrolments(self, person: str) -> Sequence[bytes]:
        """The enrolments of a person's keys, by key id."""
        rows = self._database.rows(
            "SELECT blob FROM enrolments WHERE scope = ? AND person = ? ORDER BY key", (self._scope, person)
        )
        return [_bytes(row[0]) for row in rows]

    def all_enrolments(self) -> Sequence[bytes]:
        """Everybody's enrolments, by key id."""
        return self._blobs("SELECT blob FROM enrolments WHERE scope = ? ORDER BY key")

    def _blobs(self, sql: str) -> list[bytes]:
        return [_bytes(row[0]) for row in self._database.rows(sql, (self._scope,))]


def _bytes(value: object) -> bytes:
    assert isinstance(value, bytes)  # the tables are STRICT
    return value
