"""Signatures by party: each key once, for one party, and only when it verifies."""

from dataclasses import replace

import pytest

from brightline.policy.errors import PolicyError
from brightline.policy.signing.counting import Signer, holders_of, missing_of, signed_alone, signers_of
from tests.benchmarks.attack_scene import OPERATOR, VENDOR, Scene


def test_who_signed_and_who_is_missing(scene: Scene):
    parties = scene.first.manifest.parties
    envelope = scene.signed(scene.first, scene.vendor_second, scene.vendor).envelope
    signers = signers_of(envelope, holders_of(parties))
    ids = sorted([scene.vendor.public.id, scene.vendor_second.public.id])
    assert signers == tuple(Signer(VENDOR, key) for key in ids)
    assert missing_of(parties, signers) == (OPERATOR,)
    assert missing_of(parties, ()) == (VENDOR, OPERATOR)
    assert signed_alone(parties, signers) == parties[1]
    assert signed_alone(parties, ()) is None


def test_a_signature_that_its_key_did_not_make(scene: Scene):
    envelope = scene.signed(scene.first, scene.vendor).envelope
    holders = holders_of(scene.first.manifest.parties)
    with pytest.raises(PolicyError) as refused:
        signers_of(replace(envelope, payload=b"other"), holders)
    assert refused.value.code == "policy/forged-signature"
    with pytest.raises(PolicyError) as refused:
        signers_of(scene.signed(scene.first, scene.stranger).envelope, holders)
    assert refused.value.code == "policy/unknown-signer"


def test_a_key_that_changes_hands(scene: Scene):
    parties = scene.first.manifest.parties
    other = replace(parties[0], keys=parties[1].keys)
    with pytest.raises(PolicyError, match="is listed for"):
        holders_of(parties, (other,))
