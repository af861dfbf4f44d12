import json
import time
from dataclasses import replace

import pytest

from brightline.crypto.party_keys import save
from brightline.crypto.signatures import sign
from brightline.domain.sign_off.assertion import SignedAssertion
from brightline.domain.sign_off.trust import DAY_MS, RelyingParty
from brightline.oversight.directory import Directory, entries_of
from brightline.oversight.enrolment import challenge_of, enrol_key, enrol_passkey
from brightline.testing.sign_off import BERT, key_of
from tests.passkeys import ORIGIN, RP_ID, passkey, registration

KEY = key_of("directory")
NONCE = bytes(16)
DIRECTORY = Directory(keys=entries_of([KEY.public]), webauthn=RelyingParty(RP_ID, (ORIGIN,)))
ENROLMENT = enrol_key("bert", BERT.key.public, "file", lambda message: sign(BERT.key, message), nonce=NONCE)


@pytest.fixture
def desk(tmp_path):
    save(tmp_path / "directory.pem", KEY, "")
    (tmp_path / "directory.json").write_bytes(DIRECTORY.to_bytes())
    (tmp_path / "enrolment.json").write_bytes(ENROLMENT.canonical)
    return tmp_path


def go(run, desk, *more, answer=None, role="duty-officer"):
    words = ("--role", role, "--serial", 7, "--key", desk / "directory.pem", "--out", desk / "bert.json")
    return run("directory", "assert", desk / "enrolment.json", *words, *more, input=answer)


def test_an_enrolment_in_anothers_name_is_not_asserted(run, desk) -> None:
    (desk / "enrolment.json").write_bytes(replace(ENROLMENT, person="eve").canonical)
    assert "signoff/bad-enrolment" in go(run, desk, "--yes").stderr
    assert not (desk / "bert.json").exists()


@pytest.mark.parametrize("answer", ["", "n\n", "\n"])
def test_nothing_is_asserted_without_a_yes(run, desk, answer) -> None:
    result = go(run, desk, answer=answer)
    assert result.exit_code == 130
    assert "roles     duty-officer" in result.stderr
    assert not (desk / "bert.json").exists()


def test_what_is_no_role_is_refused(run, desk) -> None:
    assert "signoff/bad-field" in go(run, desk, "--yes", role="no role").stderr


def test_a_passkey_needs_the_directory_to_be_checked(run, desk) -> None:
    key = passkey()
    response = registration(key, challenge_of("ana", NONCE.hex()))
    (desk / "enrolment.json").write_bytes(enrol_passkey("ana", DIRECTORY, response, nonce=NONCE.hex()).canonical)
    assert "signoff/bad-enrolment" in go(run, desk, "--yes").stderr
    result = go(run, desk, "--yes", "--directory", desk / "directory.json")
    assert result.exit_code == 0, result.stderr
    assert "kept by webauthn-uv" in result.stdout


def test_the_directory_says_who_signs_in_which_roles_until_when(run, desk) -> None:
    began = time.time_ns() // 1_000_000
    result = go(run, desk, "--role", "a-role", "--days", 2, "--json", answer="y\n")
    assert result.exit_code == 0, result.stderr
    signed = SignedAssertion.parse((desk / "bert.json").read_bytes())
    assertion = DIRECTORY.check_assertion(signed)
    assert assertion.roles == ("a-role", "duty-officer")
    assert assertion.serial == 7
    assert assertion.key == ENROLMENT.key
    assert assertion.not_after_ms - assertion.not_before_ms == 2 * DAY_MS
    assert assertion.not_before_ms >= began
    assert json.loads(result.stdout.splitlines()[-1])["result"]["directory_key"] == KEY.public.id
