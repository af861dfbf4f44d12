"""What identity needs from the store; `storage` keeps it, the gateway joins the two."""

from collections.abc import Sequence
from typing import Protocol

from brightline.domain.credential import KeyRecord


class KeyStore(Protocol):
    """API-key rows, durable when a method returns."""

    def find_key(self, secret_hash: bytes) -> KeyRecord | None:
        """The key with this 32-byte keyed hash, revoked or not."""
        ...

    def get_key(self, key_id: str) -> KeyRecord | None:
        """The key with this public id, revoked or not."""
        ...

    def list_keys(self) -> Sequence[KeyRecord]:
        """Every key ever made, oldest first."""
        ...

    def add_key(self, record: KeyRecord) -> None:
        """Keep a new key."""
        ...

    def revoke_key(self, key_id: str, at_ms: int) -> None:
        """Mark a key as revoked at `at_ms` (UTC milliseconds)."""
        ...
