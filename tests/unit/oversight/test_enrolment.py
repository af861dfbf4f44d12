from dataclasses import replace

import pytest

from brightline.crypto.errors import RegistrationError
from brightline.crypto.signatures import sign
from brightline.domain.sign_off.errors import SignOffError
from brightline.domain.sign_off.trust import RelyingParty
from brightline.oversight.directory import Directory, approver_key, entries_of
from brightline.oversight.enrolment import (
    MAX_ENROLMENT_BYTES,
    Enrolment,
    challenge_of,
    enrol_key,
    enrol_passkey,
    passkey_options,
)
from brightline.testing.sign_off import BERT, CLEO, key_of
from tests.passkeys import CREDENTIAL, ORIGIN, RP_ID, passkey, registration

NONCE = bytes(range(16))
DIRECTORY = Directory(keys=entries_of([key_of("directory").public]), webauthn=RelyingParty(RP_ID, (ORIGIN,)))
PASSKEY = passkey()


def of_file() -> Enrolment:
    return enrol_key("bert", BERT.key.public, "file", lambda message: sign(BERT.key, message), nonce=NONCE)


def of_passkey() -> Enrolment:
    response = registration(PASSKEY, challenge_of("ana", NONCE.hex()))
    return enrol_passkey("ana", DIRECTORY, response, nonce=NONCE.hex())


@pytest.mark.parametrize(
    "data",
    [b"", b"[]", b"{}", b"x" * (MAX_ENROLMENT_BYTES + 1), of_file().canonical[:-1], of_file().canonical + b" "],
)
def test_refuses_what_is_no_enrolment(data: bytes) -> None:
    with pytest.raises(SignOffError):
        Enrolment.parse(data)


def refused(made: Enrolment, directory: Directory | None = DIRECTORY) -> str:
    with pytest.raises(SignOffError) as caught:
        made.check(directory)
    assert caught.value.code == "signoff/bad-enrolment"
    return str(caught.value)


@pytest.mark.parametrize(
    "change",
    [
        {"person": "eve"},
        {"nonce": "00" * 16},
        {"key": approver_key(CLEO.key.public, "file")},
        {"key": approver_key(BERT.key.public, "hardware")},
        {"credential": b"x"},
        {"proof": b"x" * 64},
    ],
)
def test_nobody_enrols_anothers_key_for_himself(change: dict[str, object]) -> None:
    assert "does not verify" in refused(replace(of_file(), **change))


def test_a_key_that_does_not_sign_is_not_enrolled() -> None:
    with pytest.raises(SignOffError) as caught:
        enrol_key("bert", BERT.key.public, "file", lambda message: sign(CLEO.key, message), nonce=NONCE)
    assert caught.value.code == "signoff/bad-enrolment"
    with pytest.raises(SignOffError):
        enrol_key("no body", BERT.key.public, "file", lambda message: sign(BERT.key, message), nonce=NONCE)


def test_a_passkey_is_checked_against_the_pages_of_the_directory() -> None:
    made = of_passkey()
    assert "names the pages" in refused(made, None)
    assert "names the pages" in refused(made, Directory(keys=DIRECTORY.keys))
    other_page = replace(DIRECTORY, webauthn=RelyingParty(RP_ID, ("https://evil.example",)))
    assert "does not verify" in refused(made, other_page)
    assert "does not verify" in refused(replace(made, person="eve"))
    assert "does not verify" in refused(replace(made, nonce="00" * 16))
    assert "another one" in refused(replace(made, key=approver_key(passkey().public, "webauthn-uv")))
    assert "another one" in refused(replace(made, credential=b"another"))


def test_a_registration_for_somebody_else_is_refused() -> None:
    response = registration(PASSKEY, challenge_of("eve", NONCE.hex()))
    with pytest.raises(RegistrationError):
        enrol_passkey("ana", DIRECTORY, response, nonce=NONCE.hex())


def test_reads_what_it_writes() -> None:
    for made in (of_file(), of_passkey()):
        assert Enrolment.parse(made.canonical) == made
        made.check(DIRECTORY)
    assert of_passkey().credential == CREDENTIAL
    of_file().check()


def test_the_browser_is_asked_over_person_and_nonce() -> None:
    options = passkey_options("ana", DIRECTORY, nonce=NONCE.hex(), known=(b"old",))
    assert RP_ID.encode() in options
    assert challenge_of("ana", NONCE.hex()) != challenge_of("anb", NONCE.hex())
