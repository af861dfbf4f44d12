import pytest

from brightline.domain.call import Claimed
from brightline.wire.claims import read_claims
from brightline.wire.errors import RequestError


@pytest.mark.parametrize(
    ("headers", "metadata", "code"),
    [
        ({"brightline-misson": "a"}, None, "wire/unknown-claim"),
        ({}, {"brightline_misson": "a"}, "wire/unknown-claim"),
        ({}, {"brightline-mission": "a"}, "wire/unknown-claim"),
        ({"brightline-mission": ""}, None, "wire/bad-claim"),
        ({"brightline-mission": " a"}, None, "wire/bad-claim"),
        ({"brightline-purpose": "a\x7f"}, None, "wire/bad-claim"),
        ({"brightline-purpose": "a" * 257}, None, "wire/bad-claim"),
        ({}, {"brightline_purpose": "é"}, "wire/bad-claim"),
        ({}, {"brightline_purpose": "a\n"}, "wire/bad-claim"),
        ({}, {"brightline_purpose": 1}, "wire/wrong-type"),
        ({}, "a", "wire/wrong-type"),
        ({"brightline-mission": "a"}, {"brightline_mission": "b"}, "wire/claims-disagree"),
    ],
)
def test_what_cannot_be_used_refuses(headers, metadata, code):
    with pytest.raises(RequestError) as refused:
        read_claims(headers, metadata)
    assert refused.value.code == code


def test_a_message_names_the_field_and_not_its_content():
    with pytest.raises(RequestError) as refused:
        read_claims({"brightline-mission": "\x01geheim"}, None)
    assert "brightline-mission" in str(refused.value)
    assert "geheim" not in str(refused.value)


def test_nothing_stated_is_nothing_claimed():
    assert read_claims({"host": "x"}, {"user_id": "u"}) == Claimed()


def test_headers_and_metadata_are_read_together():
    headers = {"brightline-mission": "triage", "brightline-purpose": "p" * 256}
    metadata = {"brightline_mission": "triage", "brightline_authority": "order 7"}
    assert read_claims(headers, metadata) == Claimed("triage", "p" * 256, "order 7")


def test_the_header_that_resumes_a_hold_states_nothing():
    assert read_claims({"brightline-hold": "anything"}, None) == Claimed()
