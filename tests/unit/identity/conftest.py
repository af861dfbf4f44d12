"""A key store in memory and a keyring over it."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from brightline.domain.credential import KeyRecord
from brightline.identity import Keyring, NewKey

PEPPER = bytes(range(32))


class KeysInMemory:
    """The store's part, with a count of look-ups and a switch that makes writing fail."""

    def __init__(self) -> None:
        self.rows: dict[str, KeyRecord] = {}
        self.looked_up = 0
        self.broken = False

    def find_key(self, secret_hash: bytes) -> KeyRecord | None:
        self.looked_up += 1
        return next((row for row in self.rows.values() if row.secret_hash == secret_hash), None)

    def get_key(self, key_id: str) -> KeyRecord | None:
        return self.rows.get(key_id)

    def list_keys(self) -> Sequence[KeyRecord]:
        return list(self.rows.values())

    def add_key(self, record: KeyRecord) -> None:
        self._write()
        self.rows[record.key_id] = record

    def revoke_key(self, key_id: str, at_ms: int) -> None:
        self._write()
        self.rows[key_id] = replace(self.rows[key_id], revoked_at_ms=at_ms)

    def _write(self) -> None:
        if self.broken:
            raise OSError("disk gone")


def counting_random() -> Callable[[int], bytes]:
    """Different bytes at each call, the same in each test."""
    calls = itertools.count(1)

    def random(count: int) -> bytes:
        start = next(calls) * 7
        return bytes((start + place * 37) % 256 for place in range(count))

    return random


@pytest.fixture
def store() -> KeysInMemory:
    return KeysInMemory()


@pytest.fixture
def keyring(store: KeysInMemory) -> Keyring:
    return Keyring(store, pepper=PEPPER, random=counting_random(), clock_ms=lambda: 1_700_000_000_000)


@pytest.fixture
def grant() -> NewKey:
    return NewKey(
        name="ana",
        organisation="agency",
        unit="desk-3",
        roles=frozenset({"analyst"}),
        app="notebook",
        missions=frozenset({"flood-relief", "harbour-watch"}),
        default_mission="flood-relief",
    )
