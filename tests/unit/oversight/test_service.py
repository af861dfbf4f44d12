"""Holds: what the store says releases nothing; what people signed does, once, while it counts."""

import asyncio
from dataclasses import replace

import pytest

from brightline.crypto.party_keys import PublicKey
from brightline.domain.leaf import Kind, Leaf, Outcome, decode
from brightline.domain.record import Entry
from brightline.domain.sign_off.binding import BoundRule, Demand
from brightline.domain.sign_off.release import Release
from brightline.domain.sign_off.trust import ToolDemand, TrustedLog
from brightline.oversight.effector import Action, ReleaseCheck
from brightline.oversight.hold_errors import HoldError
from brightline.oversight.service import LOOK_SECONDS, Holds
from brightline.storage import RowState
from brightline.testing.log_simulator import SimulatedLog
from brightline.testing.sign_off import HOUR_MS, ROLE, Scene, key_of, make_scene, sign_revocations
from tests.unit.oversight.rig import ANA, BEN, REF, Rig, run

ONE = (BoundRule("r", "", "", "", ROLE, 1, None),)
OPEN, APPROVED, DENIED, STARTED, ENDED = (int(state) for state in list(RowState)[:3] + list(RowState)[4:6])


def refused(work: object) -> str:
    with pytest.raises(HoldError) as caught:
        run(work)  # type: ignore[arg-type]
    return caught.value.code


def released(rig: Rig, hold: bytes) -> Release:
    return Release.parse(run(rig.holds.release(hold)))


def approved(rig: Rig, **changes: object) -> bytes:
    hold = rig.place(rules=ONE, **changes)
    assert rig.say(hold, ANA) == "APPROVED"
    return hold


# What somebody does who may write the store


TAKEN_AWAY = {
    "a vote": "DELETE FROM statements",
    "a vote, put on another hold": "UPDATE statements SET hold = hold + 1",
    "a vote, put on another entry": "UPDATE statements SET position = position + 100",
}


@pytest.mark.parametrize("sql", TAKEN_AWAY.values(), ids=TAKEN_AWAY.keys())
@pytest.mark.parametrize("decision", ["deny", "revoke"])
def test_a_veto_whose_row_is_taken_away_still_keeps_the_hold_from_passing(rig: Rig, decision: str, sql: str) -> None:
    hold = rig.place(rules=ONE)
    rig.place(rules=ONE)
    rig.say(hold, BEN, decision)
    rig.store.database.value("PRAGMA foreign_keys=0")
    rig.by_hand(sql)
    rig.by_hand("UPDATE holds SET state = ? WHERE hold = ?", OPEN, hold)
    # Nobody says anything more of it, whoever he is; and what was said before is not released.
    with pytest.raises(HoldError, match="hold/store-differs"):
        run(rig.taking.sign(hold, signed_of(rig, hold)))
    for work in (rig.holds.release(hold), rig.holds.start((hold,), rig.entry())):
        assert refused(work) == "hold/store-differs"
    assert tuple(rig.holds.differing(since_ms=0)) == (hold,)


def signed_of(rig: Rig, hold: bytes) -> bytes:
    """What ana signs of a hold that nobody can be shown any more."""
    row = rig.rows.find(hold)
    assert row is not None
    binding = rig.holds.kept(row).binding
    other = rig.place(rules=ONE)
    changes = {"binding": binding.digest.hex(), "rendering": binding.rendering.sha256}
    return rig.signed(other, ANA, **changes).canonical


def test_a_veto_taken_away_after_others_allowed_releases_nothing(rig: Rig) -> None:
    hold = approved(rig)
    assert rig.say(hold, BEN, "deny") == "DENIED"
    veto = rig.rows.statements(rig.holds.get(hold).kept.index)[1]
    rig.by_hand("DELETE FROM statements WHERE position & 1099511627775 = ?", veto)
    rig.by_hand("UPDATE holds SET state = ?", APPROVED)
    assert refused(rig.holds.release(hold)) == "hold/store-differs"
    assert refused(rig.holds.start((hold,), rig.entry())) == "hold/store-differs"


def test_a_receipt_and_an_opened_decoy_are_missed_too(rig: Rig) -> None:
    decoy, other = rig.place(rules=ONE, wrong="the latitude", audience="null"), approved(rig)
    rig.say(decoy, ANA)
    assert tuple(rig.holds.differing(since_ms=0)) == ()
    rig.by_hand("DELETE FROM decoys")
    assert tuple(rig.holds.differing(since_ms=0)) == (decoy,)
    receipt = Leaf(kind=Kind.EXECUTION, use_id=other, reference=rig.holds.get(other).kept.index, commitment=b"c" * 32)
    run(rig.ledger.append_with([Entry(receipt.encode())], lambda _: None))
    assert set(rig.holds.differing(since_ms=0)) == {decoy, other}


def test_a_hold_whose_row_is_gone_or_of_another_is_missed(rig: Rig) -> None:
    gone, stays, wrong = rig.place(), rig.place(), rig.place()
    rig.store.database.value("PRAGMA foreign_keys=0")
    rig.by_hand("DELETE FROM holds WHERE hold = ?", gone)
    rig.by_hand("UPDATE holds SET binding = ? WHERE hold = ?", b"b" * 32, wrong)
    assert set(rig.holds.differing(since_ms=0)) == {gone, wrong}
    assert tuple(rig.holds.differing(since_ms=rig.ledger.time_ms + 1)) == ()
    assert rig.state(stays) == "OPEN"


# After a fork


def test_a_hold_of_an_earlier_shard_is_ended(rig: Rig) -> None:
    hold = approved(rig)
    late = rig.signed(hold, BEN).canonical
    rig.fork()
    assert rig.holds.find(hold) is None
    earlier = rig.holds.earlier(hold)
    assert earlier is not None
    assert earlier.hold == hold
    assert rig.holds.earlier(b"n" * 16) is None
    for work in (
        rig.holds.release(hold),
        rig.holds.start((hold,), rig.entry()),
        rig.taking.sign(hold, late),
    ):
        assert refused(work) == "hold/forked"
    with pytest.raises(HoldError, match="hold/forked"):
        rig.holds.content(hold)


def test_a_hold_of_an_earlier_shard_that_points_to_another_is_damaged(rig: Rig) -> None:
    hold, other = rig.place(), rig.place()
    rig.fork()
    rig.by_hand("UPDATE holds SET hold = ? WHERE hold = ?", b"x" * 16, hold)
    with pytest.raises(HoldError, match="hold/damaged"):
        rig.holds.earlier(b"x" * 16)
    assert rig.holds.earlier(other) is not None


@pytest.mark.parametrize("state", [APPROVED, STARTED, ENDED])
def test_a_row_set_by_hand_releases_nothing(rig: Rig, state: int) -> None:
    hold = rig.place()
    rig.by_hand("UPDATE holds SET state = ?, begun = position, outcome = position", state)
    assert rig.state(hold) in ("OPEN", "REVOKED")
    assert refused(rig.holds.release(hold)) == "hold/not-approved"
    assert refused(rig.holds.start((hold,), rig.entry())) in ("hold/not-approved", "hold/started")
    assert rig.holds.outcome(rig.holds.get(hold)) is None


def test_a_begun_row_without_an_entry_that_began_it_releases_nothing(rig: Rig) -> None:
    hold = approved(rig)
    for begun in ("NULL", "0", "5000000000", "1"):
        rig.by_hand(f"UPDATE holds SET state = ?, begun = {begun}", STARTED)
        assert rig.state(hold) == "REVOKED"
        assert refused(rig.holds.release(hold)) == "hold/not-approved"


def test_statements_written_by_hand_count_for_nothing(rig: Rig) -> None:
    signed, hold = rig.place(rules=ONE), rig.place(rules=ONE)
    rig.say(signed, ANA)
    taken = rig.rows.statements(rig.holds.get(signed).kept.index)[0]
    at = rig.holds.get(hold).kept.index + (rig.ledger.shard.id << 40)
    rig.by_hand("UPDATE statements SET hold = ?", at)
    with pytest.raises(HoldError, match="hold/damaged"):
        rig.holds.get(hold)
    # Beyond the log's end, and before the hold's own entry, there is nothing to be read.
    rig.by_hand("UPDATE statements SET position = ?", (rig.ledger.shard.id << 40) + 999)
    assert rig.state(hold) == "OPEN"
    rig.by_hand("UPDATE statements SET position = ?", rig.ledger.shard.id << 40)
    assert rig.state(hold) == "OPEN"
    assert taken > 0


def test_a_statement_put_into_the_log_by_whoever_has_the_sealing_key_counts_for_nothing(rig: Rig) -> None:
    hold = rig.place(rules=ONE)
    kept, forged = rig.holds.get(hold).kept, rig.signed(hold, ANA)
    forged = replace(forged, signature=replace(forged.signature, value=bytes(64)))
    entry = rig.holds.parts.records.statement(kept, forged, REF)
    rig.ledger.blobs[rig.ledger.size] = entry.blob or b""
    rig.ledger.entries.append(entry.leaf)
    with rig.rows.transaction():
        rig.rows.add_statement(rig.ledger.size - 1, hold=kept.index, person=b"p", taken_ms=0, vote=True)
    assert len(rig.holds.statements(kept)) == 1
    assert rig.state(hold) == "OPEN"
    assert refused(rig.holds.release(hold)) == "hold/not-approved"


@pytest.mark.parametrize("what", ["record of the hold", "leaf of the hold", "record of the vote", "leaf of the vote"])
def test_an_entry_changed_in_the_store_releases_nothing(rig: Rig, what: str) -> None:
    hold, other = approved(rig), rig.place(rules=ONE)
    rig.say(other, BEN)
    ledger, parts = rig.ledger, rig.holds.parts
    at, of = rig.holds.get(hold).kept.index, rig.holds.get(other).kept.index
    if what.endswith("vote"):
        at, of = rig.rows.statements(at)[0], rig.rows.statements(of)[0]
    if what.startswith("record"):
        ledger.blobs[at] = ledger.blobs[of]
    else:
        ledger.entries[at] = ledger.entries[of]
    # As after a start, which has read nothing yet.
    afresh = Holds(parts)
    assert refused(afresh.release(hold)) == "hold/damaged"
    assert refused(afresh.start((hold,), rig.entry())) == "hold/damaged"


def test_a_vote_copied_to_another_hold_counts_for_nothing(rig: Rig) -> None:
    signed, hold = rig.place(rules=ONE), rig.place(rules=ONE)
    statement = rig.signed(signed, ANA)
    kept = rig.holds.get(hold).kept
    entry = rig.holds.parts.records.statement(kept, statement, REF)
    (taken,) = run(rig.ledger.append_with([entry], lambda _: None))
    with rig.rows.transaction():
        rig.rows.add_statement(taken.index, hold=kept.index, person=b"p", taken_ms=0, vote=True)
    assert rig.state(hold) == "OPEN"
    assert refused(rig.holds.release(hold)) == "hold/not-approved"


def test_one_vote_entered_twice_is_one(rig: Rig) -> None:
    hold = rig.place()
    rig.say(hold, ANA)
    kept = rig.holds.get(hold).kept
    for key_name in ("", "ana's other key"):
        again = replace(ANA, key_name=key_name, serial=9)
        entry = rig.holds.parts.records.statement(kept, rig.signed(hold, again), REF)
        (taken,) = run(rig.ledger.append_with([entry], lambda _: None))
        with rig.rows.transaction():
            rig.rows.add_statement(taken.index, hold=kept.index, person=b"p", taken_ms=0, vote=True)
    assert len(list(rig.holds.verified(kept))) == 3
    assert rig.state(hold) == "OPEN"
    assert refused(rig.holds.release(hold)) == "hold/not-approved"


@pytest.mark.parametrize("column", ["hold", "binding", "use"])
def test_a_row_that_points_to_anothers_entry_is_refused(rig: Rig, column: str) -> None:
    hold = approved(rig)
    rig.by_hand(f"UPDATE holds SET {column} = ?", hold[:-1] + b"\xff")
    with pytest.raises(HoldError, match="hold/damaged"):
        rig.holds.get(hold[:-1] + b"\xff" if column == "hold" else hold)


@pytest.mark.parametrize("column", ["expires_ms", "opened_ms"])
def test_a_time_set_by_hand_makes_nothing_last_longer(rig: Rig, column: str) -> None:
    hold = approved(rig)
    rig.by_hand(f"UPDATE holds SET {column} = ?", rig.ledger.time_ms + 9 * HOUR_MS)
    rig.ledger.time_ms = rig.binding(hold).not_after_ms
    assert rig.state(hold) == "EXPIRED"
    assert refused(rig.holds.release(hold)) == "hold/not-approved"


def test_a_row_beyond_the_end_of_the_log_is_refused(rig: Rig) -> None:
    hold = rig.place()
    rig.by_hand("DELETE FROM hold_contents")
    rig.by_hand("DELETE FROM hold_queues")
    rig.by_hand("UPDATE holds SET position = position + 999")
    for ask in (rig.holds.get, rig.holds.find):
        with pytest.raises(HoldError, match="hold/damaged"):
            ask(hold)


# What counts


def test_what_nobody_holds_is_not_found(rig: Rig) -> None:
    assert rig.holds.find(bytes(16)) is None
    assert rig.holds.of_use(bytes(16)) == ()
    for ask in (rig.holds.get, rig.holds.content):
        with pytest.raises(HoldError, match="hold/not-found"):
            ask(bytes(16))
    run(rig.holds.finish(bytes(16), 1))


def test_one_signature_is_not_two_and_two_are(rig: Rig) -> None:
    hold = rig.place()
    assert rig.say(hold, ANA) == "OPEN"
    assert refused(rig.holds.release(hold)) == "hold/not-approved"
    assert rig.say(hold, BEN) == "APPROVED"
    found = released(rig, hold)
    assert [signed.statement.person for signed in found.statements] == ["ana", "ben"]
    assert rig.holds.content(hold) == b"the answer"
    assert [standing.kept.hold for standing in rig.holds.of_use(b"u" * 16)] == [hold]


def test_a_release_is_taken_by_the_machine_that_it_is_for(rig: Rig) -> None:
    scene: Scene = make_scene()
    hold = rig.place()
    rig.say(hold, ANA)
    rig.say(hold, BEN)
    release = run(rig.holds.release(hold))
    binding = rig.binding(hold)
    log = SimulatedLog(rig.ledger.entries)
    bundle = replace(
        scene.bundle,
        log=TrustedLog(log.origin, (log.vkey,)),
        agreements=(REF.digest.hex(),),
        tools={binding.tool: ToolDemand(binding.definition, (Demand(ROLE, 2),), None, own_machine=False)},
    )
    check = ReleaseCheck(bundle, revocations=lambda: sign_revocations(rig.revoked, key_of("directory")).canonical)
    action = Action(binding.tool, binding.arguments, dict(binding.preconditions))
    assert check.check(release, action, now_ms=rig.ledger.time_ms).approvers == ("ana", "ben")


def test_whoever_is_revoked_after_signing_does_not_count_any_more(rig: Rig) -> None:
    hold = approved(rig)
    rig.revoked = replace(rig.revoked, number=2, persons=("ana",))
    assert rig.state(hold) == "OPEN"
    assert refused(rig.holds.start((hold,), rig.entry())) == "hold/not-approved"


def test_without_people_nothing_counts(rig: Rig) -> None:
    hold = approved(rig)
    rig.directory = False
    assert rig.state(hold) == "OPEN"


def test_time_runs_out(rig: Rig) -> None:
    hold = approved(rig)
    rig.ledger.time_ms = rig.binding(hold).not_after_ms - 1
    assert rig.state(hold) == "APPROVED"
    rig.ledger.time_ms += 1
    assert rig.state(hold) == "EXPIRED"
    assert refused(rig.holds.release(hold)) == "hold/not-approved"
    assert refused(rig.holds.start((hold,), rig.entry())) == "hold/not-approved"


def test_a_veto_that_the_row_forgot_is_read_from_what_was_signed(rig: Rig) -> None:
    denied, revoked = rig.place(rules=ONE), approved(rig)
    rig.say(denied, ANA, "deny")
    rig.say(revoked, BEN, "revoke")
    rig.by_hand("UPDATE holds SET state = ?", OPEN)
    assert (rig.state(denied), rig.state(revoked)) == ("DENIED", "REVOKED")


def test_a_row_that_says_no_is_believed(rig: Rig) -> None:
    hold = approved(rig)
    rig.by_hand("UPDATE holds SET state = ?", DENIED)
    assert rig.state(hold) == "DENIED"


# Starting


def test_a_start_shows_before_the_ledger_tells_its_entry(rig: Rig) -> None:
    hold = approved(rig)
    run(rig.holds.start((hold,), rig.entry()))
    told = rig.ledger.entries.pop()
    assert rig.state(hold) == "STARTED"
    rig.ledger.entries.append(told)
    assert rig.state(hold) == "STARTED"


def test_it_starts_once_and_ends_once(rig: Rig) -> None:
    hold, another = approved(rig), approved(rig)
    appended = run(rig.holds.start((hold, another), rig.entry()))
    standing = rig.holds.get(hold)
    assert (standing.state, standing.row.begun) == (RowState.STARTED, appended.index)
    assert rig.holds.begun_by(standing) == b"s" * 16
    assert rig.holds.outcome(standing) is None
    assert released(rig, hold).binding == rig.binding(hold)
    assert refused(rig.holds.start((hold,), rig.entry())) == "hold/started"
    with rig.rows.transaction():
        rig.rows.finish(standing.kept.index, appended.index)
    assert rig.holds.outcome(rig.holds.get(hold)) == appended.index
    assert rig.state(another) == "STARTED"


def test_an_end_that_was_not_whole_gives_no_answer(rig: Rig) -> None:
    hold = approved(rig)
    begun = run(rig.holds.start((hold,), rig.entry(Kind.INTENT)))
    cut = replace(decode(rig.entry().leaf), outcome=Outcome.INCOMPLETE, reference=begun.index)
    (ended,) = run(rig.ledger.append_with([Entry(cut.encode())], lambda _: None))
    with rig.rows.transaction():
        rig.rows.finish(rig.holds.get(hold).kept.index, ended.index)
    assert rig.state(hold) == "ENDED"
    assert rig.holds.outcome(rig.holds.get(hold)) is None


def test_all_of_the_holds_of_an_answer_start_or_none(rig: Rig) -> None:
    hold, waiting = approved(rig), rig.place()
    size = rig.ledger.size
    assert refused(rig.holds.start((hold, waiting), rig.entry())) == "hold/not-approved"
    assert (rig.ledger.size, rig.state(hold)) == (size, "APPROVED")


@pytest.mark.parametrize(
    ("what", "code"),
    [("deny", "hold/not-approved"), ("start", "hold/started"), ("agreement", "hold/changed")],
)
def test_what_happens_at_the_last_moment_stops_it(rig: Rig, what: str, code: str) -> None:
    hold = approved(rig)

    def meanwhile() -> None:
        if what == "deny":
            rig.say(hold, BEN, "deny")
        elif what == "start":
            run(rig.holds.start((hold,), rig.entry()))
        else:
            rig.ledger.agreement = bytes(32)

    rig.ledger.meanwhile = meanwhile
    assert refused(rig.holds.start((hold,), rig.entry())) == code


def test_named_twice_it_starts_nothing(rig: Rig) -> None:
    hold = approved(rig)
    assert refused(rig.holds.start((hold, hold), rig.entry())) == "hold/started"
    assert rig.state(hold) == "APPROVED"


def test_a_decoy_neither_starts_nor_is_released(rig: Rig) -> None:
    hold = approved(rig, wrong="the latitude", audience="null")
    rig.by_hand("UPDATE holds SET state = ?", OPEN)
    assert rig.state(hold) == "APPROVED"
    assert refused(rig.holds.release(hold)) == "hold/decoy"
    assert refused(rig.holds.start((hold,), rig.entry())) == "hold/decoy"


# Waiting


def test_whoever_waits_is_woken_by_a_vote(rig: Rig) -> None:
    hold = rig.place(rules=ONE)

    async def story() -> None:
        first, second = (asyncio.ensure_future(rig.holds.settled(hold, 60)) for _ in range(2))
        await asyncio.sleep(0.01)
        await rig.taking.sign(hold, rig.signed(hold, ANA).canonical)
        async with asyncio.timeout(LOOK_SECONDS / 2):
            assert [await first, await second] == [RowState.APPROVED] * 2

    asyncio.run(story())


def test_whoever_waits_in_vain_is_told_so(rig: Rig) -> None:
    hold = rig.place()
    assert asyncio.run(rig.holds.settled(hold, 0.01)) is RowState.OPEN
    rig.holds.told(hold)
    with pytest.raises(HoldError, match="hold/not-found"):
        asyncio.run(rig.holds.settled(bytes(16), 1))


def test_it_ends_in_a_thread_beside_the_loop(rig: Rig) -> None:
    hold = approved(rig)
    begun = run(rig.holds.start((hold,), rig.entry()))
    asyncio.run(rig.holds.finish(hold, begun.index))
    assert rig.state(hold) == "ENDED"


def test_a_hold_of_an_earlier_shard_is_none_of_this_log(rig: Rig) -> None:
    hold = approved(rig)
    rig.ledger.shard = replace(rig.ledger.shard, id=rig.ledger.shard.id + 1)
    assert rig.holds.find(hold) is None


def test_what_holds_are_made_of_has_the_gateways_key(rig: Rig) -> None:
    key: PublicKey = rig.holds.parts.signer.public
    assert isinstance(rig.holds, Holds)
    assert released(rig, approved(rig)).gateway.key == key.id
    assert rig.ledger.time_ms > HOUR_MS
