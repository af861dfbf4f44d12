import json
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brightline.crypto.errors import ExtraMissingError, RegistrationError
from brightline.crypto.webauthn_registration import (
    MAX_CREDENTIAL_BYTES,
    MAX_RESPONSE_BYTES,
    Registered,
    registration_options,
    verify_registration,
)
from tests.passkeys import (
    ATTESTED,
    CREDENTIAL,
    ORIGIN,
    PRESENT,
    RP_ID,
    VERIFIED,
    cose,
    passkey,
    registration,
)

CHALLENGE = bytes(range(32))
KEY = passkey()
GOOD = registration(KEY, CHALLENGE)


def check(response: bytes, *, origins: tuple[str, ...] = (ORIGIN,), rp_id: str = RP_ID) -> Registered:
    return verify_registration(response, challenge=CHALLENGE, rp_id=rp_id, origins=origins)


@pytest.mark.parametrize(
    ("response", "why"),
    [
        (registration(KEY, bytes(32)), "another challenge"),
        (registration(KEY, CHALLENGE, client={"origin": "https://console.example.evil"}), "another page"),
        (registration(KEY, CHALLENGE, client={"crossOrigin": True}), "inside a frame"),
        (registration(KEY, CHALLENGE, client={"type": "webauthn.get"}), "malformed"),
        (registration(KEY, CHALLENGE, rp_id="evil.example"), "another site"),
        (registration(KEY, CHALLENGE, flags=PRESENT | ATTESTED), "did not verify its user"),
        (registration(KEY, CHALLENGE, flags=VERIFIED | ATTESTED), "nobody touched"),
        (registration(KEY, CHALLENGE, public=cose(KEY, at3=-257)), "not of ES256"),
        (registration(KEY, CHALLENGE, public=cose(KEY, at_1=2)), "malformed"),
        (registration(KEY, CHALLENGE, public=cose(KEY, at1=1)), "malformed"),
        (registration(KEY, CHALLENGE, public=cose(KEY, at_2=b"\1" * 32)), "malformed"),
        (registration(KEY, CHALLENGE, credential=b"c" * (MAX_CREDENTIAL_BYTES + 1)), "credential id is too long"),
        (b" " * (MAX_RESPONSE_BYTES + 1), "too large"),
        (b"", "malformed"),
        (b"\xff", "malformed"),
        (b"{}", "malformed"),
        (b"[" * 60_000, "malformed"),
        (b'{"id": 1, "rawId": 2, "type": 3, "response": 4}', "malformed"),
    ],
)
def test_refuses_what_is_no_registration_of_this_page(response: bytes, why: str) -> None:
    with pytest.raises(RegistrationError) as caught:
        check(response)
    assert why in str(caught.value)


@given(st.integers(0, len(GOOD) - 1), st.integers(0, 255))
def test_a_changed_byte_gives_the_same_key_or_a_refusal(place: int, value: int) -> None:
    changed = GOOD[:place] + bytes([value]) + GOOD[place + 1 :]
    try:
        registered = check(changed)
    except RegistrationError:
        return
    # The attested key is not signed for in attestation `none`: only what is malformed is seen.
    assert registered.key.algorithm == "ecdsa-p256"


def test_no_message_holds_what_was_sent() -> None:
    with pytest.raises(RegistrationError) as caught:
        check(registration(KEY, CHALLENGE, client={"origin": "https://secret.example"}))
    assert "secret" not in str(caught.value)


def test_a_passkey_becomes_a_key_like_any_other() -> None:
    registered = check(GOOD, origins=("https://other.example", ORIGIN))
    assert registered.key == KEY.public
    assert registered.credential == CREDENTIAL


def test_the_browser_is_asked_for_a_verified_user_and_for_es256_only() -> None:
    options = json.loads(
        registration_options(
            rp_id=RP_ID, rp_name="Brightline", person="ana", handle=bytes(16), challenge=CHALLENGE, known=[CREDENTIAL]
        )
    )
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert [each["alg"] for each in options["pubKeyCredParams"]] == [-7]
    assert options["attestation"] == "none"
    assert len(options["excludeCredentials"]) == 1
    assert options["user"]["name"] == "ana"


def test_without_the_package_the_next_step_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "webauthn", None)
    with pytest.raises(ExtraMissingError):
        check(GOOD)
    with pytest.raises(ExtraMissingError):
        registration_options(rp_id=RP_ID, rp_name="x", person="ana", handle=bytes(16), challenge=CHALLENGE)


def test_importing_it_loads_no_package() -> None:
    code = "import sys, brightline.crypto.webauthn_registration; print('webauthn' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
