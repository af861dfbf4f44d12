"""Role assertions: what the vectors cannot say."""

import hashlib

from brightline.domain.sign_off.assertion import KeyEntry, SignedAssertion
from brightline.testing.sign_off import BERT, make_scene


def test_a_key_is_named_by_its_bytes() -> None:
    public = BERT.key.public
    entry = KeyEntry.of(public.algorithm, public.der)
    assert entry.id == public.id == hashlib.sha256(entry.public).hexdigest()
    assert entry.to_json() == public.entry()


def test_an_assertion_carries_the_key_whole() -> None:
    signed = make_scene().assertion(BERT)
    assert SignedAssertion.parse(signed.canonical) == signed
    assert signed.assertion.key.id == BERT.key.public.id
    assert signed.digest == signed.assertion.digest
