"""The keys with which parties sign agreements: Ed25519, and ECDSA on the curves P-256 and P-384.

A private key lies in a file of PKCS#8 PEM (RFC 5958), sealed with a passphrase; a public key is written as the base64
of its SubjectPublicKeyInfo in DER (RFC 5280), and named by the SHA-256 of that DER.
INVARIANT: one encoding per key, so that one key cannot stand under two ids.
INVARIANT: no passphrase and no private key stands in a `repr`, a message or a log.
"""

import hashlib
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_public_key,
    load_pem_private_key,
)

from brightline.crypto.errors import KeyFileError, KeyFormatError, PassphraseError
from brightline.crypto.note import Verifier, decode_base64, encode_base64

ED25519 = "ed25519"
P256 = "ecdsa-p256"
P384 = "ecdsa-p384"
ALGORITHMS = (ED25519, P256, P384)
# The largest of the three in DER is 120 bytes, and in PEM with its encryption under 700.
MAX_PUBLIC_CHARACTERS = 200
MAX_FILE_BYTES = 4096
MIN_PASSPHRASE = 8
_OWNER_ONLY = 0o600
# FIPS 186-5: the orders of the two groups, to draw a private number from.
_ORDERS = {
    P256: 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    P384: 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973,
}
Public = Ed25519PublicKey | ec.EllipticCurvePublicKey
Private = Ed25519PrivateKey | ec.EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A party's public key; `der` is its SubjectPublicKeyInfo."""

    algorithm: str
    der: bytes = field(repr=False)

    @property
    def id(self) -> str:
        """The key's id: the SHA-256 of its DER, in hexadecimal."""
        return hashlib.sha256(self.der).hexdigest()

    def entry(self) -> dict[str, str]:
        """The key as a manifest lists it."""
        return {"id": self.id, "algorithm": self.algorithm, "public": encode_base64(self.der)}


class PrivateKey:
    """A party's private key."""

    __slots__ = ("key", "public")

    def __init__(self, key: Private) -> None:
        self.key = key
        self.public = public_of(key.public_key())

    def __repr__(self) -> str:
        return f"PrivateKey({self.public.id!r})"


def public_of(key: object) -> PublicKey:
    """`key` as a party's key; raises `KeyFormatError` for any other kind or curve, or one that anybody signs for."""
    if isinstance(key, Ed25519PublicKey):
        # Refuses the points of low order, for which anybody can sign.
        Verifier("party", key.public_bytes_raw())
        algorithm = ED25519
    elif isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        algorithm = P256
    elif isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP384R1):
        algorithm = P384
    else:
        raise KeyFormatError(f"it is none of {', '.join(ALGORITHMS)}")
    return PublicKey(algorithm, key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))


def read_public(algorithm: str, encoded: str) -> PublicKey:
    """The key that a manifest lists; raises `KeyFormatError` unless it is of `algorithm` and in its one encoding."""
    if len(encoded) > MAX_PUBLIC_CHARACTERS:
        raise KeyFormatError(f"it is longer than {MAX_PUBLIC_CHARACTERS} characters")
    try:
        der = decode_base64(encoded)
        key = public_of(load_der_public_key(der))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise KeyFormatError("it is not the base64 of a public key in DER") from error
    if key.der != der:
        raise KeyFormatError("it is not in its canonical encoding")
    if key.algorithm != algorithm:
        raise KeyFormatError(f"it is of {key.algorithm}, not of {algorithm}")
    return key


def create(algorithm: str, random: Callable[[int], bytes] = os.urandom) -> PrivateKey:
    """A new key of `algorithm`, drawn from `random`; raises `KeyFormatError` for an unknown algorithm."""
    if algorithm == ED25519:
        return PrivateKey(Ed25519PrivateKey.from_private_bytes(random(32)))
    if algorithm not in _ORDERS:
        raise KeyFormatError(f"it is none of {', '.join(ALGORITHMS)}")
    order = _ORDERS[algorithm]
    # FIPS 186-5 A.2.1: 64 bits more than the order has make the remainder as good as uniform.
    number = int.from_bytes(random(order.bit_length() // 8 + 8), "big") % (order - 1) + 1
    return PrivateKey(ec.derive_private_key(number, ec.SECP256R1() if algorithm == P256 else ec.SECP384R1()))


def save(path: Path, key: PrivateKey, passphrase: str) -> None:
    """Write `key` to a new file that only its owner reads, sealed; an empty passphrase leaves it open.

    Raises `PassphraseError` for one that is too short, `KeyFileError` when the file exists or cannot be written.
    """
    if passphrase and len(passphrase) < MIN_PASSPHRASE:
        raise PassphraseError(str(path), f"the passphrase has fewer than {MIN_PASSPHRASE} characters")
    seal = BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
    pem = key.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, seal)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _OWNER_ONLY)
        with os.fdopen(descriptor, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise KeyFileError(str(path), (error.strerror or type(error).__name__).lower()) from error


def load(path: Path, passphrase: str) -> PrivateKey:
    """The key in the file at `path`; raises `KeyFileError` for a file that cannot be trusted, `PassphraseError`."""
    pem = _read(path)
    sealed = b"ENCRYPTED" in pem.partition(b"\n")[0]
    if sealed and not passphrase:
        raise PassphraseError(str(path), "it is sealed with a passphrase")
    try:
        key = load_pem_private_key(pem, passphrase.encode() if sealed else None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        if sealed:
            raise PassphraseError(str(path), "the passphrase does not open it") from error
        raise KeyFileError(str(path), "it holds no private key") from error
    if not isinstance(key, Ed25519PrivateKey | ec.EllipticCurvePrivateKey):
        raise KeyFileError(str(path), f"its key is none of {', '.join(ALGORITHMS)}")
    return PrivateKey(key)


def _read(path: Path) -> bytes:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise KeyFileError(str(path), "it is not a plain file")
            if status.st_uid not in {os.geteuid(), 0}:
                raise KeyFileError(str(path), "it belongs to another user")
            if stat.S_IMODE(status.st_mode) & 0o077:
                raise KeyFileError(str(path), "other users may read or change it")
            pem = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise KeyFileError(str(path), (error.strerror or type(error).__name__).lower()) from error
    if len(pem) > MAX_FILE_BYTES:
        raise KeyFileError(str(path), f"it is larger than {MAX_FILE_BYTES} bytes")
    return pem
