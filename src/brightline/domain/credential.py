"""An API key as the store keeps it: everything but the secret."""

from dataclasses import dataclass, field

from brightline.domain.principal import Principal


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """One API key; the secret itself is shown once and kept nowhere.

    `secret_hash` is the 32-byte keyed hash of the secret and unique among all keys, revoked ones included; `weak` tells
    that a short or plain secret was imported on purpose; times are UTC milliseconds, and `revoked_at_ms` is none while
    the key works.
    """

    principal: Principal
    secret_hash: bytes = field(repr=False)
    weak: bool
    imported: bool
    created_by: str
    created_at_ms: int
    revoked_at_ms: int | None = None

    @property
    def key_id(self) -> str:
        """The key's public id, 8 hexadecimal digits."""
        return self.principal.key_id

    @property
    def works(self) -> bool:
        """Whether the key may still be used."""
        return self.revoked_at_ms is None
