"""Envelopes: strict to read, signed and verified by the library, counted by nobody here."""

import json

import pytest

from brightline.crypto.dsse import (
    MAX_ENVELOPE_BYTES,
    MAX_SIGNATURES,
    SignedEnvelope,
    read_envelope,
    sign,
    verify,
)
from brightline.crypto.errors import EnvelopeError, SignatureCountError, SignatureError
from brightline.crypto.party_keys import ALGORITHMS, create

TYPE = "application/x-test"
KEYS = {algorithm: create(algorithm) for algorithm in ALGORITHMS}
ENVELOPE = sign(b"payload", TYPE, KEYS["ed25519"])


def bent(change) -> bytes:
    whole = json.loads(ENVELOPE.to_bytes())
    return json.dumps(change(whole) or whole).encode()


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_signature_verifies_after_a_round_trip(algorithm):
    key = KEYS[algorithm]
    envelope = read_envelope(sign(b"payload", TYPE, key).to_bytes(), TYPE)
    verify(envelope, key.public)
    assert read_envelope(envelope.to_bytes(), TYPE) == envelope


def test_signatures_gather_in_order_of_key():
    envelope = ENVELOPE
    for key in KEYS.values():
        envelope = sign(b"payload", TYPE, key, envelope)
    assert len(envelope.signatures) == 3
    listed = [item["keyid"] for item in json.loads(envelope.to_bytes())["signatures"]]
    assert listed == sorted(listed)
    for key in KEYS.values():
        verify(envelope, key.public)


def test_a_missing_signature():
    with pytest.raises(SignatureError, match="missing"):
        verify(ENVELOPE, KEYS["ecdsa-p256"].public)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("bad", [b"", b"\x00" * 64, b"\x30\x06\x02\x01\x01\x02\x01\x01"])
def test_a_signature_that_does_not_verify(algorithm, bad):
    key = KEYS[algorithm].public
    with pytest.raises(SignatureError, match="does not verify"):
        verify(SignedEnvelope(TYPE, b"payload", {key.id: bad}), key)


def test_a_signature_over_another_payload_or_type():
    key = KEYS["ed25519"].public
    for other in (
        SignedEnvelope(TYPE, b"other", ENVELOPE.signatures),
        SignedEnvelope("x/y", b"payload", ENVELOPE.signatures),
    ):
        with pytest.raises(SignatureError):
            verify(other, key)


def test_adding_to_an_envelope_of_something_else():
    with pytest.raises(EnvelopeError, match="another payload"):
        sign(b"other", TYPE, KEYS["ecdsa-p256"], ENVELOPE)
    with pytest.raises(EnvelopeError, match="another payload"):
        sign(b"payload", "x/y", KEYS["ecdsa-p256"], ENVELOPE)


def test_adding_to_a_full_envelope():
    full = SignedEnvelope(TYPE, b"payload", {f"{number:064x}": b"" for number in range(MAX_SIGNATURES)})
    with pytest.raises(SignatureCountError):
        sign(b"payload", TYPE, KEYS["ed25519"], full)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"{" * 100_000, "not strict JSON"),
        (b"[" * 100_000, "not strict JSON"),
        (b"\xff", "not strict JSON"),
        (b"{} {}", "not strict JSON"),
        (b"[]", "exactly the fields"),
        (b'{"payload": "", "payload": ""}', "stands twice"),
        (b" " * (MAX_ENVELOPE_BYTES + 1), "larger than"),
        (bent(lambda whole: whole.update(more=1)), "exactly the fields"),
        (bent(lambda whole: whole.pop("payload") and None), "exactly the fields"),
        (bent(lambda whole: whole.update(payloadType="x/y")), "another type"),
        (bent(lambda whole: whole.update(payload=7)), "not a string"),
        (bent(lambda whole: whole.update(payload="*")), "canonical base64"),
        (bent(lambda whole: whole.update(payload="é")), "canonical base64"),
        (bent(lambda whole: whole.update(signatures={})), "not a list"),
        (bent(lambda whole: whole.update(signatures=[7])), "exactly the fields"),
        (bent(lambda whole: whole["signatures"][0].update(cert="")), "exactly the fields"),
        (bent(lambda whole: whole["signatures"][0].update(keyid="ab")), "no key id"),
        (bent(lambda whole: whole["signatures"][0].update(keyid=7)), "no key id"),
        (bent(lambda whole: whole["signatures"][0].update(sig="A" * 201)), "not a string"),
        (bent(lambda whole: whole["signatures"].append(whole["signatures"][0])), "signs twice"),
    ],
)
def test_what_is_no_envelope(data, why):
    with pytest.raises(EnvelopeError, match=why):
        read_envelope(data, TYPE)


def test_too_many_signatures_are_not_even_looked_at():
    many = bent(lambda whole: whole.update(signatures=[7] * (MAX_SIGNATURES + 1)))
    with pytest.raises(SignatureCountError) as refused:
        read_envelope(many, TYPE)
    assert refused.value.code == "crypto/too-many-signatures"


def test_nothing_secret_stands_in_what_is_shown():
    assert repr(ENVELOPE) == f"SignedEnvelope(payload_type='{TYPE}')"
