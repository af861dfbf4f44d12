"""Holds as the live path sees them, and decoys among them."""

import asyncio
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from brightline.crypto.seal import WrappingKey, seal
from brightline.domain.agreement import AgreementRef
from brightline.domain.decision import BreakGlass
from brightline.domain.errors import BrightlineError
from brightline.domain.leaf import Kind, Leaf, Outcome, Verdict
from brightline.domain.record import Entry, Group
from brightline.domain.sign_off.binding import BoundRule, Change, Demand
from brightline.domain.sign_off.state import EffectorState
from brightline.gateway.approvals import Approvals
from brightline.gateway.decoying import DecoyPlan
from brightline.gateway.ports import HoldState, HoldView, Proposal
from brightline.oversight.caps import Caps
from brightline.oversight.hold_errors import HoldError
from brightline.oversight.reviewing import REVIEW_MS
from brightline.oversight.signing import ApprovalRequest
from brightline.storage import RowState
from brightline.testing.sign_off import ROLE
from tests.unit.gateway.test_approval_binding import HELD, TOOL
from tests.unit.oversight.rig import ANA, BEN, REF, Rig, make_rig, run

ONE = replace(HELD, holds=(replace(HELD.holds[0], role=ROLE, quorum=1, own_machine=False, term_seconds=900),))
PROPOSAL: Proposal = replace(TOOL, decision=ONE, agreement=REF, arguments={"valve": 7, "open": True})
GLASS_TOO = replace(ONE, holds=(replace(ONE.holds[0], break_glass=BreakGlass("watch-commander", 1)),))
STATE = EffectorState(
    PROPOSAL.audience, "ab" * 32, {"valve-7/state": "closed"}, (Change("valve-7/state", "closed", "open"),), 1000
)
KEY = WrappingKey(b"k" * 32)


class Desk:
    """A rig with the journeys over it."""

    def __init__(self, place: Path, *, share: float = 0.0, caps: Caps | None = None) -> None:
        self.rig: Rig = make_rig(place, caps=caps)
        self.failed: list[BrightlineError] = []
        self.asked: list[str] = []
        self.meanwhile: AgreementRef | None = None
        counter = iter(range(1 << 30))
        self.approvals = Approvals(
            self.rig.holds,
            self.rig.taking,
            wrapping_key=KEY,
            random=lambda size: next(counter).to_bytes(size, "big"),
            decoys=DecoyPlan(share, random.Random(7)),
            failed=self.failed.append,
            states=self,
        )

    async def ask(self, proposal: Proposal) -> EffectorState | None:
        """What the machine answers when the desk asks."""
        self.asked.append(proposal.tool)
        if self.meanwhile is not None:
            self.rig.holds.parts = replace(self.rig.holds.parts, agreement=lambda: self.meanwhile)
        return STATE

    def place(self, **changes: object) -> bytes:
        return run(self.approvals.place(replace(PROPOSAL, **changes)))  # type: ignore[arg-type]

    def state(self, hold: bytes) -> HoldState:
        found = self.approvals.find(hold)
        assert found is not None
        return found.state


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.rig.store.abandon()


def test_what_the_machine_says_of_itself_is_signed(desk: Desk) -> None:
    view = desk.approvals.find(desk.place())
    assert view is not None
    assert (view.binding.preconditions, view.binding.diff) == (STATE.preconditions, STATE.diff)


@pytest.mark.parametrize("caps", [Caps(open_per_principal=1), Caps(queue_per_role=1)])
def test_no_machine_is_asked_for_what_has_no_room(tmp_path: Path, caps: Caps) -> None:
    full = Desk(tmp_path, caps=caps)
    full.place()
    for decision in (ONE, GLASS_TOO):
        with pytest.raises(HoldError, match=r"hold/(too-many|queue-full)"):
            full.place(decision=decision)
    assert full.asked == ["set_valve"]
    full.rig.store.abandon()


def test_an_agreement_that_changes_while_the_machine_answers_holds_nothing(desk: Desk) -> None:
    desk.meanwhile = replace(REF, version=REF.version + 1, digest=bytes(32))
    with pytest.raises(HoldError, match="hold/changed"):
        desk.place()
    assert list(desk.approvals.latest(10, open_only=False)) == []


def test_nobody_finds_what_is_not_held(desk: Desk) -> None:
    assert desk.approvals.find(bytes(16)) is None
    assert desk.approvals.answer(bytes(16)) is None
    assert desk.approvals.of_use(bytes(16)) == ()
    with pytest.raises(HoldError, match="hold/not-found"):
        run(desk.approvals.request(bytes(16)))


def test_a_proposal_is_held_signed_started_and_ended(desk: Desk) -> None:
    hold = desk.place()
    (view,) = desk.approvals.of_use(PROPOSAL.use.use_id)
    assert (view.hold, view.state, view.principal, view.kind) == (hold, HoldState.OPEN, "ana", "tool-call")
    assert (view.body_sha256, view.sign_offs, view.expires_ms) == (b"b" * 32, {}, desk.rig.ledger.time_ms + 900_000)
    assert desk.approvals.content(hold) == PROPOSAL.content
    assert asyncio.run(desk.approvals.settled(hold, 0.0)) is HoldState.OPEN
    desk.rig.say(hold, BEN)
    assert desk.state(hold) is HoldState.APPROVED
    begun = run(desk.approvals.start((hold,), desk.rig.entry()))
    asyncio.run(desk.approvals.finish(hold, begun.index))
    found = desk.approvals.find(hold)
    assert found is not None
    assert (found.state, found.begun_by, found.outcome) == (HoldState.ENDED, b"s" * 16, begun.index)
    assert found.sign_offs == {ROLE: 1}
    assert run(desk.approvals.release(hold)).startswith(b'{"binding":')


def test_the_answer_of_a_held_call_is_what_its_outcome_sealed(desk: Desk) -> None:
    hold = desk.place(kind="model-call", tool="", call_id="", audience="", arguments={"request": {}})
    desk.rig.say(hold, BEN)
    begun = run(desk.approvals.start((hold,), desk.rig.entry(Kind.INTENT)))
    assert desk.approvals.answer(hold) is None
    sealed = seal({Group.CONTENT: b"what came back"}, wrapping_key=KEY)
    leaf = Leaf(
        kind=Kind.OUTCOME,
        use_id=b"s" * 16,
        reference=begun.index,
        verdict=Verdict.PERMIT,
        outcome=Outcome.COMPLETE,
        ciphertext_hash=sealed.ciphertext_hash,
        agreement_digest=REF.digest,
    )
    (ended,) = run(desk.rig.ledger.append_with([Entry(leaf.encode(), sealed.blob)], lambda _: None))
    asyncio.run(desk.approvals.finish(hold, ended.index))
    assert desk.approvals.answer(hold) == b"what came back"
    del desk.rig.ledger.blobs[ended.index]
    assert desk.approvals.answer(hold) is None


def test_a_receipt_goes_on_to_whoever_takes_it(desk: Desk) -> None:
    desk.place()
    with pytest.raises(BrightlineError, match="signoff/"):
        run(desk.approvals.receive(b"{}", PROPOSAL.principal))


def test_holds_are_listed_the_newest_first(desk: Desk) -> None:
    holds = [desk.place() for _ in range(4)]
    desk.rig.say(holds[1], BEN)
    desk.rig.by_hand("UPDATE holds SET use = ? WHERE hold = ?", b"x", holds[2])
    listed = [view.hold for view in desk.approvals.latest(9, open_only=False)]
    assert listed == [holds[3], holds[1], holds[0]]
    assert [view.hold for view in desk.approvals.latest(9, open_only=True)] == [holds[3], holds[0]]
    assert [view.hold for view in desk.approvals.latest(1, open_only=True)] == [holds[3]]
    assert desk.approvals.latest(0, open_only=False) == []
    assert desk.approvals.states() == {"open": 3, "approved": 1}
    assert desk.approvals.open_holds().count == 3


def test_a_long_list_is_read_piece_by_piece(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("brightline.gateway.approvals._READ_AT_ONCE", 2)
    holds = [desk.place() for _ in range(4)]
    assert [view.hold for view in desk.approvals.latest(9, open_only=False)] == holds[::-1]


def test_what_is_signed_is_asked_with_the_log_of_that_moment(desk: Desk) -> None:
    hold = desk.place()
    request = ApprovalRequest.parse(run(desk.approvals.request(hold)))
    assert (request.binding.hold, request.log.size) == (hold.hex(), desk.rig.ledger.size)


# Decoys


@pytest.fixture
def sly(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path, share=1.0)
    yield made
    made.rig.store.abandon()


def placed(sly: Desk) -> tuple[HoldView, HoldView]:
    """A decoy, made of a call that was denied, and the call that brought it."""

    async def story() -> None:
        for _ in range(2):
            hold = await sly.approvals.place(PROPOSAL)
            await asyncio.gather(*sly.approvals.decoys._placing)
            if sly.approvals.latest(9, open_only=True)[0].hold == hold:
                sly.rig.rows.turn(sly.rig.holds.get(hold).kept.index, [RowState.OPEN], RowState.DENIED)

    asyncio.run(story())
    decoy, real = sly.approvals.latest(9, open_only=True)
    return decoy, real


def test_a_decoy_comes_with_a_tool_call(sly: Desk) -> None:
    decoy, real = placed(sly)
    assert (decoy.binding.audience, decoy.principal) == ("null", "")
    assert decoy.binding.arguments != real.binding.arguments
    assert sly.approvals.of_use(PROPOSAL.use.use_id)[-1] == real
    assert sly.failed == []


def test_votes_on_a_decoy_are_told_once_it_was_opened(sly: Desk) -> None:
    decoy, real = placed(sly)
    assert list(sly.approvals.votes(ignored)) == []
    sly.rig.say(real.hold, BEN, "deny")
    sly.rig.say(decoy.hold, BEN)
    told = {vote.decoy: vote.decision for vote in sly.approvals.votes(ignored)}
    assert told == {False: "deny", True: "allow"}
    (vote,) = [vote for vote in sly.approvals.votes(ignored) if vote.decoy]
    assert (vote.person, vote.evidence_listed, vote.evidence_opened, vote.risk) == ("ben", 1, 1, "top")
    sly.rig.by_hand("DELETE FROM decoys")
    assert [vote.decoy for vote in sly.approvals.votes(ignored)] == [False]


def test_votes_on_what_still_waits_are_told_to_nobody(sly: Desk) -> None:
    _, real = placed(sly)
    sly.rig.say(real.hold, BEN, "deny")
    sly.rig.by_hand("UPDATE holds SET state = 1")
    assert list(sly.approvals.votes(ignored)) == []
    sly.rig.by_hand("UPDATE holds SET expires_ms = 1")
    assert [vote.person for vote in sly.approvals.votes(ignored)] == ["ben"]


def test_votes_on_a_hold_that_is_gone_are_passed_over(sly: Desk) -> None:
    _, real = placed(sly)
    sly.rig.say(real.hold, BEN, "deny")
    sly.rig.store.database.value("PRAGMA foreign_keys=0")
    sly.rig.by_hand("DELETE FROM holds")
    assert list(sly.approvals.votes(ignored)) == []


def test_a_vote_that_cannot_be_read_does_not_hide_the_others(desk: Desk) -> None:
    holds = [run(desk.approvals.place(PROPOSAL)) for _ in range(3)]
    for hold in holds:
        desk.rig.say(hold, BEN, "deny")
    ledger, rows = desk.rig.ledger, desk.rig.rows
    first, second, _ = [desk.rig.holds.get(hold).kept.index for hold in holds]
    ledger.blobs[rows.statements(first)[0]] = ledger.blobs[rows.statements(second)[0]]
    desk.rig.by_hand("UPDATE holds SET use = ? WHERE hold = ?", bytes(16), holds[2])
    damaged: list[bytes] = []
    assert [vote.hold for vote in desk.approvals.votes(damaged.append)] == [holds[1].hex()]
    assert damaged == [holds[0], holds[2]]
    assert desk.approvals.differing() == ()


def test_a_hold_of_before_a_fork_is_shown_as_ended(desk: Desk) -> None:
    hold = run(desk.approvals.place(PROPOSAL))
    desk.rig.fork()
    view = desk.approvals.find(hold)
    assert view is not None
    assert (view.state, view.begun_by, view.outcome) == (HoldState.FORKED, None, None)
    assert (dict(view.sign_offs), dict(view.break_glass)) == ({}, {})
    assert desk.approvals.find(b"n" * 16) is None


def test_a_review_that_is_late_is_counted(desk: Desk) -> None:
    assert desk.approvals.reviews_overdue() == 0
    hold = desk.rig.place(rules=(BoundRule("r", "", "", "", ROLE, 2, Demand("watch-commander", 1)),))
    desk.rig.say(hold, ANA, "break-glass")
    assert desk.approvals.reviews_overdue() == 0
    desk.rig.later(REVIEW_MS)
    assert desk.approvals.reviews_overdue() == 1


def ignored(_: bytes) -> None:
    """Nothing is damaged here."""
