"""Envelopes of signatures (DSSE, "Dead Simple Signing Envelope" 1.0.2): a payload, its type, and who signed both.

What is signed and how is securesystemslib's; how an envelope is read is ours, and strict:
1. bounded bytes of UTF-8, one JSON object of exactly `payload`, `payloadType` and `signatures`, no name twice;
2. the type is the one asked for; payload and signatures are canonical base64;
3. at most `MAX_SIGNATURES` signatures, each exactly `keyid` and `sig`, and no key signs twice.
INVARIANT: signatures are counted by whoever asks, key by key: the library's own threshold is k of n over all keys.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.serialization import load_der_public_key
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import UnverifiedSignatureError
from securesystemslib.signer import CryptoSigner, Signature, SSlibKey  # type: ignore[attr-defined]  # not in its `__all__`

from brightline.crypto.errors import EnvelopeError, SignatureCountError, SignatureError
from brightline.crypto.note import decode_base64, encode_base64
from brightline.crypto.party_keys import PrivateKey, PublicKey

# Eight parties with eight keys each; whoever sends more wants to make us work.
MAX_SIGNATURES = 64
MAX_ENVELOPE_BYTES = 256 * 1024
# The longest that our keys make is ECDSA P-384 in DER: 104 bytes.
MAX_SIGNATURE_CHARACTERS = 200
_KEY_ID = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class SignedEnvelope:
    """A payload of `payload_type` with signatures by key id; nothing in it is verified yet."""

    payload_type: str
    payload: bytes = field(repr=False)
    signatures: Mapping[str, bytes] = field(repr=False)

    def to_bytes(self) -> bytes:
        """The envelope as its file holds it: signatures in order of key id, so equal envelopes have equal bytes."""
        listed = [{"keyid": key, "sig": encode_base64(sig)} for key, sig in sorted(self.signatures.items())]
        whole = {"payload": encode_base64(self.payload), "payloadType": self.payload_type, "signatures": listed}
        return json.dumps(whole, indent=1).encode() + b"\n"


def read_envelope(data: bytes, payload_type: str) -> SignedEnvelope:
    """The envelope of `payload_type` in `data`; raises `EnvelopeError`, `SignatureCountError`."""
    if len(data) > MAX_ENVELOPE_BYTES:
        raise EnvelopeError(f"it is larger than {MAX_ENVELOPE_BYTES} bytes")
    whole = _members(_parsed(data), ("payload", "payloadType", "signatures"), "the envelope")
    if whole["payloadType"] != payload_type:
        raise EnvelopeError("it holds something of another type")
    listed = whole["signatures"]
    if not isinstance(listed, list):
        raise EnvelopeError("`signatures` is not a list")
    if len(listed) > MAX_SIGNATURES:
        raise SignatureCountError(len(listed), MAX_SIGNATURES)
    signatures: dict[str, bytes] = {}
    for item in listed:
        members = _members(item, ("keyid", "sig"), "a signature")
        key = members["keyid"]
        if not isinstance(key, str) or not _KEY_ID.fullmatch(key):
            raise EnvelopeError("a signature names no key id (64 hexadecimal digits)")
        if key in signatures:
            raise EnvelopeError(f"key {key} signs twice")
        signatures[key] = _bytes(members["sig"], "a signature", MAX_SIGNATURE_CHARACTERS)
    return SignedEnvelope(payload_type, _bytes(whole["payload"], "the payload", MAX_ENVELOPE_BYTES), signatures)


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise EnvelopeError("a name stands twice in one object")
    return members


def _parsed(data: bytes) -> object:
    try:
        parsed: object = json.loads(data.decode(), object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        raise EnvelopeError("it is not strict JSON") from error
    return parsed


def _members(node: object, wanted: tuple[str, ...], what: str) -> dict[str, object]:
    if not isinstance(node, dict) or set(node) != set(wanted):
        raise EnvelopeError(f"{what} does not have exactly the fields {', '.join(wanted)}")
    return node


def _bytes(node: object, what: str, most: int) -> bytes:
    if not isinstance(node, str) or len(node) > most:
        raise EnvelopeError(f"{what} is not a string of at most {most} characters")
    try:
        return decode_base64(node)
    except ValueError as error:
        raise EnvelopeError(f"{what} is not canonical base64") from error


def sign(payload: bytes, payload_type: str, key: PrivateKey, before: SignedEnvelope | None = None) -> SignedEnvelope:
    """The envelope of `payload` signed by `key`, beside the signatures of `before` where that is of the same payload.

    Raises `EnvelopeError` when `before` is of another payload or type, `SignatureCountError` when it is full.
    """
    if before is not None and (before.payload, before.payload_type) != (payload, payload_type):
        raise EnvelopeError("its signatures are over another payload")
    signer = CryptoSigner(key.key, _library_key(key.public))
    made = Envelope(payload, payload_type, {}).sign(signer)
    earlier = before.signatures if before is not None else {}
    signatures = {**earlier, key.public.id: bytes.fromhex(made.signature)}
    if len(signatures) > MAX_SIGNATURES:
        raise SignatureCountError(len(signatures), MAX_SIGNATURES)
    return SignedEnvelope(payload_type, payload, signatures)


def verify(envelope: SignedEnvelope, key: PublicKey) -> None:
    """Check the signature of `key` in `envelope`; raises `SignatureError` when it is missing or does not verify."""
    signature = envelope.signatures.get(key.id)
    if signature is None:
        raise SignatureError(key.id, "it is missing")
    one = {key.id: Signature(key.id, signature.hex())}
    try:
        Envelope(envelope.payload, envelope.payload_type, one).verify([_library_key(key)], 1)
    except UnverifiedSignatureError as error:
        raise SignatureError(key.id, "it does not verify") from error


def _library_key(key: PublicKey) -> SSlibKey:
    return SSlibKey.from_crypto(load_der_public_key(key.der), keyid=key.id)
