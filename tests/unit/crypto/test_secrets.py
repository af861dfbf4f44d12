"""Hashes of secrets."""

import pytest

from brightline.crypto.errors import KeyFormatError
from brightline.crypto.secrets import HASH_BYTES, hash_secret, same_hash


def test_a_pepper_of_another_length_refuses() -> None:
    for pepper in (b"", bytes(31), bytes(33)):
        with pytest.raises(KeyFormatError, match="pepper"):
            hash_secret(b"secret", pepper)


def test_a_hash_depends_on_secret_and_pepper() -> None:
    hashes = {hash_secret(secret, pepper) for secret in (b"", b"a", b"b") for pepper in (bytes(32), b"1" * 32)}
    assert len(hashes) == 6
    assert all(len(hash_) == HASH_BYTES for hash_ in hashes)


def test_hashes_are_compared() -> None:
    assert same_hash(hash_secret(b"a", bytes(32)), hash_secret(b"a", bytes(32)))
    assert not same_hash(hash_secret(b"a", bytes(32)), hash_secret(b"b", bytes(32)))
