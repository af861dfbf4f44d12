import os

import pytest

from brightline.cli.sample_parties import read_texts, sign_as_all
from brightline.policy import AgreementFaultsError, PolicyError
from brightline.policy.signing import accept, check_current, signed_of
from brightline.sample import agreement_files

NOW_MS = 1_800_000_000_000


def test_files_with_faults_are_not_signed() -> None:
    with pytest.raises(AgreementFaultsError):
        read_texts({"manifest.json": b"{"})


def test_an_enclave_that_it_does_not_name_is_refused() -> None:
    with pytest.raises(PolicyError) as caught:
        sign_as_all(agreement_files(), enclave="nowhere", now_ms=NOW_MS, random=os.urandom)
    assert caught.value.code == "policy/unknown-enclave"


def test_the_shipped_sample_signed_by_both_is_accepted_with_its_own_certificate() -> None:
    begun, draft = sign_as_all(agreement_files(), enclave="demo", now_ms=NOW_MS, random=os.urandom)
    assert begun.files["certificate.json"] == agreement_files()["certificate.json"]
    signed = signed_of(read_texts(begun.files))
    accepted = accept(signed, before=begun.trust, highest=None, now_ms=NOW_MS, tightening=None)
    assert accepted.how == "all-parties"
    assert begun.statement is not None
    assert check_current(begun.statement, draft, "demo", NOW_MS).until_ms == NOW_MS + 30 * 86_400_000
    assert sorted(begun.played) == ["court.pem", "operator.pem", "vendor.pem"]
    assert [(kind.kind, kind.k) for kind in draft.manifest.authorities] == [("court-order", 1)]
    assert set(draft.manifest.authorities[0].keys) == {begun.played["court.pem"].public.id}
