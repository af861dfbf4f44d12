"""Role assertions: what the vectors cannot say."""

import dataclasses
import hashlib
import json

import pytest

from brightline.domain.sign_off.assertion import AssertionReader, KeyEntry, SignedAssertion
from brightline.domain.sign_off.errors import SignOffError
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


def test_an_assertion_that_was_read_is_known_again_and_another_is_not() -> None:
    signed, reader = make_scene().assertion(BERT), AssertionReader()
    known = reader.read(signed.to_json(), "whole")
    assert known == signed
    assert known.canonical == signed.canonical
    assert reader.read(json.loads(signed.canonical), "elsewhere") is known
    other = dataclasses.replace(signed, signature=bytes(64))
    assert reader.read(other.to_json(), "whole") == other
    assert other != known


@pytest.mark.parametrize("value", [None, [], "text", 1.5, {}, {"assertion": {}, "directory_key": "", "signature": ""}])
def test_what_is_no_assertion_is_refused_every_time_with_its_place(value: object) -> None:
    reader = AssertionReader()
    for _ in range(2):
        with pytest.raises(SignOffError) as refused:
            reader.read(value, "release.statements[1].assertion")  # type: ignore[arg-type]
        assert str(refused.value.words["field"]).startswith("release.statements[1].assertion")


def test_a_known_assertion_with_one_field_changed_is_refused() -> None:
    signed, reader = make_scene().assertion(BERT), AssertionReader()
    reader.read(signed.to_json(), "whole")
    changed = {**signed.to_json(), "more": 1}
    with pytest.raises(SignOffError) as refused:
        reader.read(changed, "whole")
    assert refused.value.code == "signoff/bad-field"
