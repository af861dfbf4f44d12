"""The keys that a bundle believes, and that a signature which held once is not checked again."""

import dataclasses

import pytest

from brightline.crypto.party_keys import P384
from brightline.domain.sign_off.assertion import KeyEntry
from brightline.domain.sign_off.errors import SignOffError
from brightline.oversight.errors import EffectorError
from brightline.oversight.trusted_keys import TrustedKeys
from brightline.testing.sign_off import ANNA, BERT, CLEO, Person, key_of, make_scene

SCENE = make_scene()


@pytest.mark.parametrize("person", [ANNA, BERT, CLEO, Person("dora", P384)], ids=lambda person: person.algorithm)
def test_a_person_signs_in_every_way(person: Person) -> None:
    TrustedKeys(SCENE.bundle).check_person(SCENE.statement(person))


def test_a_person_whom_another_directory_asserts_does_not_count() -> None:
    stranger = dataclasses.replace(SCENE, directory=key_of("stranger"))
    with pytest.raises(EffectorError) as caught:
        TrustedKeys(SCENE.bundle).check_person(stranger.statement(BERT))
    assert caught.value.words == {"key": key_of("stranger").public.id}


def test_a_key_that_cannot_be_read_signs_nothing() -> None:
    signed = SCENE.statement(BERT)
    held = signed.assertion.assertion
    key = dataclasses.replace(held.key, entry=KeyEntry.of("ed25519", b"no key"))
    scene = dataclasses.replace(SCENE, given=())
    assertion = scene.assertion(BERT, key=key)
    with pytest.raises(EffectorError) as caught:
        TrustedKeys(SCENE.bundle).check_person(dataclasses.replace(signed, assertion=assertion))
    assert caught.value.code == "effector/bad-signature"


def test_an_assertion_is_verified_once_and_a_refused_one_every_time() -> None:
    trusted = TrustedKeys(SCENE.bundle)
    for _ in range(3):
        trusted.check_person(SCENE.statement(BERT))
    assert trusted.assertions_verified() == 1
    stranger = dataclasses.replace(SCENE, directory=key_of("stranger")).statement(BERT)
    for _ in range(2):
        with pytest.raises(EffectorError):
            trusted.check_person(stranger)
    assert trusted.assertions_verified() == 3


def test_the_gateway_and_the_list_are_believed_by_their_own_keys_only() -> None:
    trusted = TrustedKeys(SCENE.bundle)
    trusted.check_gateway(SCENE.release)
    assert trusted.read_list(SCENE.revocations.canonical) == SCENE.revocations.revocations
    with pytest.raises(EffectorError):
        trusted.check_gateway(SCENE.sign_release(gateway=SCENE.directory))
    with pytest.raises(EffectorError):
        trusted.read_list(dataclasses.replace(SCENE, directory=SCENE.gateway).revocations.canonical)


def test_a_bundle_with_a_key_that_is_none_is_told() -> None:
    broken = dataclasses.replace(SCENE.bundle, gateway_keys=(KeyEntry.of("ed25519", b"no key"),))
    with pytest.raises(EffectorError) as caught:
        TrustedKeys(broken)
    assert caught.value.code == "effector/bad-bundle"


def test_a_release_is_read_as_strictly_as_anywhere_and_its_people_once() -> None:
    trusted, data = TrustedKeys(SCENE.bundle), SCENE.release.canonical
    first, second = trusted.read_release(data), trusted.read_release(data)
    assert first == second == SCENE.release
    assert first.canonical == data
    assert first.tagged == SCENE.release.tagged
    assert all(a.assertion is b.assertion for a, b in zip(first.statements, second.statements, strict=True))
    for wrong in (data + b" ", data.replace(b'"roles":[', b'"roles":["",', 1), data[:-1]):
        with pytest.raises(SignOffError):
            trusted.read_release(wrong)
