"""An agreement with the envelope beside it, and whether the two belong together."""

from dataclasses import replace

import pytest

from brightline.crypto.dsse import sign as sign_payload
from brightline.crypto.errors import EnvelopeError
from brightline.policy.errors import AgreementFaultsError, PolicyError
from brightline.policy.signing import SignedDraft, check_covers, read_signed
from brightline.policy.signing.signed import PAYLOAD_TYPE
from tests.benchmarks.attack_scene import Scene, put


def test_an_agreement_that_was_signed(scene: Scene):
    place = scene.write()
    put(place, "signatures.json", scene.signed(scene.draft(), scene.vendor).envelope.to_bytes().decode())
    signed = read_signed(place)
    check_covers(signed)
    assert "signatures.json" in signed.draft.texts


def test_what_cannot_be_read(scene: Scene):
    place = scene.write()
    with pytest.raises(PolicyError, match="nobody has signed"):
        read_signed(place)
    put(place, "signatures.json", "{}")
    with pytest.raises(EnvelopeError):
        read_signed(place)
    put(place, "manifest.json", "{}")
    with pytest.raises(AgreementFaultsError):
        read_signed(place)


@pytest.mark.parametrize(
    "payload",
    [b"\xff", b"{", b"[]", b"{}", b'{"files": {}}', b'{"files": [], "manifest": {}}', b'{"files": {}, "manifest": {}}'],
)
def test_an_envelope_of_something_else(scene: Scene, payload):
    signed = SignedDraft(scene.first, sign_payload(payload, PAYLOAD_TYPE, scene.vendor))
    with pytest.raises(PolicyError) as refused:
        check_covers(signed)
    assert refused.value.code == "policy/signed-another"


def test_a_file_that_was_added_or_taken_away(scene: Scene):
    more = {"vendor/more.cedar": scene.first.texts["law/law.cedar"].replace("law-", "v-")}
    drafts = scene.draft(files=more), scene.draft()
    for one, other in (drafts, drafts[::-1]):
        with pytest.raises(PolicyError, match="is not the file that was signed") as refused:
            check_covers(SignedDraft(other, scene.signed(one, scene.vendor).envelope))
        assert refused.value.words["count"] == 2


def test_the_same_bytes_as_another_type(scene: Scene):
    envelope = scene.signed(scene.first, scene.vendor).envelope
    with pytest.raises(PolicyError, match="another manifest"):
        check_covers(SignedDraft(scene.first, replace(envelope, payload_type="text/plain")))
