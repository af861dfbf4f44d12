"""What a browser returned when it made a passkey, in the one form in which registrations are verified and kept."""

import base64
import json

from brightline.gateway.approval_views import NewPasskey


def registration_response(made: NewPasskey) -> bytes:
    """The registration response as JSON (W3C Web Authentication level 3, section 5.1: RegistrationResponseJSON)."""
    identifier = _encoded(made.credential)
    response = {
        "id": identifier,
        "rawId": identifier,
        "type": "public-key",
        "response": {
            "clientDataJSON": _encoded(made.client_data),
            "attestationObject": _encoded(made.attestation),
        },
    }
    return json.dumps(response).encode()


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")
