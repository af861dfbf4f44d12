"""The scene of a sign-off holds together: each of its signatures, proofs and digests is what it says."""

import dataclasses

import pytest

from brightline.crypto.assertion import verify_assertion
from brightline.crypto.errors import SignatureError
from brightline.crypto.merkle import leaf_hash
from brightline.crypto.note import Verifier
from brightline.crypto.party_keys import P256, P384, PublicKey, read_public
from brightline.crypto.signatures import verify
from brightline.crypto.tlog_proof import TlogProof
from brightline.domain.leaf import Kind, decode
from brightline.domain.sign_off.assertion import KeyEntry
from brightline.domain.sign_off.binding import NO_DEFINITION
from brightline.domain.sign_off.errors import SignOffError
from brightline.domain.sign_off.release import Release
from brightline.domain.sign_off.revocation import SignedRevocationList
from brightline.domain.sign_off.statement import SignedStatement
from brightline.domain.sign_off.trust import TrustBundle
from brightline.testing.sign_off import (
    ANNA,
    BERT,
    CLEO,
    Person,
    Scene,
    key_of,
    log_with,
    make_binding,
    make_scene,
)

DORA = Person("dora", P384, serial=4)


def public(entry: KeyEntry) -> PublicKey:
    return read_public(entry.algorithm, entry.encoded)


def check_statement(signed: SignedStatement, bundle: TrustBundle) -> None:
    key = public(signed.assertion.assertion.key.entry)
    assert key.id == signed.statement.key
    assert key.algorithm == signed.signature.key_algorithm
    if signed.signature.client_data:
        verify_assertion(
            key,
            signature=signed.signature.value,
            authenticator_data=signed.signature.authenticator_data,
            client_data=signed.signature.client_data,
            challenge=signed.statement.digest,
            rp_id=bundle.webauthn.rp_id,
            origins=bundle.webauthn.origins,
        )
    else:
        verify(key, signed.signature.value, signed.statement.tagged)
    verify(public(bundle.directory_keys[0]), signed.assertion.signature, signed.assertion.assertion.tagged)


def check(scene: Scene) -> None:
    bundle = TrustBundle.parse(scene.bundle.canonical)
    release = Release.parse(scene.release.canonical)
    revocations = SignedRevocationList.parse(scene.revocations.canonical)
    verify(public(bundle.gateway_keys[0]), release.gateway.signature, release.tagged)
    verify(public(bundle.directory_keys[0]), revocations.signature, revocations.revocations.tagged)
    for signed in release.statements:
        check_statement(signed, bundle)
        assert signed.statement.binding == release.binding.digest.hex()
    leaf = decode(release.hold_entry.leaf)
    assert (leaf.kind, leaf.commitment) == (Kind.HOLD, release.binding.digest)
    assert leaf.use_id.hex() == release.binding.hold
    verifiers = [Verifier.parse(vkey) for vkey in bundle.log.keys]
    proof = TlogProof.parse(release.hold_entry.proof)
    assert proof.verify(leaf_hash(release.hold_entry.leaf), verifiers).origin == bundle.log.origin
    release.binding.check_rendering()


@pytest.mark.parametrize("people", [(ANNA, BERT), (CLEO, DORA), (), (ANNA, BERT, CLEO, DORA)])
def test_a_scene_holds_together(people: tuple[Person, ...]) -> None:
    check(make_scene(people))


def test_a_part_that_changes_is_signed_anew() -> None:
    scene = make_scene(arguments={"latitude": 1.5}, audience="other.example")
    check(scene)
    assert scene.bundle.audience == "other.example"
    check(dataclasses.replace(make_scene(), binding=make_binding(purpose="another")))
    check(dataclasses.replace(make_scene(), log=log_with(make_binding(), before=1, after=0), hold_index=1))
    check(make_scene(kind="model-call", tool="", definition=NO_DEFINITION))


def test_statements_may_be_given() -> None:
    scene = make_scene()
    given = dataclasses.replace(scene, given=(scene.statement(BERT, "deny"),))
    assert [signed.statement.decision for signed in given.release.statements] == ["deny"]
    check(given)


def test_another_key_can_sign() -> None:
    scene = make_scene()
    forged = scene.sign_release(gateway=key_of("somebody", P256))
    assert forged.gateway.key != scene.release.gateway.key
    with pytest.raises(SignatureError):
        verify(scene.gateway.public, forged.gateway.signature, forged.tagged)
    other = scene.sign_release(statements=(), binding=make_binding(purpose="x"), hold_entry=scene.hold_entry)
    assert other.statements == ()


def test_a_scene_says_no_to_a_bad_field() -> None:
    with pytest.raises(SignOffError):
        make_scene(audience="two words")


def test_keys_are_the_same_each_time() -> None:
    assert ANNA.key.public == key_of("anna", P256).public
    assert Person("anna", key_name="other").key.public != Person("anna").key.public
    assert (ANNA.assurance, BERT.assurance, CLEO.assurance) == ("webauthn-uv", "file", "hardware")
