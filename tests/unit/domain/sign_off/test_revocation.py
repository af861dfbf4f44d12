"""Revocation lists: what the vectors cannot say."""

from brightline.domain.sign_off.revocation import RevocationList, SignedRevocationList
from brightline.testing.sign_off import make_scene


def test_a_list_is_whole_and_numbered() -> None:
    signed = make_scene().revoke(persons=("anna", "bert"), number=2)
    read = SignedRevocationList.parse(signed.canonical)
    assert read.revocations.persons == ("anna", "bert")
    assert read.digest == signed.revocations.digest
    assert RevocationList.parse(read.revocations.canonical) == signed.revocations
