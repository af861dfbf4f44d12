"""What changes between the signing of an act and its start: the agreement, the people, the time; and who comes at once.

Everything is as in service: the sample's rules, its people with keys of their own, the store, the ledger, the machine.
"""

import asyncio
from pathlib import Path

import pytest

from brightline.domain.leaf import Kind, Verdict
from brightline.domain.sign_off.statement import ALLOW, DENY, REVOKE
from brightline.oversight.effector import EffectorError
from brightline.testing.house import ENCLAVE, house_agreement
from brightline.testing.parties import next_version, parties_in, write_files
from brightline.testing.sign_off import HOUR_MS
from tests.officers import PAYLOAD, VALVE, Staffed, action, tell

OFFICERS = ("omar", "rosa")


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody signs while the first request waits: it need not wait long."""
    for room in ("acting", "holding"):
        monkeypatch.setattr(f"brightline.gateway.{room}.wait_seconds", lambda decision: 0.01)


async def both_sign(staff: Staffed, hold: str) -> None:
    for name in OFFICERS:
        await staff.say(hold, name, ALLOW)
    assert await staff.listed(hold) == "approved"


async def activate_next(staff: Staffed, place: Path) -> None:
    """Bring a second version into force that says what the first one says."""
    first = house_agreement()
    signed = parties_in(first).sign(next_version(dict(first.files), first.draft))
    write_files(place, signed.files)
    stated = parties_in(first).state(signed.draft, ENCLAVE).decode()
    done = await staff.gateway.command("agreement.activate", path=str(place), statement=stated)
    assert done["version"] == 2


@pytest.mark.parametrize("dialect", ["openai", "anthropic"])
def test_what_was_signed_under_another_version_is_worth_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dialect: str
) -> None:
    # The version carries a certificate that no solver saw; what the prover refuses has tests of its own.
    monkeypatch.setattr("brightline.gateway.house.installed_prover", lambda: None)

    async def story(staff: Staffed) -> None:
        hold, open_one = await staff.held(dialect), await staff.held(dialect, VALVE)
        await both_sign(staff, hold)
        said = await staff.signed(open_one, "dora", ALLOW)
        await activate_next(staff, tmp_path / "next")
        reply = await staff.propose(dialect, resume=hold)
        assert (reply.status, reply.code, PAYLOAD.encode() in reply.body) == (403, "hold/changed", False)
        assert await staff.hand_in(open_one, said) == "hold/changed"
        machine = staff.machine(tmp_path / "machine", dialect)
        with pytest.raises(EffectorError, match="effector/other-agreement"):
            machine.act(await staff.release(hold), action(), lambda: None)
        anew = await staff.held(dialect)
        await both_sign(staff, anew)
        assert (await staff.propose(dialect, resume=anew)).status == 200

    tell(tmp_path, story)


def test_a_tool_that_means_something_else_by_now_is_not_run(tmp_path: Path) -> None:
    async def story(staff: Staffed) -> None:
        hold = await staff.held("openai")
        await both_sign(staff, hold)
        machine = staff.machine(tmp_path / "machine", "anthropic")
        with pytest.raises(EffectorError, match="effector/other-definition"):
            machine.act(await staff.release(hold), action(), lambda: None)

    tell(tmp_path, story)


def test_when_its_time_is_over_nothing_of_a_signed_act_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(staff: Staffed) -> None:
        ledger = staff.gateway.house.ledger
        hold, open_one = await staff.held(), await staff.held()
        await both_sign(staff, hold)
        late = await staff.signed(open_one, "omar", ALLOW)
        over = (await staff.binding(hold)).not_after_ms + HOUR_MS
        with monkeypatch.context() as moved:
            moved.setattr(type(ledger), "now_ms", lambda _: over)
            assert await staff.release(hold) == b"hold/not-approved"
            assert await staff.hand_in(open_one, late) == "hold/not-open"
            reply = await staff.propose(resume=hold)
            assert (reply.code, PAYLOAD.encode() in reply.body) == ("hold/expired", False)

    tell(tmp_path, story)


def test_a_statement_counts_for_its_own_action_and_person_only(tmp_path: Path) -> None:
    async def story(staff: Staffed) -> None:
        one, other = await staff.held(), await staff.held()
        assert (await staff.binding(one)).arguments == (await staff.binding(other)).arguments
        said = await staff.signed(one, "omar", ALLOW)
        assert await staff.hand_in(other, said) == "signoff/other-binding"
        renamed = said.replace(b'"person":"omar"', b'"person":"rosa"')
        assert await staff.hand_in(one, renamed) == "signoff/directory-signature"
        assert await staff.hand_in(one, said) == "open"
        denied = await staff.signed(other, "rosa", DENY)
        assert await staff.hand_in(other, denied.replace(b'"deny"', b'"allow"')) == "signoff/bad-signature"
        assert await staff.listed(other) == "open"

    tell(tmp_path, story)


def test_two_who_sign_at_once_count_once_each(tmp_path: Path) -> None:
    async def story(staff: Staffed) -> None:
        hold = await staff.held()
        said = [await staff.signed(hold, name, ALLOW) for name in OFFICERS]
        told = await asyncio.gather(*[staff.hand_in(hold, each) for each in (*said, *said)])
        assert sorted(told)[:2] == ["approved", "hold/not-open"]
        assert len(staff.gateway.leaves(Kind.SIGN_OFF)) == 2

    tell(tmp_path, story)


@pytest.mark.parametrize("against", [DENY, REVOKE])
def test_a_veto_just_ahead_of_the_last_vote_wins(tmp_path: Path, against: str) -> None:
    async def story(staff: Staffed) -> None:
        hold = await staff.held()
        assert await staff.say(hold, "omar", ALLOW) == "open"
        person = "rosa" if against == DENY else "omar"
        veto = await staff.signed(hold, person, against)
        last = await staff.signed(hold, "rosa", ALLOW)
        command = "revoke" if against == REVOKE else "sign"
        await asyncio.gather(staff.hand_in(hold, veto, command), staff.hand_in(hold, last))
        assert await staff.listed(hold) == ("denied" if against == DENY else "revoked")
        assert await staff.release(hold) == b"hold/not-approved"
        verdicts = {leaf.verdict for leaf in staff.gateway.leaves(Kind.SIGN_OFF)}
        assert verdicts <= {Verdict.PERMIT, Verdict.FORBID}

    tell(tmp_path, story)


def test_of_many_who_resume_at_once_one_gets_the_answer_first(tmp_path: Path) -> None:
    async def story(staff: Staffed) -> None:
        hold = await staff.held()
        await both_sign(staff, hold)
        replies = await asyncio.gather(*[staff.propose(resume=hold) for _ in range(8)])
        got = [reply for reply in replies if reply.status == 200]
        assert got
        assert {reply.code for reply in replies if reply.status != 200} <= {"hold/running"}
        assert len({reply.body for reply in got}) == 1
        assert sum("brightline-replayed" not in reply.headers for reply in got) == 1
        assert len(staff.gateway.simulator.requests) == 1

    tell(tmp_path, story)


def test_a_denial_after_the_start_comes_too_late_and_says_so(tmp_path: Path) -> None:
    async def story(staff: Staffed) -> None:
        hold = await staff.held()
        await both_sign(staff, hold)
        back = await staff.signed(hold, "omar", REVOKE)
        assert (await staff.propose(resume=hold)).status == 200
        assert await staff.hand_in(hold, back, "revoke") == "hold/started"

    tell(tmp_path, story)
