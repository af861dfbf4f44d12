"""API-key secrets: the store keeps a keyed hash of each, and never the secret.

A secret that Brightline makes carries 256 random bits, so one keyed hash suffices: there is nothing to guess. The hash
is keyed with a pepper from a file apart from the store, so a copy of the store alone allows no offline guessing, even
of a secret that somebody imported.

LIMIT: who has the store AND the pepper can guess an imported weak secret at full speed. No slow hash (scrypt) is used,
since it would cost the first request of every key 50 ms; a weak secret is refused unless asked for, and its leaf says
so.
"""

import hashlib

from brightline.crypto.errors import KeyFormatError

PEPPER_BYTES = 32
HASH_BYTES = 32
_PERSON = b"brightline key"


def hash_secret(secret: bytes, pepper: bytes) -> bytes:
    """The 32 bytes to store for `secret` (keyed BLAKE2b, RFC 7693); raises `KeyFormatError` for another pepper size."""
    if len(pepper) != PEPPER_BYTES:
        raise KeyFormatError(f"the pepper has {PEPPER_BYTES} bytes")
    return hashlib.blake2b(secret, key=pepper, digest_size=HASH_BYTES, person=_PERSON).digest()
