"""Which authority covers a use, and which never does."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from brightline.domain.authority import Authority, SignedAuthority
from brightline.domain.metering import NOTHING, Per, Tally
from brightline.gateway.authorities import Authorities, Cover, covered_by
from brightline.gateway.counting import place_of
from brightline.metering import MeteringError, MeterRecordError
from brightline.storage import MeterEntry
from tests.unit.gateway.authority_rig import (
    CLERK,
    COURT,
    HOUR_MS,
    NOBODY,
    WARRANT,
    authority,
    signed,
    under_authorities,
)
from tests.unit.gateway.counting_rig import WHO, Rig


@pytest.fixture(name="rig")
def _rig(tmp_path: Path) -> Rig:
    return under_authorities(Rig(tmp_path))


def known(said: SignedAuthority, registered_ms: int = 0) -> Authorities:
    found = Authorities()
    found.adopt((WARRANT,))
    found.add(said, registered_ms)
    return found


def refused(rig: Rig, said: SignedAuthority, known_before: Authorities | None = None) -> str:
    found = known_before or Authorities()
    if known_before is None:
        found.adopt((WARRANT,))
    with pytest.raises(MeteringError) as caught:
        found.check(said, agreement=rig.agreement.ref.id, units=rig.agreement.units, now_ms=rig.log.time_ms)
    return caught.value.code


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda one: replace(one, agreement="other"), "metering/authority-elsewhere"),
        (lambda one: replace(one, unit="other"), "metering/authority-elsewhere"),
        (lambda one: replace(one, organisation="far"), "metering/authority-elsewhere"),
        (lambda one: replace(one, not_before_ms=1, expires_ms=one.not_before_ms), "metering/authority-over"),
        (lambda one: replace(one, kind="order"), "metering/authority-kind"),
        (lambda one: replace(one, persons=("00" * 8, *one.persons, "ff" * 8)), "metering/authority-persons"),
        (lambda one: replace(one, expires_ms=one.not_before_ms + 86_400_001), "metering/authority-long"),
    ],
)
def test_what_is_not_registered(rig: Rig, change: Callable[[Authority], Authority], code: str) -> None:
    assert refused(rig, signed(change(authority(rig, "ann", "ben")))) == code


def test_who_signs(rig: Rig) -> None:
    one = authority(rig, "ann")
    assert refused(rig, signed(one, NOBODY)) == "metering/authority-unsigned"
    assert refused(rig, signed(one, COURT, NOBODY)) == "metering/authority-unsigned"
    assert refused(rig, replace(signed(one), authority=replace(one, unit="unit", issuer="x"))).endswith("unsigned")
    two = Authorities()
    two.adopt((replace(WARRANT, k=2),))
    assert refused(rig, signed(one), two) == "metering/authority-unsigned"
    two.check(signed(one, COURT, CLERK), agreement="sample", units=[("org", "unit")], now_ms=rig.log.time_ms)
    bad = replace(WARRANT, keys={COURT.public.id: ("ed25519", b"no key")})
    broken = Authorities()
    broken.adopt((bad,))
    assert refused(rig, signed(one), broken) == "metering/authority-unsigned"


def test_an_id_is_registered_once_also_when_it_was_revoked(rig: Rig) -> None:
    found = known(signed(authority(rig, "ann")))
    assert refused(rig, signed(authority(rig, "ben")), found) == "metering/authority-known"
    found.revoke("w-1")
    assert refused(rig, signed(authority(rig, "ben")), found) == "metering/authority-known"
    assert found.all == ()
    with pytest.raises(MeteringError) as caught:
        found.revoke("w-1")
    assert caught.value.code == "metering/authority-unknown"


def test_it_covers_its_own_unit_in_its_time_and_under_its_agreement(rig: Rig) -> None:
    now_ms = rig.log.time_ms
    found = known(signed(authority(rig, "ann")), registered_ms=now_ms + 5)
    place = place_of(WHO, "m", rig.agreement.ref)
    cover = found.find("w-1", place, now_ms + 5)
    assert cover is not None
    assert (cover.id, cover.kind, found.standing(cover)) == ("w-1", "warrant", True)
    assert found.find("w-1", place, now_ms + 4) is None  # signed for then, and registered later
    assert found.find("w-1", place, now_ms + HOUR_MS) is None
    assert found.find("w-2", place, now_ms + 5) is None
    assert found.find(None, place, now_ms + 5) is None
    for per, value in ((Per.UNIT, "org/other"), (Per.AGREEMENT, "other")):
        assert found.find("w-1", replace(place, values={**place.values, per: value}), now_ms + 5) is None
    found.adopt(())
    assert found.find("w-1", place, now_ms + 5) is None
    assert not found.standing(cover)


def test_only_those_whom_it_names_are_taken_out(rig: Rig) -> None:
    cover = Cover(signed(authority(rig, "ann")), frozenset({1, 2}), 0, 9)
    tally = Tally(data_subjects=frozenset({1, 7}), mentions={3: 4}, tokens=5)
    left = covered_by(cover, tally)
    assert left == replace(
        tally, data_subjects=frozenset({7}), covered=frozenset({1}), covered_by="w-1", covered_kind="warrant"
    )
    assert covered_by(cover, NOTHING) is NOTHING


@pytest.mark.parametrize("blob", [None, b"", b"x" * 99])
def test_a_registration_that_cannot_be_read_refuses(rig: Rig, blob: bytes | None) -> None:
    opened = rig.counting.opened(rig.agreement)
    assert opened is not None
    with pytest.raises(MeterRecordError):
        Authorities().load([MeterEntry(7, b"", blob)], opened.keys.sealing)
