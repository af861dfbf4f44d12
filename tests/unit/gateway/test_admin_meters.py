"""What an administrator is told of meters: numbers, and no person."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from brightline.domain.errors import BrightlineError
from brightline.domain.metering import Measure, MeterRule, Per, Tally
from brightline.gateway.admin import Caller
from brightline.gateway.admin_meters import AdminMeters, Means, most_of
from brightline.gateway.authorities import cover_rule
from brightline.gateway.meter_keys import change_person_key
from brightline.gateway.meter_readings import MeterReader
from brightline.policy import MeterLimit
from tests.unit.gateway.authority_rig import WARRANT, authority, signed, under_authorities
from tests.unit.gateway.counting_rig import ACTS, MONEY, PEOPLE, TOKENS, Rig

MINE = replace(PEOPLE, id="mine", per=frozenset({Per.PRINCIPAL, Per.UNIT}))


@pytest.fixture(name="rig")
def _rig(tmp_path: Path) -> Rig:
    rig = Rig(tmp_path)
    rig.agreement.meters = (PEOPLE, TOKENS, MINE)
    rig.agreement.meter_limits = (MeterLimit("people", 5, "law-1", holds=False), MeterLimit("x", 1, "y", holds=True))
    return rig


def asked(rig: Rig, command: str, **args: object) -> Mapping[str, object]:
    means = Means(
        counting=rig.counting,
        journal=rig.store.meter_journal,
        readings=MeterReader(rig.counting, agreement=lambda: rig.agreement, now_ms=rig.log.now_ms),
        agreement=lambda: rig.agreement,
        now_ms=rig.log.now_ms,
        shard=lambda: rig.log.shard.id,
        change_person_key=lambda: change_person_key(rig.place / "keys"),
    )
    return asyncio.run(AdminMeters(means).commands[f"meter.{command}"](args, Caller(0)))


def refused(rig: Rig, command: str, **args: object) -> str:
    with pytest.raises(BrightlineError) as caught:
        asked(rig, command, **args)
    return caught.value.code


def test_each_window_is_shown_once_with_its_limits(rig: Rig) -> None:
    rig.use("ann", "ben")
    rig.agreement.units = (("org", "unit"), ("org", "other"), ("far", "unit"))
    rows = asked(rig, "show")["meters"]
    assert isinstance(rows, list)
    assert [(row["meter"], row["per"], row["reading"]) for row in rows] == [
        ("people", {"unit": "org/unit"}, 2),
        ("tokens", {}, 52),
        ("people", {"unit": "org/other"}, 0),
        ("people", {"unit": "far/unit"}, 0),
    ]
    assert [row["limits"] for row in rows[:2]] == [[{"most": 5, "policy": "law-1", "holds": False}], []]
    named = asked(rig, "show", organisation="org", unit="unit", principal="person")["meters"]
    assert isinstance(named, list)
    assert [(row["meter"], row["reading"]) for row in named] == [("people", 2), ("tokens", 52), ("mine", 2)]
    assert asked(rig, "show", organisation="nobody") == {"meters": []}


def test_an_entry_is_explained_in_numbers(rig: Rig) -> None:
    rig.use("ann", "ben")
    told = asked(rig, "explain", index=2)
    assert (told["entry"], told["of"], told["time_ms"]) == (2, 1, rig.log.time_ms)
    assert told["adds"] == {"people": 2, "tokens": 52, "mine": 2}
    place = told["place"]
    assert isinstance(place, dict)
    assert (place["unit"], place["organisation"], place["agreement"]) == ("org/unit", "org", "sample")
    assert len(place["principal"]) == 32
    assert told["said"] == {
        "data_subjects": 2,
        "mentions": 0,
        "settled": 0,
        "unreadable": 0,
        "effects": {},
        "tokens": 52,
        "money": 504,
        "covered": 0,
        "covered_by": "",
    }
    for index in (0, 1, 3, 99):
        assert refused(rig, "explain", index=index) == "metering/no-entry"
    assert refused(rig, "explain", index=-5) == "metering/no-entry"


def test_whom_an_authority_covers_is_shown_beside_what_it_may(rig: Rig) -> None:
    under_authorities(rig)
    rig.agreement.units = (("org", "unit"),)
    rig.counting.opened(rig.agreement)
    rig.counting.authorities.add(signed(authority(rig, "ann")), 0)
    rig.use("ann", "ben", authority="w-1")
    rows = asked(rig, "show")["meters"]
    assert isinstance(rows, list)
    assert [(row["meter"], row["per"], row["reading"], row["limits"]) for row in rows] == [
        ("people", {"unit": "org/unit"}, 1, [{"most": 5, "policy": "law-1", "holds": False}]),
        (
            "authority.warrant",
            {"agreement": "sample"},
            1,
            [{"most": 4, "policy": "authority.warrant", "holds": False}],
        ),
    ]
    told = asked(rig, "explain", index=2)
    assert told["adds"] == {"people": 1, "authority.warrant": 1}
    said = told["said"]
    assert isinstance(said, dict)
    assert (said["covered"], said["covered_by"]) == (1, "w-1")
    assert most_of(Tally(covered=frozenset({1}), covered_kind="order"), cover_rule(WARRANT)) == 0


def test_counting_again_says_what_it_found(rig: Rig) -> None:
    rig.use("ann")
    assert asked(rig, "rebuild") == {"entries": 1, "windows": 3, "differing": 0}


def test_an_agreement_without_meters_says_so(rig: Rig) -> None:
    rig.agreement.meters = ()
    assert {refused(rig, "show"), refused(rig, "rebuild"), refused(rig, "explain", index=1)} == {"metering/no-meters"}


@pytest.mark.parametrize(
    ("rule", "most"), [(replace(PEOPLE, unreadable=10), 15), (ACTS, 4), (TOKENS, 7), (MONEY, 9), (PEOPLE, 5)]
)
def test_the_most_that_a_meter_rises_by(rule: MeterRule, most: int) -> None:
    tally = Tally(
        data_subjects=frozenset({1, 2}),
        mentions={5: 3},
        unreadable={6: 1},
        effects={"read": 4, "write": 1},
        tokens=7,
        money=9,
    )
    assert most_of(tally, rule) == most
    assert rule.measure in Measure


def test_who_was_counted_under_the_key_before_stays_counted(rig: Rig) -> None:
    rig.use("ann", "ben")
    told = asked(rig, "rotate-key")
    assert told["authorities"] == 0
    until_ms = rig.log.now_ms() + 1000 * (PEOPLE.seconds + PEOPLE.seconds // PEOPLE.parts)
    assert told["twice_until_ms"] == until_ms
    assert rig.people == 2
    rig.use("ann", "cleo")
    assert rig.people == 4  # ann is counted twice
    rig.use("cleo")
    assert rig.people == 4
    assert asked(rig, "rebuild")["differing"] == 0
    rig.restart()
    rig.use("cleo")
    assert rig.people == 4


def test_without_a_meter_of_people_nobody_is_counted_twice(rig: Rig) -> None:
    rig.agreement.meters = (TOKENS,)
    assert asked(rig, "rotate-key")["twice_until_ms"] == rig.log.now_ms()


def test_a_key_that_is_lost_is_not_changed(rig: Rig) -> None:
    rig.use("ann")
    (rig.place / "keys" / "person.key").unlink()
    with pytest.raises(BrightlineError):
        asked(rig, "rotate-key")
    assert rig.people == 1
