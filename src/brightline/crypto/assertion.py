"""Checks what a browser and an authenticator hand back when a person signs (WebAuthn Level 3, section 7.2).

Only ES256 (ECDSA on P-256) with a person verified by the authenticator. Written apart from the libraries that register
keys, small enough to be read whole by the maker of a machine that acts.
LIMIT: the sign counter is not looked at: passkeys that are synchronised do not count.
LIMIT: authenticator data with extensions or attested keys is refused; nobody asks for them.
"""

import base64
import hashlib
from collections.abc import Collection

from brightline.crypto.errors import SignatureError
from brightline.crypto.party_keys import P256, PublicKey
from brightline.crypto.signatures import VerifyingKey
from brightline.domain.sign_off.canonical import JsonObject, parse
from brightline.domain.sign_off.errors import SignOffError

MAX_CLIENT_BYTES = 4096
# Section 6.1: the hash of the relying party's id, one byte of flags, a counter of four bytes.
AUTHENTICATOR_BYTES = 37
USER_PRESENT = 0x01
USER_VERIFIED = 0x04
BACKUP_ELIGIBLE = 0x08
BACKED_UP = 0x10
ATTESTED = 0x40
EXTENDED = 0x80


def verify_assertion(
    public: PublicKey | VerifyingKey,
    *,
    signature: bytes,
    authenticator_data: bytes,
    client_data: bytes,
    challenge: bytes,
    rp_id: str,
    origins: Collection[str],
) -> None:
    """Check that the holder of `public`, verified, signed `challenge` on a page of one of `origins`.

    `signature` is r and s as `signatures` writes them. Raises `SignatureError` for any doubt.
    """
    key = public if isinstance(public, VerifyingKey) else VerifyingKey(public)
    if key.public.algorithm != P256:
        raise SignatureError(key.public.id, "its key does not sign with ES256")
    _check_client(key.public, client_data, challenge, origins)
    _check_authenticator(key.public, authenticator_data, rp_id)
    key.verify(signature, authenticator_data + hashlib.sha256(client_data).digest())


def _check_client(key: PublicKey, client_data: bytes, challenge: bytes, origins: Collection[str]) -> None:
    """Section 7.2, steps 9 to 14 (the order of the checks is ours)."""
    client = _read_client(key, client_data)
    if client.get("type") != "webauthn.get":
        raise SignatureError(key.id, "its client data is not of a signature")
    if client.get("challenge") != base64.urlsafe_b64encode(challenge).rstrip(b"=").decode("ascii"):
        raise SignatureError(key.id, "it is over something else")
    origin = client.get("origin")
    if not isinstance(origin, str) or origin not in origins:
        raise SignatureError(key.id, "it was made on a page of another origin")
    # A page inside of another one can be covered by it: what the person saw is then not what was signed.
    if client.get("crossOrigin", False) is not False or "topOrigin" in client:
        raise SignatureError(key.id, "it was made on a page inside of another one")


def _read_client(key: PublicKey, client_data: bytes) -> JsonObject:
    try:
        client = parse(client_data, limit=MAX_CLIENT_BYTES)
    except SignOffError as error:
        raise SignatureError(key.id, "its client data cannot be read in one way only") from error
    if not isinstance(client, dict):
        raise SignatureError(key.id, "its client data is no object")
    return client


def _check_authenticator(key: PublicKey, data: bytes, rp_id: str) -> None:
    """Section 7.2, steps 15 to 19."""
    if len(data) != AUTHENTICATOR_BYTES:
        raise SignatureError(key.id, f"its authenticator data does not have {AUTHENTICATOR_BYTES} bytes")
    if data[:32] != hashlib.sha256(rp_id.encode()).digest():
        raise SignatureError(key.id, "it was made for another relying party")
    flags = data[32]
    if flags & (ATTESTED | EXTENDED):
        raise SignatureError(key.id, "its authenticator data says that more follows")
    if not flags & USER_PRESENT or not flags & USER_VERIFIED:
        raise SignatureError(key.id, "the authenticator did not verify a person")
    if flags & BACKED_UP and not flags & BACKUP_ELIGIBLE:
        raise SignatureError(key.id, "its authenticator data contradicts itself")
