"""Beyond a cap is refused: of a caller, of a role, of a person."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from brightline.domain.sign_off.binding import BoundRule
from brightline.oversight.caps import HOUR_MS, Caps
from brightline.oversight.hold_errors import HoldError
from tests.unit.oversight.rig import ANA, BEN, Rig, make_rig, run


@pytest.fixture
def tight(tmp_path: Path) -> Iterator[Rig]:
    rig = make_rig(tmp_path, caps=Caps(open_per_principal=2, queue_per_role=3, sign_offs_per_hour=2))
    yield rig
    rig.store.abandon()


def code(rig: Rig, **changes: object) -> str:
    with pytest.raises(HoldError) as caught:
        run(rig.holds.place(rig.draft(**changes)))  # type: ignore[arg-type]
    return caught.value.code


def test_one_caller_has_so_many_open_and_no_more(tight: Rig) -> None:
    first = tight.place()
    tight.place()
    assert code(tight) == "hold/too-many"
    size = tight.ledger.size
    tight.place(principal="another")
    assert tight.ledger.size == size + 1
    tight.say(first, ANA, "deny")
    tight.place()


def test_one_role_has_so_many_waiting_and_no_more(tight: Rig) -> None:
    for principal in ("a", "b", "c"):
        tight.place(principal=principal)
    assert code(tight, principal="d") == "hold/queue-full"
    other = BoundRule("r", "", "", "", "duty-officer", 1, None)
    tight.place(principal="d", rules=(other,))
    tight.ledger.time_ms += HOUR_MS
    tight.place(principal="e")


def test_what_comes_at_the_same_time_is_counted_too(tight: Rig) -> None:
    tight.place()
    late = tight.draft()
    tight.ledger.meanwhile = lambda: tight.place() and None
    with pytest.raises(HoldError, match="hold/too-many"):
        run(tight.holds.place(late))
    assert tight.holds.find(bytes.fromhex(late.binding.hold)) is None


def test_one_person_signs_so_often_within_an_hour(tight: Rig) -> None:
    holds = [tight.place(principal=str(number)) for number in range(3)]

    for hold in holds[:2]:
        tight.say(hold, ANA)
    with pytest.raises(HoldError, match="hold/too-many-signatures"):
        tight.say(holds[2], ANA)
    assert tight.say(holds[2], BEN) == "OPEN"
