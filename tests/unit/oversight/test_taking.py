"""What is said of holds: who may, once, under which checkpoint; what votes change; reviews, receipts, expiry."""

from dataclasses import replace

import pytest

from brightline.crypto.seal import WrappingKey, unseal
from brightline.crypto.signatures import sign
from brightline.domain.errors import BrightlineError
from brightline.domain.leaf import Kind, Verdict, decode
from brightline.domain.record import Group
from brightline.domain.sign_off.binding import BoundRule, Demand
from brightline.domain.sign_off.receipt import ExecutionReceipt, SignedReceipt
from brightline.domain.sign_off.statement import ALLOW, ShownLog
from brightline.oversight.decoys import Opening
from brightline.oversight.hold_errors import HoldError
from brightline.oversight.reviewing import REVIEW_MS
from brightline.storage import RowState
from brightline.testing.sign_off import AUDIENCE, ROLE, Person, key_of
from tests.unit.oversight.rig import ANA, BEN, CLEO, Rig, run

GLASS = (BoundRule("r", "", "", "", ROLE, 2, Demand("watch-commander", 1)),)
ONE = (BoundRule("r", "", "", "", ROLE, 1, None),)


def refused(work: object) -> str:
    with pytest.raises(BrightlineError) as caught:
        run(work)  # type: ignore[arg-type]
    return caught.value.code


def refusal(rig: Rig, hold: bytes, *said: object, **changes: object) -> str:
    size = rig.ledger.size
    with pytest.raises(BrightlineError) as caught:
        rig.say(hold, *said, **changes)  # type: ignore[arg-type]
    assert rig.ledger.size == size
    return caught.value.code


def content(rig: Rig, index: int) -> bytes:
    return unseal(rig.ledger.blobs[index], WrappingKey(b"k" * 32))[Group.CONTENT]


def last(rig: Rig) -> tuple[Kind, Verdict]:
    leaf = decode(rig.ledger.entries[-1])
    return leaf.kind, leaf.verdict


# Votes


def test_what_is_no_statement_is_refused(rig: Rig) -> None:
    hold = rig.place()
    assert refused(rig.taking.sign(hold, b"{}")) == "signoff/bad-field"
    assert refused(rig.taking.sign(bytes(16), rig.signed(hold, ANA).canonical)) == "hold/not-found"


def test_nobody_hands_in_what_another_signed(rig: Rig) -> None:
    hold = rig.place()
    data = rig.signed(hold, ANA).canonical
    assert refused(rig.taking.sign(hold, data, person="ben")) == "signoff/other-person"
    assert run(rig.taking.sign(hold, data, person="ana")) is RowState.OPEN


def test_a_statement_is_about_its_own_hold(rig: Rig) -> None:
    hold, other = rig.place(), rig.place()
    assert refused(rig.taking.sign(other, rig.signed(hold, ANA).canonical)) == "signoff/other-binding"


def test_without_people_nobody_signs(rig: Rig) -> None:
    hold = rig.place()
    rig.directory = False
    assert refusal(rig, hold, ANA) == "signoff/no-directory"


def test_whoever_is_revoked_does_not_sign(rig: Rig) -> None:
    hold = rig.place()
    rig.revoked = replace(rig.revoked, number=2, persons=("ana",))
    assert refusal(rig, hold, ANA) == "signoff/revoked"


def test_one_person_votes_once_also_in_the_same_moment(rig: Rig) -> None:
    hold = rig.place()
    rig.say(hold, ANA)
    for decision in ("allow", "deny"):
        assert refusal(rig, hold, ANA, decision) == "hold/voted"
    signed = rig.signed(hold, BEN).canonical
    rig.ledger.meanwhile = lambda: _voted(rig, hold)
    with pytest.raises(HoldError, match="hold/voted"):
        run(rig.taking.sign(hold, signed))


def _voted(rig: Rig, hold: bytes) -> None:
    kept = rig.holds.get(hold).kept
    person = rig.holds.parts.records.person_tag("ben")
    with rig.rows.transaction():
        rig.rows.add_statement(999, hold=kept.index, person=person, taken_ms=0, vote=True)


def test_a_second_key_gives_nobody_a_second_vote(rig: Rig) -> None:
    again = replace(ANA, key_name="ana's other key", serial=9)
    rig.people = (*rig.people, again)
    hold = rig.place()
    rig.say(hold, ANA)
    assert refusal(rig, hold, again) == "hold/voted"
    assert rig.state(hold) == "OPEN"


@pytest.mark.parametrize("decision", ["allow", "deny", "break-glass"])
@pytest.mark.parametrize("name", ["requester-1", "owner-1"])
def test_whoever_asked_and_whoever_answers_for_the_agent_have_no_vote(rig: Rig, name: str, decision: str) -> None:
    own = Person(name, roles=(ROLE, "watch-commander"), serial=9)
    rig.people = (*rig.people, own)
    assert refusal(rig, rig.place(rules=GLASS), own, decision) == "signoff/own-approval"


@pytest.mark.parametrize("decision", ["allow", "break-glass"])
def test_a_policy_author_has_no_vote_also_in_another_role(rig: Rig, decision: str) -> None:
    rig.people = (*rig.people, Person("ana", roles=("policy-author",), key_name="ana's other key", serial=9))
    assert refusal(rig, rig.place(rules=GLASS), ANA, decision) == "signoff/policy-author"


@pytest.mark.parametrize("change", [{"decision": "deny"}, {"reason": "another"}, {"dwell_ms": 1}])
def test_what_was_changed_after_signing_is_refused(rig: Rig, change: dict[str, object]) -> None:
    hold = rig.place()
    signed = rig.signed(hold, ANA)
    changed = replace(signed, statement=replace(signed.statement, **change))  # type: ignore[arg-type]
    assert refused(rig.taking.sign(hold, changed.canonical)) == "signoff/bad-signature"


@pytest.mark.parametrize("shown", ["origin", "before the hold", "not yet there", "another root"])
def test_a_checkpoint_of_another_log_is_refused(rig: Rig, shown: str) -> None:
    hold = rig.place()
    size, root = rig.ledger.size, rig.ledger.root_at(rig.ledger.size)
    log = {
        "origin": ShownLog("another.example/log", size, root),
        "before the hold": ShownLog(rig.ledger.origin, size - 1, rig.ledger.root_at(size - 1)),
        "not yet there": ShownLog(rig.ledger.origin, size + 1, root),
        "another root": ShownLog(rig.ledger.origin, size, bytes(32)),
    }[shown]
    assert refusal(rig, hold, ANA, log=log) == "hold/other-log"


def test_nothing_is_signed_under_another_agreement(rig: Rig) -> None:
    hold = rig.place()
    rig.ledger.agreement = bytes(32)
    assert refusal(rig, hold, ANA) == "hold/changed"


def test_a_decided_hold_takes_no_more_votes(rig: Rig) -> None:
    hold = rig.place(rules=ONE)
    assert rig.say(hold, ANA) == "APPROVED"
    assert refusal(rig, hold, BEN) == "hold/not-open"
    assert rig.say(hold, BEN, "deny") == "DENIED"
    assert refusal(rig, hold, CLEO, "deny") == "hold/not-open"
    assert last(rig) == (Kind.SIGN_OFF, Verdict.FORBID)


def test_what_was_allowed_is_taken_back_until_it_starts(rig: Rig) -> None:
    hold, begun = rig.place(rules=ONE), rig.place(rules=ONE)
    rig.say(hold, ANA)
    assert rig.say(hold, ANA, "revoke") == "REVOKED"
    rig.say(begun, ANA)
    run(rig.holds.start((begun,), rig.entry()))
    for decision in ("revoke", "deny"):
        assert refusal(rig, begun, BEN, decision) == "hold/started"


@pytest.mark.parametrize("ended", ["deny", "revoke"])
def test_after_a_veto_and_after_a_revocation_nobody_says_anything_more(rig: Rig, ended: str) -> None:
    hold = rig.place(rules=GLASS)
    rig.say(hold, ANA, ended)
    for person, decision in ((BEN, "allow"), (BEN, "deny"), (BEN, "revoke"), (BEN, "break-glass"), (ANA, "allow")):
        assert refusal(rig, hold, person, decision) == "hold/not-open"
    assert refused(rig.holds.start((hold,), rig.entry())) == "hold/not-approved"


def test_what_starts_at_the_same_moment_is_not_denied(rig: Rig) -> None:
    hold = rig.place(rules=ONE)
    rig.say(hold, ANA)
    rig.ledger.meanwhile = lambda: run(rig.holds.start((hold,), rig.entry())) and None
    with pytest.raises(HoldError, match="hold/started"):
        rig.say(hold, BEN, "deny")


def test_an_expired_hold_takes_nothing(rig: Rig) -> None:
    hold = rig.place()
    rig.ledger.time_ms = rig.binding(hold).not_after_ms
    assert refusal(rig, hold, ANA) == "hold/not-open"


def test_a_decided_hold_leaves_the_queue(rig: Rig) -> None:
    hold, now_ms = rig.place(rules=ONE), rig.ledger.time_ms
    queue = [rig.holds.parts.records.role_tag(ROLE)]
    assert len(rig.rows.page(queue, now_ms=now_ms, skip=0, limit=5)) == 1
    rig.say(hold, ANA)
    assert rig.rows.page(queue, now_ms=now_ms, skip=0, limit=5) == []


# Broken glass


def test_broken_glass_says_why_and_has_an_entry_of_its_own(rig: Rig) -> None:
    hold = rig.place(rules=GLASS)
    assert refusal(rig, hold, ANA, "break-glass", reason=" ") == "signoff/no-reason"
    assert rig.say(hold, ANA, "break-glass") == "APPROVED"
    assert last(rig) == (Kind.BREAK_GLASS, Verdict.PERMIT)
    (wanted,) = rig.taking.reviewing.wanted()
    assert wanted.due_ms == rig.ledger.time_ms + REVIEW_MS


def test_an_absolute_rule_has_no_glass(rig: Rig) -> None:
    assert refusal(rig, rig.place(), ANA, "break-glass") == "signoff/no-break-glass"


def test_an_overdue_review_keeps_the_glass_whole(rig: Rig) -> None:
    first = rig.place(rules=GLASS)
    rig.say(first, ANA, "break-glass")
    rig.later(REVIEW_MS)
    second = rig.place(rules=GLASS)
    assert refusal(rig, second, BEN, "break-glass") == "hold/review-overdue"
    assert rig.say(second, BEN) == "OPEN"
    run(rig.taking.reviewing.take(rig.review(first, BEN)))
    assert rig.say(second, CLEO, "break-glass") == "APPROVED"


# Receipts


def receipt(rig: Rig, hold: bytes, *, sequence: int = 1, by: str = "effector", **changes: object) -> SignedReceipt:
    said = ExecutionReceipt(rig.binding(hold).digest.hex(), AUDIENCE, "a" * 32, sequence, "done", 1, 2, "")
    said = replace(said, **changes)  # type: ignore[arg-type]
    key = key_of(by)
    return SignedReceipt(said, key.public.id, sign(key, said.tagged))


def take(rig: Rig, signed: SignedReceipt, principal: str = "agent-7") -> int:
    return run(rig.taking.receive(signed.canonical, principal)).index


def test_a_receipt_of_nothing_that_is_held_for_this_caller_is_refused(rig: Rig) -> None:
    hold = rig.place()
    decoy = rig.place(wrong="the latitude")
    for signed, principal in (
        (receipt(rig, hold, binding="0" * 64), "agent-7"),
        (receipt(rig, hold), "another"),
        (receipt(rig, hold, audience="valve-7.example"), "agent-7"),
        (receipt(rig, decoy), "agent-7"),
    ):
        assert refused(rig.taking.receive(signed.canonical, principal)) == "hold/no-such-binding"


def test_a_receipt_counts_by_its_effectors_signature(rig: Rig) -> None:
    hold = rig.place()
    stranger = receipt(rig, hold, by="stranger")
    assert refused(rig.taking.receive(stranger.canonical, "agent-7")) == "hold/unknown-effector"
    changed = receipt(rig, hold)
    changed = replace(changed, receipt=replace(changed.receipt, outcome="failed"))
    assert refused(rig.taking.receive(changed.canonical, "agent-7")) == "hold/bad-receipt"
    index = take(rig, receipt(rig, hold))
    assert last(rig)[0] is Kind.EXECUTION
    assert content(rig, index) == receipt(rig, hold).canonical


def test_the_same_receipt_twice_is_one_entry_and_others_have_an_end(rig: Rig) -> None:
    hold = rig.place()
    index, size = take(rig, receipt(rig, hold)), rig.ledger.size
    again = run(rig.taking.receive(receipt(rig, hold).canonical, "agent-7"))
    assert (again.index, again.time_ms, rig.ledger.size) == (index, rig.ledger.time_ms, size)
    late = receipt(rig, hold, sequence=2)
    rig.ledger.meanwhile = lambda: take(rig, late) and None
    assert refused(rig.taking.receive(late.canonical, "agent-7")) == "hold/receipt-known"
    for sequence in range(3, 9):
        take(rig, receipt(rig, hold, sequence=sequence))
    ninth = receipt(rig, hold, sequence=9)
    assert refused(rig.taking.receive(ninth.canonical, "agent-7")) == "hold/too-many-receipts"


# Decoys, and what nobody decides


@pytest.mark.parametrize("decision", ["deny", "allow"])
def test_a_decoy_is_opened_by_the_vote_that_decides_it(rig: Rig, decision: str) -> None:
    hold = rig.place(rules=ONE, wrong="the latitude", audience="null")
    rig.say(hold, ANA, decision)
    assert rig.ledger.kinds()[-2:] == [Kind.SIGN_OFF, Kind.DECOY]
    opening = Opening.parse(content(rig, rig.ledger.size - 1))
    kept = rig.holds.get(hold).kept
    opening.check(hold=hold, commitment=decode(kept.leaf).commitment, null_audiences=())
    assert rig.rows.decoys() == {kept.index: rig.ledger.size - 1}


@pytest.mark.parametrize("decision", ["deny", "revoke"])
def test_a_decoy_that_was_allowed_is_opened_once_and_can_be_taken_back(rig: Rig, decision: str) -> None:
    hold = rig.place(rules=ONE, wrong="the latitude", audience="null")
    rig.say(hold, ANA)
    opened = rig.rows.decoys()
    rig.say(hold, ANA if decision == "revoke" else BEN, decision)
    assert rig.ledger.kinds()[-3:] == [Kind.SIGN_OFF, Kind.DECOY, Kind.SIGN_OFF]
    assert rig.rows.decoys() == opened


def test_a_decoy_whose_voter_was_revoked_is_opened_once(rig: Rig) -> None:
    hold = rig.place(rules=ONE, wrong="the latitude", audience="null")
    rig.say(hold, ANA)
    opened = rig.rows.decoys()
    rig.revoked = replace(rig.revoked, number=2, persons=("ana",))
    assert rig.say(hold, BEN) == "APPROVED"
    assert rig.rows.decoys() == opened


def test_a_decoy_stays_closed_while_it_is_open(rig: Rig) -> None:
    hold = rig.place(wrong="the latitude", audience="null")
    assert rig.say(hold, ANA, ALLOW) == "OPEN"
    assert rig.rows.decoys() == {}
    assert rig.say(hold, BEN, ALLOW) == "APPROVED"
    assert len(rig.rows.decoys()) == 1


def test_what_nobody_decided_expires_and_decoys_among_it_are_opened(rig: Rig) -> None:
    real, decoy = rig.place(), rig.place(wrong="the latitude", audience="null")
    damaged = rig.place()
    rig.by_hand("UPDATE holds SET use = ? WHERE hold = ?", bytes(16), damaged)
    assert run(rig.taking.sweep()) == 0
    rig.ledger.time_ms += 15 * 60_000
    size = rig.ledger.size
    assert run(rig.taking.sweep()) == 3
    assert rig.ledger.kinds()[size:] == [Kind.DECOY]
    assert (rig.state(real), rig.state(decoy)) == ("EXPIRED", "EXPIRED")
    assert run(rig.taking.sweep()) == 0
    queue = [rig.holds.parts.records.role_tag(ROLE)]
    assert rig.rows.page(queue, now_ms=0, skip=0, limit=5) == []


def test_what_is_decided_at_the_last_moment_does_not_expire(rig: Rig) -> None:
    hold = rig.place(wrong="the latitude", audience="null")
    rig.ledger.time_ms += 15 * 60_000
    index = rig.holds.get(hold).kept.index
    rig.ledger.meanwhile = lambda: _turned(rig, index)
    run(rig.taking.sweep())
    assert rig.state(hold) == "DENIED"
    assert rig.rows.decoys() == {}


def _turned(rig: Rig, index: int) -> None:
    with rig.rows.transaction():
        rig.rows.turn(index, [RowState.OPEN], RowState.DENIED)
