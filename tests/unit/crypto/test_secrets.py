"""Hashes of secrets."""

import pytest

from brightline.crypto.errors import KeyFormatError
from brightline.crypto.secrets import HASH_BYTES, hash_secret


def test_a_pepper_of_another_length_refuses() -> None:
    for pepper in (b"", bytes(31), bytes(33)):
        with pytest.raises(KeyFormatError, match="pepper"):
            hash_secret(b"secret", pepper)


def test_a_hash_depends_on_secret_and_pepper() -> None:
    hashes = {hash_secret(secret, pepper) for secret in (b"", b"a", b"b") for pepper in (bytes(32), b"1" * 32)}
    assert len(hashes) == 6
    assert all(len(hash_) == HASH_BYTES for hash_ in hashes)
