"""What takes effect, beside the attacks in tests/scenarios that do not."""

import pytest

from brightline.policy.errors import PolicyError
from brightline.policy.signing import InForce, SignedDraft, check_follows, check_lifetime, sign
from tests.benchmarks.attack_scene import ADDED, OPERATOR, OVERSIGHT, VENDOR, Scene, party


def code_of(act, *args, **kwargs) -> str:
    with pytest.raises(PolicyError) as refused:
        act(*args, **kwargs)
    return refused.value.code


def test_both_parties(scene: Scene):
    accepted = scene.both(scene.draft())
    assert accepted.how == "all-parties"
    assert {signer.party for signer in accepted.signers} == {OPERATOR, VENDOR}
    assert {signer.key_id for signer in accepted.signers} == {scene.operator.public.id, scene.vendor.public.id}


def test_further_keys_of_a_party_do_no_harm(scene: Scene):
    signed = scene.signed(scene.draft(), scene.operator, scene.operator_second, scene.vendor, scene.vendor_second)
    assert len(scene.offer(signed).signers) == 4


def test_a_change_of_keys_by_old_and_new(scene: Scene):
    draft = scene.draft(bend=party(0, keys=[scene.stranger.public.entry()]))
    assert scene.offer(scene.signed(draft, scene.operator, scene.stranger, scene.vendor)).how == "all-parties"


def test_a_third_party_by_all_three(scene: Scene):
    entry = {"name": OVERSIGHT, "role": "oversight", "k": 1, "may_tighten": False}
    keys = {"keys": [scene.stranger.public.entry()]}
    draft = scene.draft(bend=lambda whole: whole["parties"].append(entry | keys))
    assert len(scene.offer(scene.signed(draft, scene.operator, scene.vendor, scene.stranger)).signers) == 3
    assert code_of(scene.offer, scene.signed(draft, scene.operator, scene.vendor)) == "policy/party-change"


def test_a_party_that_leaves_must_sign(scene: Scene):
    entry = {"name": OVERSIGHT, "role": "oversight", "k": 1, "may_tighten": False}
    keys = {"keys": [scene.stranger.public.entry()]}
    first = scene.draft(1, bend=lambda whole: whole["parties"].append(entry | keys))
    before = {"before": InForce(first), "highest": (1, first.digest)}
    draft = scene.draft(previous=first.digest)
    assert code_of(scene.both, draft, **before) == "policy/party-change"
    signed = scene.signed(draft, scene.operator, scene.vendor, scene.stranger)
    assert scene.offer(signed, **before).how == "all-parties"


def test_several_but_not_all(scene: Scene):
    entry = {"name": OVERSIGHT, "role": "oversight", "k": 1, "may_tighten": True}
    keys = {"keys": [scene.stranger.public.entry()]}
    bend = {"bend": lambda whole: whole["parties"].append(entry | keys)}
    first = scene.draft(1, **bend)
    draft = scene.draft(previous=first.digest, **bend)
    before = {"before": InForce(first), "highest": (1, first.digest)}
    assert code_of(scene.both, draft, **before) == "policy/missing-signatures"
    nobody = SignedDraft(draft, sign(draft, [scene.vendor]))
    empty = SignedDraft(draft, type(nobody.envelope)(nobody.envelope.payload_type, draft.payload, {}))
    assert code_of(scene.offer, empty, **before) == "policy/unsigned"


def test_one_party_tightens(scene: Scene):
    asked = []
    signed = scene.signed(scene.draft(files=ADDED), scene.vendor)
    accepted = scene.offer(signed, tightening=lambda old, new: asked.append((old.digest, new.digest)))
    assert accepted.how == "tightening"
    assert asked == [(scene.first.digest, signed.draft.digest)]


def test_one_party_with_too_few_of_its_keys_does_not_tighten(scene: Scene):
    first = scene.draft(1, bend=party(1, k=2))
    draft = scene.draft(previous=first.digest, bend=party(1, k=2), files=ADDED)
    before = {"before": InForce(first), "highest": (1, first.digest)}
    assert code_of(scene.offer, scene.signed(draft, scene.vendor), **before) == "policy/one-party-alone"
    signed = scene.signed(draft, scene.vendor, scene.vendor_second)
    assert scene.offer(signed, **before).how == "tightening"


def test_two_parties_sign_what_only_tightens(scene: Scene):
    """With all signatures nobody asks the prover."""
    assert scene.both(scene.draft(files=ADDED), tightening=None).how == "all-parties"


def test_the_same_again(scene: Scene):
    later = scene.both(scene.draft()).draft
    before = {"before": InForce(later), "highest": (2, later.digest)}
    assert code_of(scene.both, later, **before) == "policy/already-accepted"


def test_a_lifetime_has_its_first_moment_and_not_its_last(scene: Scene):
    manifest = scene.first.manifest
    check_lifetime(manifest, manifest.not_before_ms)
    check_lifetime(manifest, manifest.expires_ms - 1)
    assert code_of(check_lifetime, manifest, manifest.not_before_ms - 1) == "policy/not-yet-valid"
    assert code_of(check_lifetime, manifest, manifest.expires_ms) == "policy/expired"


def test_what_follows(scene: Scene):
    check_follows(scene.draft(), scene.first)
    assert code_of(check_follows, scene.first, scene.first) == "policy/rollback"
    assert code_of(check_follows, scene.draft(3), scene.first) == "policy/skipped-version"
    assert code_of(check_follows, scene.draft(previous=bytes(32)), scene.first) == "policy/unchained"
