"""A passkey in memory: what a browser and an authenticator answer when a person registers (WebAuthn section 7.1)."""

import base64
import hashlib
import json
from collections.abc import Mapping

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec

from brightline.crypto.party_keys import P256, PrivateKey, create

RP_ID = "console.example"
ORIGIN = "https://console.example"
PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40
CREDENTIAL = b"credential of a passkey"


def url64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def passkey() -> PrivateKey:
    return create(P256)


def cose(key: PrivateKey, **changes: object) -> bytes:
    numbers = key.key.public_key().public_numbers()
    assert isinstance(numbers, ec.EllipticCurvePublicNumbers)
    x, y = numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")
    written = {1: 2, 3: -7, -1: 1, -2: x, -3: y}
    written |= {int(name.removeprefix("at").replace("_", "-")): value for name, value in changes.items()}
    return cbor2.dumps(written)


def registration(
    key: PrivateKey,
    challenge: bytes,
    *,
    rp_id: str = RP_ID,
    flags: int = PRESENT | VERIFIED | ATTESTED,
    credential: bytes = CREDENTIAL,
    public: bytes | None = None,
    client: Mapping[str, object] | None = None,
) -> bytes:
    """The response that registers `key`; the rest is what may be wrong with it."""
    named = {"type": "webauthn.create", "challenge": url64(challenge), "origin": ORIGIN, "crossOrigin": False}
    client_data = json.dumps({**named, **(client or {})}).encode()
    public = cose(key) if public is None else public
    attested = bytes(16) + len(credential).to_bytes(2, "big") + credential + public
    authenticator = hashlib.sha256(rp_id.encode()).digest() + bytes([flags]) + bytes(4) + attested
    attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": authenticator})
    response = {"clientDataJSON": url64(client_data), "attestationObject": url64(attestation)}
    whole = {"id": url64(credential), "rawId": url64(credential), "type": "public-key", "response": response}
    return json.dumps(whole).encode()
