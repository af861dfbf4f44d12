"""Keyed tags: a leaf names a mission or a person to whoever holds that name's key, and to nobody else.

tag = BLAKE2b (RFC 7693) of the nonce, 16 bytes long, keyed with the key of (kind, name), which is BLAKE2b of the kind
and the name, 32 bytes long, keyed with the master key. Handing out one name's key opens that name's tags in every leaf,
and no other's. (Keyed BLAKE2b is a pseudo-random function in one pass; HMAC takes two, and a leaf has three tags.)
"""

from functools import lru_cache
from hashlib import blake2b

from brightline.crypto.errors import KeyFormatError

MASTER_BYTES = 32
KEY_BYTES = 32
NONCE_BYTES = 16
TAG_BYTES = 16
_REMEMBERED_KEYS = 4096  # about 150 bytes each; a mission or a person costs one
_LABEL = b"brightline tag key v1"


class TagKeys:
    """The tag keys of one store, all derived from `master` (32 secret bytes)."""

    __slots__ = ("_key_of",)

    def __init__(self, master: bytes) -> None:
        """Raises `KeyFormatError` for a master key of another length."""
        if len(master) != MASTER_BYTES:
            raise KeyFormatError(f"the tag master key has {MASTER_BYTES} bytes")

        @lru_cache(maxsize=_REMEMBERED_KEYS)
        def key_of(kind: str, name: str) -> bytes:
            return derive_tag_key(master, kind, name)

        self._key_of = key_of

    def tag(self, nonce: bytes, kind: str, name: str) -> bytes:
        """The 16-byte tag of `name` as a `kind` (such as `mission`) in the leaf with this 16-byte nonce."""
        return tag_with(self._key_of(kind, name), nonce)

    def mission_key(self, name: str) -> bytes:
        """The key that finds all leaves of mission `name`: for the inspector, under seal."""
        return self._key_of("mission", name)

    def __repr__(self) -> str:
        return "TagKeys(…)"


def derive_tag_key(master: bytes, kind: str, name: str) -> bytes:
    """The 32-byte key of one (kind, name); the kind's length goes first, so no two pairs read alike."""
    kind_bytes = kind.encode()
    message = _LABEL + len(kind_bytes).to_bytes(2, "big") + kind_bytes + name.encode()
    return blake2b(message, key=master, digest_size=KEY_BYTES).digest()


def tag_with(key: bytes, nonce: bytes) -> bytes:
    """The tag that the holder of one name's key expects in a leaf with this nonce."""
    if len(nonce) != NONCE_BYTES:
        raise KeyFormatError(f"a tag nonce has {NONCE_BYTES} bytes")
    return blake2b(nonce, key=key, digest_size=TAG_BYTES).digest()
