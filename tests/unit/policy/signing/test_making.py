"""Making signatures, and entering keys."""

import json

import pytest

from brightline.policy.errors import PolicyError
from brightline.policy.signing import enrol, party_of, sign
from brightline.sample import agreement_files
from tests.benchmarks.attack_scene import OPERATOR, VENDOR, Scene


def test_keys_are_entered_for_each_party(scene: Scene):
    text = enrol(agreement_files()["manifest.json"], {OPERATOR: [scene.operator.public, scene.stranger.public]})
    operator, vendor = json.loads(text)["parties"]
    assert operator["keys"] == [scene.operator.public.entry(), scene.stranger.public.entry()]
    assert vendor["keys"] == []
    with pytest.raises(PolicyError, match="no party `Nobody`"):
        enrol(text, {"Nobody": []})


def test_the_party_of_a_key(scene: Scene):
    assert party_of(scene.first, scene.vendor.public).name == VENDOR
    assert party_of(scene.first, scene.vendor.public, named=VENDOR).name == VENDOR
    for key, named, code in (
        (scene.vendor, OPERATOR, "policy/key-not-listed"),
        (scene.stranger, None, "policy/key-not-listed"),
        (scene.vendor, "Nobody", "policy/no-such-party"),
    ):
        with pytest.raises(PolicyError) as refused:
            party_of(scene.first, key.public, named=named)
        assert refused.value.code == code


def test_signatures_over_another_draft_are_dropped(scene: Scene):
    first = sign(scene.first, [scene.vendor])
    assert set(sign(scene.first, [scene.operator], first).signatures) == {
        scene.vendor.public.id,
        scene.operator.public.id,
    }
    assert set(sign(scene.draft(), [scene.operator], first).signatures) == {scene.operator.public.id}
    assert sign(scene.first, [], first) == first
    with pytest.raises(PolicyError, match="nobody has signed"):
        sign(scene.first, [])
