"""What browsers hand back, against `tests/vectors/sign_off/signatures.json`, and beside the library `webauthn`."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
import webauthn
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from brightline.crypto.assertion import MAX_CLIENT_BYTES, verify_assertion
from brightline.crypto.errors import SignatureError
from brightline.crypto.party_keys import ALGORITHMS, P256, create, read_public
from brightline.crypto.signatures import VerifyingKey
from brightline.testing.sign_off import ORIGIN, RP_ID, webauthn_signature

VECTORS = json.loads(
    (Path(__file__).parents[2] / "vectors" / "sign_off" / "signatures.json").read_text(encoding="utf-8")
)


def arguments(case: dict[str, Any]) -> dict[str, Any]:
    names = ("signature", "authenticator_data", "client_data", "challenge")
    return {name: base64.b64decode(case[name]) for name in names} | {name: case[name] for name in ("rp_id", "origins")}


@pytest.mark.parametrize("case", VECTORS["webauthn"], ids=lambda case: case["about"])
def test_only_a_verified_person_on_our_page_signs(case: dict[str, Any]) -> None:
    public = read_public(P256, case["public"])
    if case["valid"]:
        verify_assertion(public, **arguments(case))
        verify_assertion(VerifyingKey(public), **arguments(case))
    else:
        with pytest.raises(SignatureError):
            verify_assertion(public, **arguments(case))


@pytest.mark.parametrize("algorithm", [algorithm for algorithm in ALGORITHMS if algorithm != P256])
def test_other_keys_do_not_sign_so(algorithm: str) -> None:
    case = VECTORS["webauthn"][0]
    with pytest.raises(SignatureError):
        verify_assertion(create(algorithm).public, **arguments(case))


def test_client_data_is_bounded() -> None:
    case = arguments(VECTORS["webauthn"][0])
    with pytest.raises(SignatureError):
        verify_assertion(create(P256).public, **case | {"client_data": b" " * (MAX_CLIENT_BYTES + 1)})


def test_origins_may_be_any_collection() -> None:
    case = arguments(VECTORS["webauthn"][0])
    public = read_public(P256, VECTORS["webauthn"][0]["public"])
    for origins in ({ORIGIN}, (ORIGIN,), frozenset({ORIGIN, "https://other.example"})):
        verify_assertion(public, **case | {"origins": origins})
    listed = next(each for each in VECTORS["webauthn"] if "in a list" in each["about"])
    with pytest.raises(SignatureError):
        verify_assertion(public, **arguments(listed) | {"origins": {ORIGIN}})
    with pytest.raises(SignatureError):
        verify_assertion(public, **case | {"origins": ()})


def cose(public_der: bytes) -> bytes:
    """RFC 9053 section 7.1.1: the point at the end of the DER, as a key of ES256."""
    x, y = public_der[-64:-32], public_der[-32:]
    return b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20" + x + b"\x22\x58\x20" + y


def theirs(case: dict[str, Any]) -> bool:
    """Whether the library takes it."""
    given = arguments(case)
    half = 32
    numbers = [int.from_bytes(given["signature"][at : at + half], "big") for at in (0, half)]

    def url(data: bytes) -> str:
        return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

    credential = {
        "id": url(b"id"),
        "rawId": url(b"id"),
        "type": "public-key",
        "response": {
            "clientDataJSON": url(given["client_data"]),
            "authenticatorData": url(given["authenticator_data"]),
            "signature": url(encode_dss_signature(*numbers)),
        },
    }
    try:
        webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=given["challenge"],
            expected_rp_id=given["rp_id"],
            expected_origin=given["origins"],
            credential_public_key=cose(base64.b64decode(case["public"])),
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except Exception:  # noqa: BLE001 (the library raises many kinds, some of them by accident)
        return False
    return True


@pytest.mark.parametrize("case", VECTORS["webauthn"], ids=lambda case: case["about"])
def test_what_we_take_the_library_takes_too(case: dict[str, Any]) -> None:
    assert theirs(case) or not case["valid"]


@pytest.mark.parametrize("at", range(37))
def test_no_bit_of_authenticator_data_may_change(at: int) -> None:
    key = create(P256)
    made = webauthn_signature(key, b"challenge")
    data = bytearray(made.authenticator_data)
    data[at] ^= 1
    with pytest.raises(SignatureError):
        verify_assertion(
            key.public,
            signature=made.value,
            authenticator_data=bytes(data),
            client_data=made.client_data,
            challenge=b"challenge",
            rp_id=RP_ID,
            origins=(ORIGIN,),
        )
