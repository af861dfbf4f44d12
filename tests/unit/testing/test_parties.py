"""The parties of tests sign what acceptance accepts, and no more than they are asked to."""

import pytest

from brightline.policy import AgreementFaultsError, PolicyError
from brightline.policy.signing import InForce, SignedDraft, accept, check_current, signed_of
from brightline.sample import agreement_files
from brightline.testing.parties import next_version, parties_in, parties_of, read_files, signed_once

NOW_MS = 1_800_000_000_000


def offered(files) -> SignedDraft:
    return signed_of(read_files(files))


def test_one_party_of_two_is_not_enough() -> None:
    parties = parties_of(agreement_files())
    alone = parties.sign(agreement_files(), by=[next(iter(parties.keys))])
    with pytest.raises(PolicyError) as caught:
        accept(offered(alone.files), before=alone.trust, highest=None, now_ms=NOW_MS, tightening=None)
    assert caught.value.code == "policy/one-party-alone"


def test_faults_are_told() -> None:
    with pytest.raises(AgreementFaultsError):
        read_files({"manifest.json": b"{"})


def test_both_sign_versions_one_after_another_and_state_them() -> None:
    signed = signed_once(tuple(agreement_files().items()))
    assert signed is signed_once(tuple(agreement_files().items()))
    first = accept(offered(signed.files), before=signed.trust, highest=None, now_ms=NOW_MS, tightening=None)
    both = parties_in(signed)
    second = both.sign(next_version(signed.files, first.draft))
    highest = (1, first.draft.digest)
    accepted = accept(
        offered(second.files), before=InForce(first.draft), highest=highest, now_ms=NOW_MS, tightening=None
    )
    assert (accepted.how, len(accepted.signers)) == ("all-parties", 2)
    statement = both.state(second.draft, "demo", issued_ms=NOW_MS, days=2)
    assert check_current(statement, second.draft, "demo", NOW_MS).until_ms == NOW_MS + 2 * 86_400_000
