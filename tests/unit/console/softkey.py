"""A passkey in software: answers a challenge as a browser and an authenticator do."""

import base64

from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from brightline.crypto.party_keys import P256
from brightline.testing.console import HOST, SimulatedConsole
from brightline.testing.sign_off import key_of, webauthn_signature
from tests.unit.console.visitor import Page

CREDENTIAL = b"credential of alice"


def give(console: SimulatedConsole, person: str, credential: bytes = CREDENTIAL) -> None:
    """Let `person` have this passkey."""
    console.journeys.give_passkey(person, key_of(person, P256).public, credential)


def answer(console: SimulatedConsole, person: str, challenge: bytes, credential: bytes = CREDENTIAL) -> dict[str, str]:
    """The form's fields with which `person` answers `challenge`."""
    made = webauthn_signature(key_of(person, P256), challenge, origin=console.origin, rp_id=HOST)
    half = len(made.value) // 2
    r, s = (int.from_bytes(part, "big") for part in (made.value[:half], made.value[half:]))
    return {
        "credential": encoded(credential),
        "authenticator_data": encoded(made.authenticator_data),
        "client_data": encoded(made.client_data),
        "signature": encoded(encode_dss_signature(r, s)),
    }


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def statement_in(page: Page) -> bytes:
    """The statement that a page asks to sign."""
    return base64.b64decode(page.value("said"))
