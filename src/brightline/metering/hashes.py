"""Keyed hashes in place of people and of pieces of calls: nobody without the key can look one up.

BLAKE2b (RFC 7693), keyed, 8 bytes, with a person field that keeps the two apart.
"""

from hashlib import blake2b

KEY_BYTES = 32
_HASH_BYTES = 8
_PERSON, _PIECE = b"data subject", b"occurrence"


def data_subject_hash(key: bytes, kind: str, value: str) -> int:
    """What a window keeps of the person with this strong identifier."""
    said = f"{kind}\0{value}".encode()
    return int.from_bytes(blake2b(said, key=key, person=_PERSON, digest_size=_HASH_BYTES).digest(), "big")


def occurrence_hash(key: bytes, *pieces: bytes) -> int:
    """What a window keeps of one piece of a call: the same piece has the same, wherever it is sent again."""
    said = b"".join([len(piece).to_bytes(8, "big") + piece for piece in pieces])
    return int.from_bytes(blake2b(said, key=key, person=_PIECE, digest_size=_HASH_BYTES).digest(), "big")
