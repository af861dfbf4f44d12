"""What a whole gateway holds, from the commands: looked at, signed, denied, taken back, released, reviewed."""

import asyncio
import os
import time
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from brightline.cli.sample_people import SamplePeople, make_people
from brightline.crypto.signatures import sign
from brightline.domain.errors import BrightlineError
from brightline.domain.leaf import Kind
from brightline.domain.record import Group
from brightline.domain.sign_off.release import BREAK_GLASS as BY_BREAK_GLASS
from brightline.domain.sign_off.release import QUORUM, Release
from brightline.domain.sign_off.review import NOT_JUSTIFIED, SignedReview
from brightline.domain.sign_off.statement import ALLOW, BREAK_GLASS, DENY, REVOKE, Signature
from brightline.oversight.hold_errors import HoldError
from brightline.oversight.signing import ApprovalRequest, Vote, make_statement, role_for, sign_statement
from brightline.testing.house import PATHS, Gateway, Reply, body_of, tell
from tests.officers import Staffed

SCHEMA = {"type": "object", "properties": {"valve": {"const": 7}, "open": {"const": True}}}
TOOL = {"type": "function", "function": {"name": "set_valve", "parameters": SCHEMA}}
BODY = body_of("sim-tool", tools=[TOOL])
Story = Callable[[Gateway, SamplePeople], Awaitable[None]]


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def staffed(place: Path, story: Story, **settings: str) -> None:
    """Run `story` at a gateway whose people may sign."""

    async def whole(gateway: Gateway) -> None:
        sample = make_people(now_ms=now_ms(), random=os.urandom)
        sample.write(gateway.house.data_dir)
        await gateway.command("people.import", files=[b64encode(file).decode() for file in sample.files])
        await story(gateway, sample)

    tell(place, whole, **settings)


@asynccontextmanager
async def held(gateway: Gateway) -> AsyncIterator[tuple[str, asyncio.Task[Reply]]]:
    """A hold, and the request that waits for it; the caller hangs up in the end."""
    task = asyncio.ensure_future(gateway.ask("POST", PATHS["openai"], BODY))
    try:
        async with asyncio.timeout(5):
            while not (found := rows(await gateway.command("hold.list"))):
                await asyncio.sleep(0.02)
        yield str(found[0]["hold"]), task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def rows(told: Mapping[str, object], name: str = "holds") -> list[Mapping[str, object]]:
    found = told[name]
    assert isinstance(found, list)
    return found


async def vote(gateway: Gateway, sample: SamplePeople, hold: str, name: str, decision: str, reason: str = "") -> str:
    """What `name` signs on his own machine of the file that the gateway gives out, in base64."""
    shown = await gateway.command("hold.show", hold=hold, request=True)
    request = ApprovalRequest.parse(str(shown["request"]).encode())
    played = sample.persons[name]
    role = role_for(request.binding, played.assertion, decision=decision)
    seen = tuple(item.sha256 for item in request.binding.evidence)
    meant = Vote(decision=decision, role=role, reason=reason, evidence=seen, own_machine=True)
    statement = make_statement(request, meant, played.assertion, now_ms=now_ms())
    return b64encode(
        sign_statement(statement, played.assertion, lambda data: sign(played.key, data)).canonical
    ).decode()


async def hand_in(gateway: Gateway, hold: str, statement: str, command: str = "sign") -> str:
    """The state of the hold after the statement, or the code of the refusal."""
    try:
        return str((await gateway.command(f"hold.{command}", hold=hold, statement=statement))["state"])
    except BrightlineError as error:
        return error.code


async def code_of(asked: Awaitable[object]) -> str:
    with pytest.raises(BrightlineError) as caught:
        await asked
    return caught.value.code


def test_a_signed_act_is_released_and_the_ledger_says_who_looked(tmp_path: Path) -> None:
    async def story(gateway: Gateway, sample: SamplePeople) -> None:
        async with held(gateway) as (hold, waiting):
            shown = await gateway.command("hold.show", hold=hold)
            assert (shown["state"], shown["what"], shown["audience"]) == ("open", "set_valve", "valve-7.example")
            assert "sign_offs" not in shown
            assert await code_of(gateway.command("hold.release", hold=hold)) == "hold/not-approved"
            entry = shown["entry"]
            assert isinstance(entry, int)
            assert gateway.leaves()[entry].kind is Kind.OPENING
            assert hold.encode() in gateway.sealed(entry)[Group.CONTENT]

            said = await vote(gateway, sample, hold, "dora", ALLOW)
            assert await hand_in(gateway, hold, said, "revoke") == "hold/other-command"
            assert await hand_in(gateway, hold, said) == "approved"
            reply = await waiting
            assert (reply.status, reply.whole) == (200, True)
            assert b"set_valve" in reply.body
            assert await hand_in(gateway, hold, said) == "hold/started"
            release = Release.parse(str((await gateway.command("hold.release", hold=hold))["release"]).encode())
            assert (release.path, release.binding.hold) == (QUORUM, hold)
            assert rows(await gateway.command("hold.list")) == []
            (row,) = rows(await gateway.command("hold.list", all=True))
            assert (row["hold"], row["state"]) == (hold, "ended")
            assert (await gateway.command("hold.show", hold=hold))["sign_offs"] == {"duty-officer": 1}

    staffed(tmp_path, story)


def test_who_is_not_asked_signs_nothing_and_one_denial_is_enough(tmp_path: Path) -> None:
    async def story(gateway: Gateway, sample: SamplePeople) -> None:
        async with held(gateway) as (hold, waiting):
            with pytest.raises(BrightlineError) as caught:
                await vote(gateway, sample, hold, "omar", ALLOW)
            assert caught.value.code == "signoff/role"
            allowed = await vote(gateway, sample, hold, "dora", ALLOW)
            assert await hand_in(gateway, hold, await vote(gateway, sample, hold, "dora", DENY)) == "denied"
            assert (await waiting).code == "hold/denied"
            assert await hand_in(gateway, hold, allowed) == "hold/not-open"
            assert await code_of(gateway.command("hold.release", hold=hold)) == "hold/not-approved"

    staffed(tmp_path, story)


def test_who_signed_too_often_within_the_hour_can_still_say_no(tmp_path: Path) -> None:
    async def story(gateway: Gateway, sample: SamplePeople) -> None:
        for expected in ("approved", "hold/too-many-signatures"):
            async with held(gateway) as (hold, _):
                pass
            said = await vote(gateway, sample, hold, "dora", ALLOW)
            assert await hand_in(gateway, hold, said) == expected
        assert await hand_in(gateway, hold, await vote(gateway, sample, hold, "dora", DENY)) == "denied"

    staffed(tmp_path, story, gateway="drain_seconds = 5\n[oversight]\nsign_offs_per_hour = 1")


def test_what_was_allowed_is_taken_back_before_it_is_begun(tmp_path: Path) -> None:
    async def story(gateway: Gateway, sample: SamplePeople) -> None:
        async with held(gateway) as (hold, _):
            pass  # the caller hung up: nothing begins until it resumes
        assert await hand_in(gateway, hold, await vote(gateway, sample, hold, "dora", ALLOW)) == "approved"
        await gateway.command("hold.release", hold=hold)
        back = await vote(gateway, sample, hold, "dora", REVOKE)
        assert await hand_in(gateway, hold, back) == "hold/other-command"
        assert await hand_in(gateway, hold, back, "revoke") == "revoked"
        assert await code_of(gateway.command("hold.release", hold=hold)) == "hold/not-approved"
        reply = await gateway.ask("POST", PATHS["openai"], BODY, ("brightline-hold", hold))
        assert (reply.status, reply.code) == (403, "hold/revoked")

    staffed(tmp_path, story)


def test_broken_glass_is_reviewed_by_somebody_else_who_signs_what_he_finds(tmp_path: Path) -> None:
    async def story(gateway: Gateway, sample: SamplePeople) -> None:
        staff = Staffed(gateway, sample)
        assert rows(await gateway.command("hold.reviews"), "reviews") == []
        async with held(gateway) as (hold, waiting):
            assert await code_of(gateway.command("hold.review-request", hold=hold)) == "hold/no-review"
            broken = await vote(gateway, sample, hold, "walter", BREAK_GLASS, "the dam is about to fail")
            assert await hand_in(gateway, hold, broken) == "approved"
            assert (await waiting).status == 200
        release = Release.parse(str((await gateway.command("hold.release", hold=hold))["release"]).encode())
        assert release.path == BY_BREAK_GLASS
        assert len(gateway.leaves(Kind.BREAK_GLASS)) == 1

        (due,) = rows(await gateway.command("hold.reviews"), "reviews")
        assert (due["hold"], due["person"], due["what"]) == (hold, "walter", "set_valve")
        with pytest.raises(HoldError, match="hold/own-review"):
            await staff.judged(hold, "walter", "the gauge agrees")
        omars = SignedReview.parse(await staff.judged(hold, "omar", "the gauge agrees"))
        walter = sample.persons["walter"].assertion.assertion
        own = replace(omars.review, person="walter", key=walter.key.id, role=walter.roles[0])
        for review, name, code in (
            (own, "walter", "hold/own-review"),
            (omars.review, "rosa", "signoff/other-person"),
            (replace(omars.review, verdict=NOT_JUSTIFIED), "", "signoff/bad-signature"),
        ):
            played = sample.persons[name or "omar"]
            made = sign(played.key, (review if name else omars.review).tagged)
            forged = SignedReview(review, Signature(played.key.public.algorithm, made), played.assertion)
            assert await staff.hand_in_review(forged.canonical) == code
        assert gateway.leaves(Kind.REVIEW) == []
        assert await staff.hand_in_review(omars.canonical) == "omar"
        assert len(gateway.leaves(Kind.REVIEW)) == 1
        assert await staff.hand_in_review(omars.canonical) == "hold/no-review"
        assert rows(await gateway.command("hold.reviews"), "reviews") == []

    staffed(tmp_path, story)
