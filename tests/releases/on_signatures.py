"""Attacks on signatures: by other keys, over other things, in another way than allowed or in a second encoding."""

import hashlib
import json
from dataclasses import replace

from brightline.crypto.party_keys import P256, P384
from brightline.testing.sign_off import ANNA, BERT, CLEO, ROLE, key_of
from tests.releases.edits import above_the_order, cut_short, encode, exchange, higher_s, key_in_bytes, zero_inside
from tests.releases.forger import Attack, Forged, Object, at, put
from tests.releases.ground import MACHINES

OTHER = "ab" * 32


def _listed(client: bytes) -> bytes:
    found = json.loads(client)
    return json.dumps({**found, "origin": [found["origin"]]}).encode()


# RFC 5480 section 2.2: a point by one coordinate and the sign of the other.
_P256 = CLEO.key.public.der
COMPRESSED = (
    bytes.fromhex("3039301306072a8648ce3d020106082a8648ce3d030107032200") + bytes([2 + (_P256[-1] & 1)]) + _P256[27:59]
)
# The neutral element: S = 0 with R the neutral element verifies for it, whatever the message.
NEUTRAL = b"\x01" + bytes(31)
LOW_ORDER = BERT.key.public.der[:12] + NEUTRAL


def _of_nobody(signature: Object) -> None:
    signature["value"] = encode(NEUTRAL + bytes(32))


SIGNED: tuple[Attack, ...] = (
    ("a gateway's key that nobody knows", "effector/bad-signature", Forged(whole=put("gateway.key", OTHER))),
    ("a gateway's name and another's signature", "effector/bad-signature", Forged(gateway="mallory")),
    (
        "a gateway of one's own",
        "effector/bad-signature",
        Forged(gateway="mallory", whole=put("gateway.key", key_of("mallory").public.id)),
    ),
    (
        "a row set by hand: nobody's signature",
        "effector/bad-signature",
        Forged(signers={0: key_of("mallory", P256), 1: key_of("mallory")}),
    ),
    ("one person's signature by another key", "effector/bad-signature", Forged(signers={1: key_of("mallory")})),
    (
        "a smart card's signature by another key",
        "effector/bad-signature",
        replace(MACHINES, signers={0: key_of("x", P256)}),
    ),
    ("a P-384 signature by another key", "effector/bad-signature", replace(MACHINES, signers={1: key_of("x", P384)})),
    ("a passkey's signature by another key", "effector/bad-signature", Forged(signers={0: key_of("mallory", P256)})),
    ("an assertion by another key", "effector/bad-signature", Forged(directory="mallory")),
    (
        "a directory of one's own",
        "effector/bad-signature",
        Forged(directory="mallory", asserted=at(1, put("directory_key", key_of("mallory").public.id))),
    ),
    (
        "roles changed after they were asserted",
        "effector/bad-signature",
        Forged(people=(ANNA, replace(BERT, roles=("watch-officer",))), asserted=at(1, put("assertion.roles", [ROLE]))),
    ),
    (
        "a reason changed after it was signed",
        "effector/bad-signature",
        Forged(signed=at(1, put("statement.reason", ""))),
    ),
    ("a passkey's reason changed", "effector/bad-signature", Forged(signed=at(0, put("statement.reason", "")))),
    ("a statement about another action", "effector/other-statement", Forged(statement=at(1, put("binding", OTHER)))),
    ("a statement in another's name", "effector/other-person", Forged(statement=at(1, put("person", "boris")))),
    ("a statement by another key than asserted", "effector/other-person", Forged(statement=at(1, put("key", OTHER)))),
    (
        "a way of signing that is not allowed",
        "effector/algorithm",
        Forged(bundle=put("algorithms", ["webauthn-es256"])),
    ),
    (
        "a signature that calls itself another's",
        "effector/algorithm",
        Forged(signature=at(1, put("algorithm", "ecdsa-p256"))),
    ),
    (
        "a passkey without a browser",
        "effector/algorithm",
        replace(
            MACHINES,
            assertion=at(0, put("key.assurance", "webauthn-uv")),
            statement=at(0, put("assurance", "webauthn-uv")),
        ),
    ),
    (
        "a browser without a passkey",
        "effector/algorithm",
        Forged(assertion=at(0, put("key.assurance", "hardware")), statement=at(0, put("assurance", "hardware"))),
    ),
    ("a file that calls itself hardware", "effector/algorithm", Forged(statement=at(1, put("assurance", "hardware")))),
    ("a signature cut short", "effector/bad-signature", Forged(signature=at(1, cut_short))),
    ("the higher s of a smart card", "effector/bad-signature", replace(MACHINES, signature=at(0, higher_s(P256)))),
    ("the higher s of P-384", "effector/bad-signature", replace(MACHINES, signature=at(1, higher_s(P384)))),
    ("the higher s of a passkey", "effector/bad-signature", Forged(signature=at(0, higher_s(P256)))),
    ("an Ed25519 S above the order", "effector/bad-signature", Forged(signature=at(1, above_the_order))),
    ("a person that nobody verified", "effector/bad-signature", Forged(passkey={"flags": b"\x01"})),
    ("a person that was not there", "effector/bad-signature", Forged(passkey={"flags": b"\x04"})),
    ("a passkey that says that more follows", "effector/bad-signature", Forged(passkey={"flags": b"\x85"})),
    ("a passkey that announces a key", "effector/bad-signature", Forged(passkey={"flags": b"\x45"})),
    ("a passkey that contradicts itself", "effector/bad-signature", Forged(passkey={"flags": b"\x15"})),
    ("a page of another origin", "effector/bad-signature", Forged(passkey={"origin": "https://console.example.evil"})),
    ("another relying party", "effector/bad-signature", Forged(passkey={"rp_id": "example"})),
    ("a page inside of another one", "effector/bad-signature", Forged(client=exchange(b"false", b"true"))),
    ("a page inside of another one, told oddly", "effector/bad-signature", Forged(client=exchange(b"false", b"null"))),
    ("a page under another one", "effector/bad-signature", Forged(client=exchange(b"{", b'{"topOrigin":"",'))),
    ("a registration for a signature", "effector/bad-signature", Forged(client=exchange(b".get", b".create"))),
    ("another challenge", "effector/bad-signature", Forged(client=exchange(b'"challenge":"', b'"challenge":"A'))),
    ("a challenge with padding", "effector/bad-signature", Forged(client=exchange(b'","origin"', b'=","origin"'))),
    (
        "an origin twice",
        "effector/bad-signature",
        Forged(client=exchange(b"{", b'{"origin":"https://console.example",')),
    ),
    ("origins in a list", "effector/bad-signature", Forged(client=_listed)),
    ("client data that is no object", "effector/bad-signature", Forged(client=lambda data: b"[" + data + b"]")),
    ("client data that is no JSON", "effector/bad-signature", Forged(client=lambda data: data[:-1])),
    ("authenticator data cut short", "effector/bad-signature", Forged(authenticator=lambda data: data[:-1])),
    ("a byte after authenticator data", "effector/bad-signature", Forged(authenticator=lambda data: data + b"\0")),
    ("a zero inside of a signature", "effector/bad-signature", replace(MACHINES, signature=at(0, zero_inside))),
    (
        "a key in a second encoding",
        "effector/bad-signature",
        replace(
            MACHINES,
            assertion=at(0, key_in_bytes(COMPRESSED)),
            statement=at(0, put("key", hashlib.sha256(COMPRESSED).hexdigest())),
        ),
    ),
    (
        "a key for which anybody signs",
        "effector/bad-signature",
        Forged(
            assertion=at(1, key_in_bytes(LOW_ORDER)),
            statement=at(1, put("key", hashlib.sha256(LOW_ORDER).hexdigest())),
            signature=at(1, _of_nobody),
        ),
    ),
)
