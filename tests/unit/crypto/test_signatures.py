"""Signatures, against `tests/vectors/sign_off/signatures.json`, and what no vector can hold."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from brightline.crypto.errors import KeyFormatError, SignatureError
from brightline.crypto.note import encode_base64
from brightline.crypto.party_keys import ALGORITHMS, ED25519, P256, P384, create, read_public
from brightline.crypto.signatures import KeyRing, VerifyingKey, normalise_der, normalise_raw, sign, verify

VECTORS = json.loads(
    (Path(__file__).parents[2] / "vectors" / "sign_off" / "signatures.json").read_text(encoding="utf-8")
)
ECDSA = (P256, P384)
HALF = {P256: 32, P384: 48}
MESSAGE = b"brightline/statement/1\n{}"


def b64(text: str) -> bytes:
    return base64.b64decode(text)


@pytest.mark.parametrize("case", VECTORS["signatures"], ids=lambda case: f"{case['algorithm']}: {case['about']}")
def test_only_the_one_signature_counts(case: dict[str, Any]) -> None:
    public = read_public(case["algorithm"], case["public"])
    assert public.id == case["key"]
    if case["valid"]:
        verify(public, b64(case["signature"]), b64(case["message"]))
    else:
        with pytest.raises(SignatureError):
            verify(public, b64(case["signature"]), b64(case["message"]))


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_what_is_signed_verifies_in_one_encoding(algorithm: str) -> None:
    key = create(algorithm)
    for at in range(8):
        signature = sign(key, b"%d" % at)
        verify(key.public, signature, b"%d" % at)
        if algorithm in ECDSA:
            assert normalise_raw(key.public, signature) == signature


@pytest.mark.parametrize("algorithm", ECDSA)
def test_both_signatures_that_a_library_may_make_become_one(algorithm: str) -> None:
    key = create(algorithm)
    signature = sign(key, MESSAGE)
    half = HALF[algorithm]
    r, s = int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big")
    order = {P256: ec.SECP256R1().group_order, P384: ec.SECP384R1().group_order}[algorithm]
    assert s <= order // 2
    for other in (s, order - s):
        assert normalise_der(key.public, encode_dss_signature(r, other)) == signature
        assert normalise_raw(key.public, signature[:half] + other.to_bytes(half, "big")) == signature


@pytest.mark.parametrize("algorithm", ECDSA)
def test_the_library_agrees(algorithm: str) -> None:
    key = create(algorithm)
    digest = hashes.SHA256() if algorithm == P256 else hashes.SHA384()
    assert isinstance(key.key, ec.EllipticCurvePrivateKey)
    theirs = key.key.sign(MESSAGE, ec.ECDSA(digest))
    verify(key.public, normalise_der(key.public, theirs), MESSAGE)
    half = HALF[algorithm]
    ours = sign(key, MESSAGE)
    der = encode_dss_signature(int.from_bytes(ours[:half], "big"), int.from_bytes(ours[half:], "big"))
    key.key.public_key().verify(der, MESSAGE, ec.ECDSA(digest))
    assert decode_dss_signature(der)[0] == int.from_bytes(ours[:half], "big")


@pytest.mark.parametrize("algorithm", ECDSA)
@pytest.mark.parametrize(
    "damage", [b"", b"\x30", b"\x30\x06\x02\x01\x00\x02\x01\x01", b"\x30\x06\x02\x01\x01\x02\x01\x00"]
)
def test_damaged_der_is_refused(algorithm: str, damage: bytes) -> None:
    with pytest.raises(SignatureError):
        normalise_der(create(algorithm).public, damage)


@pytest.mark.parametrize("algorithm", ECDSA)
def test_damaged_numbers_are_refused(algorithm: str) -> None:
    public, half = create(algorithm).public, HALF[algorithm]
    for signature in (b"", bytes(2 * half), b"\xff" * 2 * half, bytes(2 * half + 1)):
        with pytest.raises(SignatureError):
            normalise_raw(public, signature)


def test_an_ed25519_key_has_no_such_numbers() -> None:
    public = create(ED25519).public
    for normalise in (normalise_der, normalise_raw):
        with pytest.raises(SignatureError):
            normalise(public, bytes(64))


def test_a_ring_keeps_keys_ready_and_takes_no_bad_one() -> None:
    ring = KeyRing(limit=1)
    public = create(ED25519).public
    encoded = encode_base64(public.der)
    key = ring.key(ED25519, encoded)
    assert key is ring.key(ED25519, encoded)
    assert key.public == public
    for algorithm, text in ((P256, encoded), (ED25519, encoded[:-4]), (ED25519, "")):
        with pytest.raises(KeyFormatError):
            ring.key(algorithm, text)


def test_no_secret_is_shown() -> None:
    key = create(ED25519)
    assert repr(VerifyingKey(key.public)) == f"VerifyingKey({key.public.id!r})"
    with pytest.raises(SignatureError) as refused:
        verify(key.public, bytes(64), b"secret")
    assert "secret" not in str(refused.value)
    assert key.public.id in refused.value.message
