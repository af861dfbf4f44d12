"""What the meters tell against their limits: each window once, and what a caller can choose only by its name."""

from dataclasses import replace
from pathlib import Path

from brightline.domain.metering import Per
from brightline.gateway.meter_readings import EVERYWHERE, MeterReader, Where
from brightline.policy import MeterLimit
from tests.unit.gateway.counting_rig import PEOPLE, TOKENS, Rig

MINE = replace(PEOPLE, id="mine", per=frozenset({Per.PRINCIPAL, Per.UNIT}))


def reader(place: Path, *names: str) -> MeterReader:
    rig = Rig(place)
    rig.agreement.meters = (PEOPLE, TOKENS, MINE)
    rig.agreement.meter_limits = (
        MeterLimit("people", 8, "law-1", holds=False),
        MeterLimit("people", 4, "law-2", holds=True),
    )
    rig.use(*names)
    return MeterReader(rig.counting, agreement=lambda: rig.agreement, now_ms=rig.log.now_ms)


def test_the_first_limit_says_how_much_is_used(tmp_path: Path) -> None:
    people, tokens = reader(tmp_path, "ann", "ben").read(EVERYWHERE)
    assert (people.reading, people.most, people.share) == (2, 4, 0.5)
    assert (tokens.most, tokens.share) == (None, 0.0)


def test_a_window_that_callers_choose_is_read_by_name(tmp_path: Path) -> None:
    found = reader(tmp_path, "ann").read(Where(principal="person"))
    assert [(each.meter, each.reading) for each in found] == [("people", 1), ("tokens", found[1].reading), ("mine", 1)]


def test_a_limit_of_nobody_is_no_division(tmp_path: Path) -> None:
    (people, _) = reader(tmp_path, "ann").read()
    assert replace(people, limits=(MeterLimit("people", 0, "law", holds=False),)).share == 1.0


def test_an_agreement_without_meters_has_nothing_to_read(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.agreement.meters = ()
    assert MeterReader(rig.counting, agreement=lambda: rig.agreement, now_ms=rig.log.now_ms).read() == ()
