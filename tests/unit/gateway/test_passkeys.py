import json

from brightline.gateway.approval_views import NewPasskey
from brightline.gateway.passkeys import registration_response


def test_it_has_the_form_of_a_registration_response() -> None:
    made = NewPasskey(nonce="0" * 32, credential=b"\xff\xfe\xfd", attestation=b"a", client_data=b"{}")
    assert json.loads(registration_response(made)) == {
        "id": "__79",
        "rawId": "__79",
        "type": "public-key",
        "response": {"clientDataJSON": "e30", "attestationObject": "YQ"},
    }
