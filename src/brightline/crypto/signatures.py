"""Signatures by people, gateways, directories and effectors: Ed25519, and ECDSA on the curves P-256 and P-384.

Ed25519 is RFC 8032's, 64 bytes. An ECDSA signature (FIPS 186-5; SHA-256 with P-256, SHA-384 with P-384) is r and then
s, each as long as the curve's order, with the lower of the two s that would verify.
INVARIANT: one encoding per signature; a check returns or raises, and never answers with a boolean.
"""

from functools import lru_cache
from typing import cast

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_der_public_key

from brightline.crypto.errors import SignatureError
from brightline.crypto.party_keys import ED25519, P256, P384, PrivateKey, PublicKey, read_public

ED25519_BYTES = 64
# FIPS 186-5 and SP 800-186: the orders of the two groups.
_ORDERS = {
    P256: 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    P384: 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973,
}
_HALF_BYTES = {P256: 32, P384: 48}
_ECDSA = {P256: ec.ECDSA(hashes.SHA256()), P384: ec.ECDSA(hashes.SHA384())}


class VerifyingKey:
    """A public key made ready to check signatures with, which costs as much as a tenth of a check."""

    __slots__ = ("_key", "public")

    def __init__(self, public: PublicKey) -> None:
        self.public = public
        self._key = cast("Ed25519PublicKey | ec.EllipticCurvePublicKey", load_der_public_key(public.der))

    def __repr__(self) -> str:
        return f"VerifyingKey({self.public.id!r})"

    def verify(self, signature: bytes, message: bytes) -> None:
        """Check that `signature` is this key's over `message`; raises `SignatureError` if not."""
        try:
            if isinstance(self._key, Ed25519PublicKey):
                self._key.verify(signature, message)
            else:
                der = _to_der(self.public, signature)
                self._key.verify(der, message, _ECDSA[self.public.algorithm])
        except InvalidSignature as error:
            raise SignatureError(self.public.id, "it does not verify") from error


class KeyRing:
    """Public keys as they are read and used again: the `limit` last used stay ready."""

    __slots__ = ("key",)

    def __init__(self, limit: int = 256) -> None:
        @lru_cache(maxsize=limit)
        def key(algorithm: str, encoded: str) -> VerifyingKey:
            return VerifyingKey(read_public(algorithm, encoded))

        # `key(algorithm, encoded)`: the key that `party_keys.read_public` reads; raises `KeyFormatError` as that does.
        self.key = key


def sign(key: PrivateKey, message: bytes) -> bytes:
    """The signature of `key` over `message`."""
    if isinstance(key.key, Ed25519PrivateKey):
        return key.key.sign(message)
    return normalise_der(key.public, key.key.sign(message, _ECDSA[key.public.algorithm]))


def verify(public: PublicKey, signature: bytes, message: bytes) -> None:
    """Check that `signature` is by `public` over `message`; raises `SignatureError` if not."""
    VerifyingKey(public).verify(signature, message)


def normalise_der(public: PublicKey, signature: bytes) -> bytes:
    """The one encoding of an ECDSA `signature` in DER, as WebAuthn and most libraries make it, by the key `public`.

    Nothing is verified. Raises `SignatureError` when it is no such signature.
    """
    order = _order(public)
    try:
        r, s = decode_dss_signature(signature)
    except ValueError as error:
        raise SignatureError(public.id, "it is no ECDSA signature in DER") from error
    return _fixed(public, r, min(s, order - s))


def normalise_raw(public: PublicKey, signature: bytes) -> bytes:
    """The one encoding of an ECDSA `signature` written as r and s of fixed length, as PKCS#11 makes it.

    Nothing is verified. Raises `SignatureError` when it is no such signature.
    """
    r, s = _halves(public, signature)
    return _fixed(public, r, min(s, _order(public) - s))


def _order(public: PublicKey) -> int:
    if public.algorithm == ED25519:
        raise SignatureError(public.id, "its key does not sign with ECDSA")
    return _ORDERS[public.algorithm]


def _halves(public: PublicKey, signature: bytes) -> tuple[int, int]:
    order, half = _order(public), _HALF_BYTES[public.algorithm]
    if len(signature) != 2 * half:
        raise SignatureError(public.id, f"it does not have {2 * half} bytes")
    r, s = int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big")
    if not (0 < r < order and 0 < s < order):
        raise SignatureError(public.id, "its numbers lie outside of the group")
    return r, s


def _fixed(public: PublicKey, r: int, s: int) -> bytes:
    order, half = _order(public), _HALF_BYTES[public.algorithm]
    if not (0 < r < order and 0 < s < order):
        raise SignatureError(public.id, "its numbers lie outside of the group")
    return r.to_bytes(half, "big") + s.to_bytes(half, "big")


def _to_der(public: PublicKey, signature: bytes) -> bytes:
    r, s = _halves(public, signature)
    # Whoever sees a signature could write the other s without the key: a second signature over the same bytes.
    if s > _order(public) // 2:
        raise SignatureError(public.id, "it is not written with the lower s")
    return encode_dss_signature(r, s)
