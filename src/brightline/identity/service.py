"""The keyring: turns a presented API key into a principal, and makes, imports and revokes keys.

A verified key is remembered under the keyed hash of its secret together with the keyring's generation; every key added,
imported or revoked starts a new generation, so that nothing remembered outlives a change.
INVARIANT: a revoked key fails on the next request; the store is the truth, the memory only spares asking it.
"""

import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from brightline.crypto.secrets import hash_secret
from brightline.domain.credential import KeyRecord
from brightline.domain.principal import Principal
from brightline.identity.credential import Headers, presented_secret
from brightline.identity.errors import CredentialError, KeyRefusedError
from brightline.identity.key import NewKey, Secret, fresh_key_id, fresh_secret, imported_secret
from brightline.identity.ports import KeyStore

# Verified keys remembered; about 1 kB each.
MOST_REMEMBERED = 4096


@dataclass(frozen=True, slots=True)
class Verified:
    """A key that was verified in generation `generation`."""

    principal: Principal
    secret_hash: bytes
    weak: bool
    generation: int


@dataclass(frozen=True, slots=True)
class Drafted:
    """A key ready to be recorded and then kept; `secret` is none for an imported one, which its maker knows."""

    record: KeyRecord
    secret: Secret | None


class Keyring:
    """The keys of one data directory; `random` gives n random bytes, `clock_ms` UTC milliseconds."""

    def __init__(
        self,
        store: KeyStore,
        *,
        pepper: bytes,
        random: Callable[[int], bytes],
        clock_ms: Callable[[], int],
    ) -> None:
        self._store = store
        self._pepper = pepper
        self._random = random
        self._clock_ms = clock_ms
        self._generation = 0
        self._remembered: dict[bytes, Verified] = {}

    @property
    def generation(self) -> int:
        """How often the keys changed since this keyring was opened."""
        return self._generation

    def authenticate(self, headers: Headers) -> Principal:
        """The principal whose key `headers` carry (names in lower case); raises `CredentialError`."""
        return self.verify(headers).principal

    def verify(self, headers: Headers) -> Verified:
        """The verified key that `headers` carry; raises `CredentialError`, in the same words for every bad key."""
        secret_hash = hash_secret(presented_secret(headers), self._pepper)
        known = self._remembered.get(secret_hash)
        if (
            known is not None
            and known.generation == self._generation
            and hmac.compare_digest(known.secret_hash, secret_hash)
        ):
            return known
        return self._look_up(secret_hash)

    def _look_up(self, secret_hash: bytes) -> Verified:
        # Read before the row: a key revoked in between is then remembered under a generation that has passed.
        generation = self._generation
        # The index is searched by a hash under a key of ours: its timing tells a prober nothing about any secret.
        record = self._store.find_key(secret_hash)
        if record is None or not hmac.compare_digest(record.secret_hash, secret_hash) or not record.works:
            raise CredentialError("identity/bad-credential")
        if len(self._remembered) >= MOST_REMEMBERED:
            del self._remembered[next(iter(self._remembered))]
        verified = Verified(record.principal, secret_hash, record.weak, generation)
        self._remembered[secret_hash] = verified
        return verified

    def draft(self, grant: NewKey, *, created_by: str) -> Drafted:
        """A key with a fresh secret, not yet kept; raises `KeyRefusedError` for a name that is none."""
        key_id = self._unused_id()
        secret = fresh_secret(key_id, self._random)
        return Drafted(self._record(grant, key_id, secret, imported=False, created_by=created_by), secret)

    def draft_import(self, grant: NewKey, text: str, *, weak: bool, created_by: str) -> Drafted:
        """A key with the secret `text`, not yet kept; raises `KeyRefusedError` for a weak one unless `weak` is set."""
        secret = imported_secret(text, weak=weak)
        record = self._record(grant, self._unused_id(), secret, imported=True, created_by=created_by)
        if self._store.find_key(record.secret_hash) is not None:
            raise KeyRefusedError("identity/secret-in-use")
        return Drafted(record, None)

    def keep(self, drafted: Drafted) -> None:
        """Let a drafted key work from now on; may run in another thread, within the ledger's transaction."""
        self._store.add_key(drafted.record)
        self._forget()

    def revoke(self, key_id: str) -> KeyRecord:
        """Let a key fail from the next request on, and return it; may run in another thread, within a transaction.

        Raises `KeyRefusedError` for an unknown id, or a key that was revoked before.
        """
        record = self.find(key_id)
        if not record.works:
            raise KeyRefusedError("identity/key-already-revoked", key_id=key_id)
        at_ms = self._clock_ms()
        # Forget before and after: a store that fails half-way must not leave a key that only memory still knows.
        self._forget()
        self._store.revoke_key(key_id, at_ms)
        self._forget()
        return replace(record, revoked_at_ms=at_ms)

    def find(self, key_id: str) -> KeyRecord:
        """The key with this id, revoked or not; raises `KeyRefusedError` when there is none."""
        record = self._store.get_key(key_id)
        if record is None:
            raise KeyRefusedError("identity/unknown-key", key_id=key_id[:16])
        return record

    def records(self) -> Sequence[KeyRecord]:
        """Every key ever made, oldest first."""
        return self._store.list_keys()

    def missions(self) -> frozenset[str]:
        """Every mission that a key, revoked ones included, was ever made for."""
        return frozenset(mission for record in self._store.list_keys() for mission in record.principal.missions)

    def _record(self, grant: NewKey, key_id: str, secret: Secret, *, imported: bool, created_by: str) -> KeyRecord:
        return KeyRecord(
            principal=grant.principal(key_id),
            secret_hash=hash_secret(secret.text.encode("ascii"), self._pepper),
            weak=secret.weak,
            imported=imported,
            created_by=created_by,
            created_at_ms=self._clock_ms(),
        )

    def _unused_id(self) -> str:
        key_id = fresh_key_id(self._random)
        while self._store.get_key(key_id) is not None:
            key_id = fresh_key_id(self._random)
        return key_id

    def _forget(self) -> None:
        self._generation += 1
        self._remembered.clear()
