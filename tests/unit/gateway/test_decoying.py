"""Decoys among holds: made of what is settled, out to nobody of the version in force, and never at once."""

import asyncio
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from brightline.domain.agreement import AgreementRef
from brightline.domain.errors import BrightlineError
from brightline.domain.leaf import Kind
from brightline.domain.sign_off.binding import MODEL_CALL, NO_DEFINITION, NULL_AUDIENCE, ActionBinding, BoundAgreement
from brightline.gateway import decoying
from brightline.gateway.decoying import DecoyPlan, Decoys, new_id, no_null_audiences
from brightline.oversight.caps import Caps
from brightline.oversight.hold_errors import HoldError
from tests.unit.oversight.rig import ANA, BEN, REF, Rig, make_rig, run

RESERVED = ("uav-2.example", "uav-3.example")
TERM_MS = 15 * 60_000


class Desk:
    """A rig with decoys in it."""

    def __init__(self, place: Path, *, share: float = 1.0, caps: Caps | None = None) -> None:
        self.rig: Rig = make_rig(place, caps=caps)
        self.told: list[ActionBinding] = []
        self.failed: list[BrightlineError] = []
        self.asked: list[AgreementRef] = []
        counter = iter(range(1 << 30))
        self.decoys = Decoys(
            self.rig.holds,
            DecoyPlan(share, random.Random(7), 0.0, self.reserved),
            random=lambda size: next(counter).to_bytes(size, "big"),
            notify=self.told.append,
            failed=self.failed.append,
        )

    def reserved(self, ref: AgreementRef) -> tuple[str, ...]:
        self.asked.append(ref)
        return RESERVED

    def settled(self, **changes: object) -> bytes:
        """The id of something that was held and denied."""
        hold = self.rig.place(**changes)
        self.rig.say(hold, BEN, "deny")
        return hold

    def come(self, binding: ActionBinding) -> None:
        async def story() -> None:
            self.decoys.after(binding)
            await asyncio.gather(*self.decoys._placing)

        asyncio.run(story())


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.rig.store.abandon()


def test_of_what_still_waits_none_is_made(desk: Desk) -> None:
    assert run(desk.decoys.place()) is None
    desk.rig.place()
    approved = desk.rig.place()
    desk.rig.say(approved, ANA)
    desk.rig.say(approved, BEN)
    assert desk.rig.state(approved) == "APPROVED"
    assert run(desk.decoys.place()) is None
    desk.rig.later(TERM_MS)
    assert run(desk.decoys.place()) is not None


def test_of_each_settled_call_one_is_made_and_it_belongs_to_nobody(desk: Desk) -> None:
    original = desk.settled()
    desk.rig.later(1_000)
    hold = run(desk.decoys.place())
    assert hold is not None
    kept, real = desk.rig.holds.get(hold).kept, desk.rig.binding(original)
    assert kept.wrong
    assert (kept.principal, kept.body_sha256) == ("", bytes(32))
    assert kept.binding.audience in RESERVED
    assert kept.binding.arguments != real.arguments
    assert kept.binding.not_after_ms - kept.binding.not_before_ms == real.not_after_ms - real.not_before_ms
    assert kept.binding.not_before_ms == desk.rig.ledger.now_ms()
    assert desk.rig.holds.content(hold) == desk.rig.holds.content(original)
    assert desk.rig.ledger.kinds()[-1] == Kind.HOLD
    assert desk.told == [kept.binding]
    assert run(desk.decoys.place()) is None, "its original was used"
    desk.rig.say(hold, BEN, "deny")
    assert run(desk.decoys.place()) is None, "of a decoy no other is made"


def test_of_a_call_of_a_model_or_what_cannot_be_wrong_none_is_made(desk: Desk) -> None:
    desk.settled(kind=MODEL_CALL, tool="", definition=NO_DEFINITION)
    desk.settled(arguments={})
    assert run(desk.decoys.place()) is None
    desk.settled()
    assert run(desk.decoys.place()) is not None


def test_what_was_bound_under_another_version_is_no_original(desk: Desk) -> None:
    other = replace(REF, version=2, digest=b"\2" * 32)
    hold = desk.rig.place(agreement=BoundAgreement(other.id, 2, other.digest.hex(), other.enclave))
    desk.rig.later(TERM_MS)
    assert desk.rig.state(hold) == "EXPIRED"
    assert run(desk.decoys.place()) is None
    assert desk.asked == []
    desk.settled()
    assert run(desk.decoys.place()) is not None
    assert desk.asked == [REF], "asked of the version that the binding names"


def test_what_was_tampered_with_is_passed_over(desk: Desk) -> None:
    bad, good = desk.settled(), desk.settled()
    desk.rig.by_hand("UPDATE holds SET binding = ? WHERE hold = ?", bytes(32), bad)
    hold = run(desk.decoys.place())
    assert hold is not None
    assert desk.rig.binding(hold).rules == desk.rig.binding(good).rules
    assert run(desk.decoys.place()) is None


def test_only_the_newest_are_looked_at(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoying, "_MOST_SETTLED", 1)
    desk.settled()
    newest = desk.settled(mission="survey-9")
    hold = run(desk.decoys.place())
    assert hold is not None
    assert desk.rig.binding(hold).mission == desk.rig.binding(newest).mission
    assert run(desk.decoys.place()) is None


def test_one_that_cannot_be_placed_is_told(tmp_path: Path) -> None:
    desk = Desk(tmp_path, caps=Caps(open_per_principal=1))
    for _ in range(2):
        desk.settled()
    real = desk.rig.binding(desk.rig.place(principal="another"))
    desk.come(real)
    assert desk.failed == []
    desk.come(real)
    assert [error.code for error in desk.failed] == ["hold/too-many"]
    assert isinstance(desk.failed[0], HoldError)
    desk.rig.store.abandon()


def test_how_many_bring_one(tmp_path: Path) -> None:
    desk = Desk(tmp_path, share=0.0)
    desk.settled()
    binding = desk.rig.binding(desk.rig.place())
    desk.come(binding)
    assert desk.told == []
    desk.rig.store.abandon()


def test_a_call_of_a_model_brings_none(desk: Desk) -> None:
    desk.settled()
    desk.come(desk.rig.binding(desk.rig.place(kind=MODEL_CALL, tool="", definition=NO_DEFINITION)))
    assert desk.told == []
    desk.come(desk.rig.binding(desk.rig.place()))
    assert len(desk.told) == 1


def test_it_comes_some_time_later(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    desk.settled()
    desk.decoys._plan = replace(desk.decoys._plan, spread_seconds=300.0)
    monkeypatch.setattr("brightline.gateway.decoying.asyncio.sleep", sleep)
    for _ in range(20):
        run(desk.decoys._come())
    assert all(0 <= seconds < 300 for seconds in slept)
    assert max(slept) - min(slept) > 100
    assert len(desk.told) == 1


def test_nothing_is_reserved_unless_somebody_says_so(tmp_path: Path) -> None:
    assert no_null_audiences(REF) == ()
    desk = Desk(tmp_path)
    desk.decoys._plan = DecoyPlan(1.0, random.Random(1))
    desk.settled()
    hold = run(desk.decoys.place())
    assert hold is not None
    assert desk.rig.binding(hold).audience == NULL_AUDIENCE
    desk.rig.store.abandon()


def test_ids_lie_in_order_of_time() -> None:
    assert new_id(1_000, lambda size: b"\7" * size) == b"\0\0\0\0\3\xe8" + b"\7" * 10
