"""Registers a person's passkey (W3C Web Authentication, level 3, section 7.1), with user verification demanded.

Only ES256 is taken, and the key comes out as any other P-256 key of Brightline, named by the SHA-256 of its DER.
The package `webauthn` is loaded when a passkey is registered, and nowhere else; assertions are checked without it.
LIMIT: the maker of the authenticator is not asked for (attestation `none`): a directory asserts keys of people whom it
saw enrol.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module

from cryptography.hazmat.primitives.asymmetric import ec

from brightline.crypto.errors import ExtraMissingError, RegistrationError
from brightline.crypto.party_keys import PublicKey, public_of

EXTRA = "console"
# An attestation object without attestation has a few hundred bytes; with a certificate chain some thousands.
MAX_RESPONSE_BYTES = 64 * 1024
MAX_CREDENTIAL_BYTES = 1023  # WebAuthn section 4: a credential id is at most this long
_TIMEOUT_MS = 120_000
# What the package says, and what a person reads; all else is malformed.
_REASONS = (
    ("challenge", "it answers another challenge"),
    ("origin", "it was made on another page"),
    ("RP ID", "it was made for another site"),
    ("User verification", "the authenticator did not verify its user"),
    ("User presence", "nobody touched the authenticator"),
    ("public key alg", "its key is not of ES256"),
)


@dataclass(frozen=True, slots=True)
class Registered:
    """A passkey that was registered: its key, and the id by which a browser finds it."""

    key: PublicKey
    credential: bytes


def registration_options(
    *, rp_id: str, rp_name: str, person: str, handle: bytes, challenge: bytes, known: Sequence[bytes] = ()
) -> bytes:
    """What the browser is asked, as JSON, to make a passkey for `person`; `known` are his credentials so far.

    `handle` are 16 to 64 bytes that stand for the person and say nothing of him. Raises `ExtraMissingError`.
    """
    _require()
    import webauthn
    from webauthn.helpers import structs
    from webauthn.helpers.cose import COSEAlgorithmIdentifier

    options = webauthn.generate_registration_options(
        rp_id=rp_id,
        rp_name=rp_name,
        user_name=person,
        user_id=handle,
        challenge=challenge,
        timeout=_TIMEOUT_MS,
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            user_verification=structs.UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[structs.PublicKeyCredentialDescriptor(id=credential) for credential in known],
        supported_pub_key_algs=[COSEAlgorithmIdentifier.ECDSA_SHA_256],
    )
    return webauthn.options_to_json(options).encode()


def verify_registration(response: bytes, *, challenge: bytes, rp_id: str, origins: Sequence[str]) -> Registered:
    """The passkey that the browser's `response` (JSON) registers over `challenge`.

    Raises `RegistrationError` for a response that is malformed, of another page or frame, or made without verifying the
    user, and `ExtraMissingError`.
    """
    _require()
    import webauthn
    from webauthn.helpers import parse_client_data_json, parse_registration_credential_json
    from webauthn.helpers.cose import COSEAlgorithmIdentifier
    from webauthn.helpers.exceptions import WebAuthnException

    if len(response) > MAX_RESPONSE_BYTES:
        raise RegistrationError("it is too large")
    try:
        credential = parse_registration_credential_json(response.decode())
        verified = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=rp_id,
            expected_origin=list(origins),
            require_user_verification=True,
            supported_pub_key_algs=[COSEAlgorithmIdentifier.ECDSA_SHA_256],
        )
        # A passkey made inside a frame of another page is none that its person meant (the package lets it pass).
        framed = parse_client_data_json(credential.response.client_data_json).cross_origin
        key = _key(verified.credential_public_key)
    # What the package's parsers let through over bytes of an attacker is listed nowhere; these were found by mutation.
    except (WebAuthnException, ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise RegistrationError(_why(error)) from error
    if framed:
        raise RegistrationError("it was made inside a frame of another page")
    if len(verified.credential_id) > MAX_CREDENTIAL_BYTES:
        raise RegistrationError("its credential id is too long")
    return Registered(key, verified.credential_id)


def _require() -> None:
    try:
        import_module("webauthn")
    except ImportError as error:
        raise ExtraMissingError(EXTRA) from error


def _key(cose: bytes) -> PublicKey:
    """The P-256 key that `cose` writes (RFC 9053 section 7.1.1); raises `ValueError`."""
    from webauthn.helpers import decode_credential_public_key
    from webauthn.helpers.cose import COSECRV
    from webauthn.helpers.decode_credential_public_key import DecodedEC2PublicKey

    decoded = decode_credential_public_key(cose)
    if not isinstance(decoded, DecodedEC2PublicKey) or decoded.crv != COSECRV.P256:
        raise ValueError("not a key on P-256")
    point = b"\x04" + decoded.x + decoded.y
    return public_of(ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point))


def _why(error: Exception) -> str:
    """What was wrong, without the bytes that were sent: the package quotes them in its messages."""
    words = str(error)
    for sign, why in _REASONS:
        if sign in words:
            return why
    return "it is malformed"
