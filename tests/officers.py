"""The sample's people at a whole gateway: they sign with their own keys, and the machine obeys what they signed."""

import os
import re
import time
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import uvloop

from brightline.cli.sample_people import EFFECTOR, SamplePeople, make_people
from brightline.crypto.signatures import sign
from brightline.domain.errors import BrightlineError
from brightline.domain.sign_off.binding import ActionBinding, Demand
from brightline.domain.sign_off.canonical import Json, JsonObject, canonical, digest
from brightline.domain.sign_off.review import JUSTIFIED
from brightline.domain.sign_off.revocation import RevocationList
from brightline.domain.sign_off.trust import ToolDemand
from brightline.gateway.overseeing import release_key
from brightline.gateway.settings import FILE_NAME
from brightline.oversight.bundling import Trusted, make_bundle
from brightline.oversight.directory import make_revocations
from brightline.oversight.effector import Action, Effector
from brightline.oversight.replay_store import DirectoryReplayStore
from brightline.oversight.review_request import Judgement, ReviewRequest, make_review, sign_review
from brightline.oversight.signing import ApprovalRequest, Vote, make_statement, role_for, sign_statement
from brightline.testing.house import PATHS, Gateway, HouseSettings, Reply, body_of, checked, make_house, running
from brightline.testing.provider_simulator import ProviderSimulator
from brightline.testing.sign_off import HOUR_MS

PAYLOAD, VALVE = "release_payload", "set_valve"
OFFICER = "release-officer"
# What the simulated model calls each tool with: its schema leaves no choice.
GIVEN: Mapping[str, JsonObject] = {
    PAYLOAD: {"latitude": 52.0907, "longitude": 5.1214},
    VALVE: {"valve": 7, "open": True},
}
_HOLD = re.compile("[0-9a-f]{32}")


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def offered(dialect: str, tool: str) -> JsonObject:
    """The tool as a caller offers it."""
    schema: JsonObject = {
        "type": "object",
        "properties": {name: {"const": value} for name, value in GIVEN[tool].items()},
    }
    if dialect == "openai":
        return {"type": "function", "function": {"name": tool, "parameters": schema}}
    return {"name": tool, "input_schema": schema}


def action(tool: str = PAYLOAD, state: Mapping[str, str] | None = None, **changes: Json) -> Action:
    """What a machine is about to run, standing as `state` says."""
    return Action(tool, canonical({**GIVEN[tool], **changes}), state or {})


@dataclass(frozen=True, slots=True)
class Staffed:
    """A gateway, and the people who sign there."""

    gateway: Gateway
    sample: SamplePeople

    async def propose(
        self,
        dialect: str = "openai",
        tool: str = PAYLOAD,
        *,
        resume: str = "",
        stream: bool = False,
        key: str | None = None,
        **more: object,
    ) -> Reply:
        """Let the model propose an act; `resume` names its hold."""
        body = body_of("sim-tool", stream=stream, tools=[offered(dialect, tool)], **more)
        headers = [("brightline-hold", resume)] if resume else []
        return await self.gateway.ask("POST", PATHS[dialect], body, *headers, key=key)

    async def held(self, dialect: str = "openai", tool: str = PAYLOAD, *, key: str | None = None) -> str:
        """The hold of an act that nobody signed yet."""
        reply = await self.propose(dialect, tool, key=key)
        assert (reply.status, reply.code) == (403, "hold/pending"), reply.body
        hold = reply.headers["brightline-hold"]
        assert _HOLD.fullmatch(hold)
        return hold

    async def asked(self, hold: str) -> ApprovalRequest:
        """What people are asked to sign."""
        shown = await self.gateway.command("hold.show", hold=hold, request=True)
        return ApprovalRequest.parse(str(shown["request"]).encode())

    async def binding(self, hold: str) -> ActionBinding:
        """The action as it was written down."""
        return (await self.asked(hold)).binding

    async def signed(self, hold: str, name: str, decision: str, reason: str = "") -> bytes:
        """What `name` signs on his own machine; raises `SignOffError` for what he sees cannot count."""
        request, played = await self.asked(hold), self.sample.persons[name]
        role = role_for(request.binding, played.assertion, decision=decision)
        seen = tuple(item.sha256 for item in request.binding.evidence)
        vote = Vote(decision=decision, role=role, reason=reason, evidence=seen, own_machine=True)
        statement = make_statement(request, vote, played.assertion, now_ms=now_ms())
        return sign_statement(statement, played.assertion, lambda data: sign(played.key, data)).canonical

    async def judged(self, hold: str, name: str, words: str, *, verdict: str = JUSTIFIED) -> bytes:
        """What `name` signs of broken glass on his own machine; raises where he sees that it cannot count."""
        asked = await self.gateway.command("hold.review-request", hold=hold)
        request, played = ReviewRequest.parse(str(asked["request"]).encode()), self.sample.persons[name]
        review = make_review(request, Judgement(verdict, words), played.assertion, now_ms=now_ms())
        return sign_review(review, played.assertion, lambda data: sign(played.key, data)).canonical

    async def hand_in_review(self, review: bytes) -> str:
        """Whose review was taken, or the code of the refusal."""
        try:
            return str((await self.gateway.command("hold.review", review=b64encode(review).decode()))["person"])
        except BrightlineError as error:
            return error.code

    async def hand_in(self, hold: str, statement: bytes, command: str = "sign") -> str:
        """How the hold stands after the statement, or the code of the refusal."""
        given = b64encode(statement).decode()
        try:
            return str((await self.gateway.command(f"hold.{command}", hold=hold, statement=given))["state"])
        except BrightlineError as error:
            return error.code

    async def say(self, hold: str, name: str, decision: str, reason: str = "") -> str:
        """How the hold stands after `name` said so, or the code of the refusal."""
        command = "revoke" if decision == "revoke" else "sign"
        return await self.hand_in(hold, await self.signed(hold, name, decision, reason), command)

    async def release(self, hold: str) -> bytes:
        """The release, or the code of the refusal."""
        try:
            return str((await self.gateway.command("hold.release", hold=hold))["release"]).encode()
        except BrightlineError as error:
            return error.code.encode()

    async def listed(self, hold: str) -> str:
        """How the list of all holds has this one."""
        rows = (await self.gateway.command("hold.list", all=True))["holds"]
        assert isinstance(rows, list)
        return next(str(row["state"]) for row in rows if row["hold"] == hold)

    async def take_in(self, *files: bytes) -> None:
        """Import what the directory signed."""
        await self.gateway.command("people.import", files=[b64encode(file).decode() for file in files])

    def dismissal(self, *persons: str, number: int = 2) -> bytes:
        """The directory's next list, with these persons on it."""
        listed = RevocationList(issued_ms=now_ms(), number=number, persons=persons)
        return make_revocations(listed, self.sample.directory_key).canonical

    def machine(self, place: Path, dialect: str = "openai", *, revocations: bytes | None = None) -> Effector:
        """The aircraft, with its bundle, a list carried to it, and a replay store that is old enough."""
        ledger, standing = self.gateway.house.ledger, self.gateway.house.standing
        trusted = Trusted(
            origin=ledger.origin,
            vkeys=(ledger.vkey,),
            gateway=release_key(self.gateway.house.data_dir / "keys").public,
            agreements=(standing.term.agreement.ref.digest.hex(),),
        )
        definition = digest("tool-definition", canonical(offered(dialect, PAYLOAD))).hex()
        demand = ToolDemand(definition, (Demand(OFFICER, 2),), None, own_machine=False)
        bundle = make_bundle(EFFECTOR, trusted, self.sample.directory, {PAYLOAD: demand})
        listed = revocations or self.sample.revocations.canonical
        return Effector(
            bundle,
            DirectoryReplayStore(place, clock_ms=lambda: now_ms() - 2 * HOUR_MS),
            revocations=lambda: listed,
            clock_ms=now_ms,
            signer=self.sample.effector,
        )


Story = Callable[[Staffed], Awaitable[None]]


@asynccontextmanager
async def staffed(place: Path, *, state_url: str = "", **settings: str) -> AsyncIterator[Staffed]:
    """A fresh house in `place` whose people may sign, its gateway, and one caller's key.

    At `state_url` the machine is asked how it stands.
    """
    async with ProviderSimulator() as simulator:
        data_dir = make_house(place / "house", HouseSettings(base_url=simulator.base_url, **settings))
        sample = make_people(now_ms=now_ms(), random=os.urandom)
        sample.write(data_dir)
        if state_url:
            with (data_dir / FILE_NAME).open("a", encoding="utf-8") as file:
                file.write(f'state_url = "{state_url}"\n')  # the machine's table is the last one
        async with running(data_dir, simulator) as gateway:
            gateway.key = await gateway.add_key()
            staff = Staffed(gateway, sample)
            await staff.take_in(*sample.files)
            yield staff
        checked(gateway)


@asynccontextmanager
async def again(place: Path, before: Staffed) -> AsyncIterator[Staffed]:
    """The gateway of `before`, which stopped, started once more on its data directory."""
    async with ProviderSimulator() as simulator:
        async with running(place / "house", simulator) as gateway:
            gateway.key = before.gateway.key
            yield Staffed(gateway, before.sample)
        checked(gateway)


def tell(place: Path, story: Story, **settings: str) -> None:
    """Run `story` at a fresh gateway with people, stop it, and verify its log."""

    async def whole() -> None:
        async with staffed(place, **settings) as staff:
            await story(staff)

    uvloop.run(whole())
