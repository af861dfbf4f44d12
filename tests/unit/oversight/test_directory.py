import json
from dataclasses import replace

import pytest

from brightline.crypto.errors import KeyFormatError
from brightline.domain.sign_off.errors import SignOffError
from brightline.domain.sign_off.trust import RelyingParty
from brightline.oversight.directory import (
    DEFAULT_ASSURANCES,
    MAX_DIRECTORY_BYTES,
    Directory,
    approver_key,
    entries_of,
    entry_of,
    make_assertion,
    make_revocations,
)
from brightline.testing.sign_off import ANNA, key_of, make_scene

SCENE = make_scene()
KEY = key_of("directory")
OTHER = key_of("another directory")
DIRECTORY = Directory(keys=entries_of([KEY.public]))


def changed(**fields: object) -> bytes:
    return json.dumps({**json.loads(DIRECTORY.to_bytes()), **fields}).encode()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "signoff/not-json"),
        (b" " * (MAX_DIRECTORY_BYTES + 1), "signoff/too-large"),
        (changed(format="brightline/directory/2"), "signoff/bad-field"),
        (changed(more=1), "signoff/bad-field"),
        (changed(keys=[]), "signoff/bad-field"),
        (changed(keys=[{**KEY.public.entry(), "id": "0" * 64}]), "signoff/bad-field"),
        (changed(algorithms=["ed25519", "rsa"]), "signoff/bad-field"),
        (changed(algorithms=["webauthn-es256", "ed25519"]), "signoff/bad-field"),
        (changed(assurances=[]), "signoff/bad-field"),
        (changed(assurances=[1]), "signoff/bad-field"),
        (changed(rp_id=7), "signoff/bad-field"),
        (changed(origins="https://console.example"), "signoff/bad-field"),
        (changed(revocations_max_age_ms=0), "signoff/bad-field"),
    ],
)
def test_refuses_what_is_no_directory(data: bytes, code: str) -> None:
    with pytest.raises(SignOffError) as caught:
        Directory.parse(data)
    assert caught.value.code == code


def test_refuses_a_key_that_is_none() -> None:
    entry = replace(DIRECTORY.keys[0], public=b"no key")
    with pytest.raises(KeyFormatError):
        Directory(keys=(entry,))


def test_an_assertion_of_another_directory_is_nobodys_word() -> None:
    signed = make_assertion(SCENE.assertion(ANNA).assertion, OTHER)
    with pytest.raises(SignOffError) as caught:
        DIRECTORY.check_assertion(signed)
    assert caught.value.code == "signoff/unknown-directory"
    # Naming the right key does not help.
    with pytest.raises(SignOffError) as caught:
        DIRECTORY.check_assertion(replace(signed, directory_key=KEY.public.id))
    assert caught.value.code == "signoff/directory-signature"


def test_a_list_of_another_directory_is_nobodys_word() -> None:
    signed = make_revocations(SCENE.revocations.revocations, OTHER)
    with pytest.raises(SignOffError) as caught:
        DIRECTORY.check_revocations(signed)
    assert caught.value.code == "signoff/unknown-directory"
    with pytest.raises(SignOffError) as caught:
        DIRECTORY.check_revocations(replace(signed, directory_key=KEY.public.id))
    assert caught.value.code == "signoff/directory-signature"


@pytest.mark.parametrize("change", [{"person": "bert"}, {"roles": ("policy-author",)}, {"serial": 9}])
def test_a_changed_assertion_is_refused(change: dict[str, object]) -> None:
    signed = SCENE.assertion(ANNA)
    with pytest.raises(SignOffError) as caught:
        DIRECTORY.check_assertion(replace(signed, assertion=replace(signed.assertion, **change)))
    assert caught.value.code == "signoff/directory-signature"


def test_makes_nothing_that_would_be_refused() -> None:
    assertion = SCENE.assertion(ANNA).assertion
    for bad in ({"roles": ()}, {"roles": ("b", "a")}, {"person": "no body"}, {"not_after_ms": 0}):
        with pytest.raises(SignOffError):
            make_assertion(replace(assertion, **bad), KEY)
    with pytest.raises(SignOffError):
        make_revocations(replace(SCENE.revocations.revocations, persons=("b", "a")), KEY)


def test_what_the_directory_signs_is_checked_by_its_key() -> None:
    assertion, revocations = SCENE.assertion(ANNA).assertion, SCENE.revocations.revocations
    assert DIRECTORY.check_assertion(make_assertion(assertion, KEY)) == assertion
    assert DIRECTORY.check_revocations(make_revocations(revocations, KEY)) == revocations


def test_reads_what_it_writes() -> None:
    made = Directory(
        keys=entries_of([KEY.public, OTHER.public, KEY.public]),
        algorithms=("ecdsa-p256",),
        assurances=("file",),
        webauthn=RelyingParty("console.example", ("https://console.example",)),
        revocations_max_age_ms=5,
    )
    assert Directory.parse(made.to_bytes()) == made
    assert len(made.keys) == 2
    assert KEY.public.der not in repr(made).encode()


def test_keys_in_files_are_not_taken_unless_somebody_chose_so() -> None:
    assert "file" not in DEFAULT_ASSURANCES
    assert DIRECTORY.assurances == DEFAULT_ASSURANCES
    assert approver_key(KEY.public, "file").entry == entry_of(KEY.public)
