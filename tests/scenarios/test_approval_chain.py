"""An act of a machine, from the model's proposal to the machine's receipt, through a whole gateway and real signatures.

Everything is as in service: the sample's rules, its people with keys of their own, the store, the ledger, the machine.
"""

import json
from pathlib import Path

import pytest
import uvloop

from brightline.cli.sample_people import EFFECTOR
from brightline.domain.leaf import Kind, Verdict
from brightline.domain.record import Group
from brightline.domain.sign_off.errors import SignOffError
from brightline.domain.sign_off.receipt import SignedReceipt
from brightline.domain.sign_off.release import Release
from brightline.domain.sign_off.statement import ALLOW, BREAK_GLASS, DENY, REVOKE
from brightline.oversight.decoys import Opening
from brightline.oversight.effector import EffectorError
from tests.officers import PAYLOAD, VALVE, Staffed, action, again, staffed, tell

DIALECTS = ("openai", "anthropic")


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody signs while the first request waits: it need not wait long."""
    for room in ("acting", "holding"):
        monkeypatch.setattr(f"brightline.gateway.{room}.wait_seconds", lambda decision: 0.01)


def kinds(staff: Staffed, *wanted: Kind) -> list[tuple[Kind, Verdict]]:
    return [(leaf.kind, leaf.verdict) for leaf in staff.gateway.leaves(*wanted)]


async def newest(staff: Staffed) -> str:
    rows = (await staff.gateway.command("hold.list"))["holds"]
    assert isinstance(rows, list)
    return str(rows[0]["hold"])


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("dialect", DIALECTS)
def test_two_officers_sign_and_the_machine_acts_once(tmp_path: Path, dialect: str, *, stream: bool) -> None:
    async def story(staff: Staffed) -> None:
        first = await staff.propose(dialect, stream=stream)
        assert (first.status, first.code) == (200 if stream else 403, "hold/pending")
        hold = await newest(staff)
        assert hold.encode() in first.body
        assert await staff.release(hold) == b"hold/not-approved"

        assert await staff.say(hold, "omar", ALLOW) == "open"
        still = await staff.propose(dialect, resume=hold, stream=stream)
        assert (still.status, still.code, still.headers["brightline-hold"]) == (403, "hold/pending", hold)
        assert await staff.release(hold) == b"hold/not-approved"
        assert await staff.say(hold, "omar", ALLOW) == "hold/voted"

        assert await staff.say(hold, "rosa", ALLOW) == "approved"
        answer = await staff.propose(dialect, resume=hold, stream=stream)
        assert (answer.status, answer.whole) == (200, True)
        assert PAYLOAD.encode() in answer.body
        assert len(staff.gateway.simulator.requests) == 1, "what was bought before is not bought again"

        release = await staff.release(hold)
        machine, ran = staff.machine(tmp_path / "machine", dialect), []
        with pytest.raises(EffectorError, match="effector/other-action"):
            machine.act(release, action(longitude=5.2), lambda: ran.append(1))
        receipt = machine.act(release, action(), lambda: ran.append(1))
        with pytest.raises(EffectorError, match="effector/used"):
            machine.act(release, action(), lambda: ran.append(1))
        assert (ran, receipt.receipt.outcome) == ([1], "done")

        sent = await staff.gateway.ask("POST", "/brightline/receipts", receipt.canonical)
        assert sent.status == 200
        twice = await staff.gateway.ask("POST", "/brightline/receipts", receipt.canonical)
        assert (twice.status, twice.body) == (200, sent.body), "one receipt is one entry"
        wanted = (Kind.HOLD, Kind.SIGN_OFF, Kind.EXECUTION)
        assert kinds(staff, *wanted) == [
            (Kind.HOLD, Verdict.HOLD),
            (Kind.SIGN_OFF, Verdict.PERMIT),
            (Kind.SIGN_OFF, Verdict.PERMIT),
            (Kind.EXECUTION, Verdict.NONE),
        ]
        held, *said, done = staff.gateway.leaves(*wanted)
        assert (held.use_id.hex(), held.commitment) == (hold, (await staff.binding(hold)).digest)
        assert [leaf.commitment for leaf in said] == [
            each.statement.digest for each in Release.parse(release).statements
        ]
        assert done.commitment == receipt.receipt.digest

    tell(tmp_path, story)


def test_the_answer_carries_the_release_to_whoever_runs_the_tool(tmp_path: Path) -> None:
    async def story(staff: Staffed) -> None:
        hold = await staff.held()
        for name in ("omar", "rosa"):
            await staff.say(hold, name, ALLOW)
        answer = await staff.propose(resume=hold)
        assert "brightline-release" in answer.headers
        path = f"/brightline/holds/{hold}"
        assert (await staff.gateway.ask("GET", path)).json()["state"] == "ended"
        fetched = await staff.gateway.ask("GET", f"{path}/release")
        assert staff.machine(tmp_path / "machine").check(fetched.body, action()).approvers == ("omar", "rosa")

    tell(tmp_path, story)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_one_denial_ends_it_for_everybody(tmp_path: Path, dialect: str) -> None:
    async def story(staff: Staffed) -> None:
        hold = await staff.held(dialect)
        late = await staff.signed(hold, "omar", ALLOW)
        assert await staff.say(hold, "rosa", DENY, "the place is not clear") == "denied"
        assert await staff.hand_in(hold, late) == "hold/not-open"
        assert await staff.release(hold) == b"hold/not-approved"
        reply = await staff.propose(dialect, resume=hold)
        assert (reply.status, reply.code, PAYLOAD.encode() in reply.body) == (403, "hold/denied", False)
        assert kinds(staff, Kind.SIGN_OFF) == [(Kind.SIGN_OFF, Verdict.FORBID)]

    tell(tmp_path, story)


def test_what_one_officer_takes_back_is_not_begun(tmp_path: Path) -> None:
    async def story(staff: Staffed) -> None:
        hold = await staff.held()
        for name in ("omar", "rosa"):
            await staff.say(hold, name, ALLOW)
        assert await staff.say(hold, "rosa", REVOKE) == "revoked"
        assert await staff.release(hold) == b"hold/not-approved"
        reply = await staff.propose(resume=hold)
        assert (reply.code, PAYLOAD.encode() in reply.body) == ("hold/revoked", False)

    tell(tmp_path, story)


def test_whoever_asks_signs_nothing_of_his_own(tmp_path: Path) -> None:
    async def story(staff: Staffed) -> None:
        omar = await staff.gateway.add_key("omar")
        hold = await staff.held(key=omar)
        with pytest.raises(SignOffError, match="signoff/own-approval"):
            await staff.signed(hold, "omar", ALLOW)
        assert await staff.say(hold, "rosa", ALLOW) == "open"
        assert await staff.release(hold) == b"hold/not-approved"

    tell(tmp_path, story)


def test_broken_glass_lets_a_valve_turn_and_wants_a_review(tmp_path: Path) -> None:
    async def story(staff: Staffed) -> None:
        hold = await staff.held(tool=VALVE)
        assert await staff.say(hold, "walter", BREAK_GLASS, "the dam is about to fail") == "approved"
        answer = await staff.propose(tool=VALVE, resume=hold)
        assert (answer.status, VALVE.encode() in answer.body) == (200, True)
        assert Release.parse(await staff.release(hold)).path == "break-glass"
        assert len(staff.gateway.leaves(Kind.BREAK_GLASS)) == 1
        due = (await staff.gateway.command("hold.reviews"))["reviews"]
        assert isinstance(due, list)
        assert [row["hold"] for row in due] == [hold]

    tell(tmp_path, story)


def test_an_overdue_review_is_told_by_readyz(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(staff: Staffed) -> None:
        hold = await staff.held(tool=VALVE)
        assert await staff.say(hold, "walter", BREAK_GLASS, "the dam is about to fail") == "approved"
        assert await staff.gateway.ready() == "ready"
        monkeypatch.setattr("brightline.oversight.reviewing.REVIEW_MS", 0)
        assert await staff.gateway.ready() == "ready\nhold/review-overdue"
        assert await staff.hand_in_review(await staff.judged(hold, "rosa", "it was about to fail")) == "rosa"
        assert await staff.gateway.ready() == "ready"

    tell(tmp_path, story)


def test_an_absolute_rule_has_no_glass(tmp_path: Path) -> None:
    async def story(staff: Staffed) -> None:
        hold = await staff.held()
        valve = await staff.held(tool=VALVE)
        with pytest.raises(SignOffError, match="signoff/no-break-glass"):
            await staff.signed(hold, "walter", BREAK_GLASS, "an emergency")
        elsewhere = await staff.signed(valve, "walter", BREAK_GLASS, "an emergency")
        assert await staff.hand_in(hold, elsewhere) == "signoff/other-binding"
        assert await staff.release(hold) == b"hold/not-approved"

    tell(tmp_path, story)


def test_another_caller_and_another_body_resume_nothing(tmp_path: Path) -> None:
    async def story(staff: Staffed) -> None:
        hold = await staff.held()
        for name in ("omar", "rosa"):
            await staff.say(hold, name, ALLOW)
        other = await staff.gateway.add_key("other")
        assert (await staff.propose(resume=hold, key=other)).code == "hold/mismatch"
        assert (await staff.propose(resume=hold, temperature=1)).code == "hold/mismatch"
        assert (await staff.propose("anthropic", resume=hold)).code == "hold/mismatch"
        for path in (f"/brightline/holds/{hold}", f"/brightline/holds/{hold}/release"):
            assert (await staff.gateway.ask("GET", path, key=other)).code == "hold/not-found"
        receipt = staff.machine(tmp_path / "machine").act(await staff.release(hold), action(), lambda: None)
        sent = await staff.gateway.ask("POST", "/brightline/receipts", receipt.canonical, key=other)
        assert sent.code == "hold/no-such-binding"
        assert (await staff.propose(resume=hold)).status == 200

    tell(tmp_path, story)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_who_was_dismissed_between_his_vote_and_the_start_lets_nothing_pass(tmp_path: Path, dialect: str) -> None:
    async def story(staff: Staffed) -> None:
        hold = await staff.held(dialect)
        for name in ("omar", "rosa"):
            await staff.say(hold, name, ALLOW)
        release = await staff.release(hold)
        dismissal = staff.dismissal("rosa")
        await staff.take_in(dismissal)
        assert await staff.release(hold) == b"hold/not-approved"
        reply = await staff.propose(dialect, resume=hold)
        assert (reply.code, PAYLOAD.encode() in reply.body) == ("hold/pending", False)
        told = staff.machine(tmp_path / "told", dialect, revocations=dismissal)
        with pytest.raises(EffectorError, match="effector/revoked"):
            told.act(release, action(), lambda: None)

    tell(tmp_path, story)


def test_a_gateway_that_stopped_knows_what_was_signed(tmp_path: Path) -> None:
    async def whole() -> None:
        async with staffed(tmp_path) as staff:
            hold = await staff.held()
            assert await staff.say(hold, "omar", ALLOW) == "open"
        async with again(tmp_path, staff) as after:
            assert (await after.propose(resume=hold)).code == "hold/pending"
            assert await after.say(hold, "omar", ALLOW) == "hold/voted"
            assert await after.say(hold, "rosa", ALLOW) == "approved"
        async with again(tmp_path, staff) as after:
            answer = await after.propose(resume=hold)
            assert (answer.status, PAYLOAD.encode() in answer.body) == (200, True)
            assert after.gateway.simulator.requests == [], "the answer was kept"
            release = await after.release(hold)
            assert after.machine(tmp_path / "machine").check(release, action()).approvers == ("omar", "rosa")
        async with again(tmp_path, staff) as after:
            second = await after.propose(resume=hold)
            assert (second.body, second.headers["brightline-replayed"]) == (answer.body, "true")

    uvloop.run(whole())


def test_a_receipt_of_nobody_or_of_another_machine_is_not_taken(tmp_path: Path) -> None:
    async def story(staff: Staffed) -> None:
        hold = await staff.held()
        for name in ("omar", "rosa"):
            await staff.say(hold, name, ALLOW)
        receipt = staff.machine(tmp_path / "machine").act(await staff.release(hold), action(), lambda: None)
        assert receipt.receipt.audience == EFFECTOR
        told = json.loads(receipt.canonical)
        told["receipt"]["outcome"] = "failed"
        from_nobody = json.dumps(told, separators=(",", ":"), sort_keys=True).encode()
        assert SignedReceipt.parse(from_nobody).receipt.outcome == "failed"
        reply = await staff.gateway.ask("POST", "/brightline/receipts", from_nobody)
        assert reply.code == "hold/bad-receipt"
        assert staff.gateway.leaves(Kind.EXECUTION) == []

    tell(tmp_path, story)


def test_a_decoy_is_never_released_and_is_opened_after_the_vote(tmp_path: Path) -> None:
    async def story(staff: Staffed) -> None:
        await staff.say(await staff.held(), "omar", DENY)
        real = await staff.held()
        rows = (await staff.gateway.command("hold.list"))["holds"]
        assert isinstance(rows, list)
        (decoy,) = [str(row["hold"]) for row in rows if row["hold"] != real]
        binding, reserved = await staff.binding(decoy), staff.gateway.house.agreement.null_audiences
        assert (binding.audience in reserved, binding.tool) == (True, PAYLOAD)
        assert await staff.say(decoy, "omar", ALLOW) == "open"
        assert staff.gateway.leaves(Kind.DECOY) == [], "nobody is told before the vote is over"
        assert await staff.say(decoy, "rosa", ALLOW) == "approved"
        assert await staff.release(decoy) == b"hold/decoy"
        assert (await staff.propose(resume=decoy)).code == "hold/mismatch"
        (opened,) = staff.gateway.leaves(Kind.DECOY)
        at = staff.gateway.leaves().index(opened)
        told = Opening.parse(staff.gateway.sealed(at)[Group.CONTENT])
        told.check(hold=bytes.fromhex(decoy), commitment=binding.digest, null_audiences=reserved)
        assert await staff.release(real) == b"hold/not-approved"
        measured = await staff.gateway.command("oversight.report")
        assert "omar" in json.dumps(measured)

    tell(tmp_path, story, gateway="drain_seconds = 5\n[oversight]\ndecoy_share = 1.0\ndecoy_spread_seconds = 0")
