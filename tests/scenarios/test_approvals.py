"""People sign at a whole gateway and a machine acts on it: across a restart and a restore, and under attack.

Everything is real but the model: store, ledger, directory, people's keys, the effector and its replay store.
"""

import asyncio
import json
import os
import time
from base64 import b64encode, urlsafe_b64decode
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from brightline.cli.sample_people import SamplePeople, make_people
from brightline.crypto.party_keys import PrivateKey
from brightline.crypto.signatures import sign
from brightline.domain.errors import BrightlineError
from brightline.domain.leaf import Kind
from brightline.domain.sign_off.binding import Demand
from brightline.domain.sign_off.canonical import canonical, digest
from brightline.domain.sign_off.release import Release
from brightline.domain.sign_off.trust import ToolDemand
from brightline.gateway.backups import read_backup, restore_files
from brightline.gateway.overseeing import release_key
from brightline.oversight.bundling import Trusted, make_bundle
from brightline.oversight.effector import Action, Effector, EffectorError
from brightline.oversight.replay_store import DirectoryReplayStore
from brightline.oversight.signing import ApprovalRequest, Vote, make_statement, role_for, sign_statement
from brightline.testing.house import (
    PATHS,
    Gateway,
    HouseSettings,
    Reply,
    body_of,
    checked,
    make_house,
    running,
)
from brightline.testing.provider_simulator import ProviderSimulator
from brightline.testing.sign_off import HOUR_MS

AUDIENCE, TOOL = "uav-1.example", "release_payload"
SCHEMA = {"type": "object", "properties": {"latitude": {"const": 52.0907}, "longitude": {"const": 5.1214}}}
OFFER = {"type": "function", "function": {"name": TOOL, "parameters": SCHEMA}}
BODY = body_of("sim-tool", tools=[OFFER])
Story = Callable[[Gateway, SamplePeople], Awaitable[None]]


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def people() -> SamplePeople:
    return make_people(now_ms=now_ms(), random=os.urandom)


async def settle_in(gateway: Gateway, sample: SamplePeople) -> None:
    await gateway.command("people.import", files=[b64encode(file).decode() for file in sample.files])


def staffed(place: Path, story: Story, *, oversight: str = "") -> None:
    """Run `story` at a gateway whose people may sign, and which knows the machine's key."""
    sample = people()

    async def whole() -> None:
        async with ProviderSimulator(key=None, stage=None) as simulator:
            limits = f"[oversight]\n{oversight}" if oversight else ""
            house = make_house(place / "house", HouseSettings(base_url=simulator.base_url, limits=limits))
            sample.write(house)
            async with running(house, simulator) as gateway:
                gateway.key = await gateway.add_key()
                await settle_in(gateway, sample)
                await story(gateway, sample)
            checked(gateway)

    asyncio.run(whole())


async def propose(gateway: Gateway, *headers: tuple[str, str], key: str | None = None) -> Reply:
    return await gateway.ask("POST", PATHS["openai"], BODY, *headers, key=key)


async def held(gateway: Gateway) -> str:
    """The id of an action that waits; nobody waits for it on a line."""
    task = asyncio.ensure_future(propose(gateway))
    known = {str(row["hold"]) for row in await listed(gateway)}
    async with asyncio.timeout(5):
        while not (new := [row for row in await listed(gateway) if row["hold"] not in known]):
            await asyncio.sleep(0.02)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return str(new[-1]["hold"])


async def listed(gateway: Gateway) -> list[dict[str, object]]:
    rows = (await gateway.command("hold.list", all=True))["holds"]
    assert isinstance(rows, list)
    return rows


async def vote(gateway: Gateway, sample: SamplePeople, hold: str, name: str, decision: str = "allow") -> str:
    """The hold's state once `name` signed."""
    shown = await gateway.command("hold.show", hold=hold, request=True)
    request = ApprovalRequest.parse(str(shown["request"]).encode())
    played = sample.persons[name]
    role = role_for(request.binding, played.assertion, decision=decision)
    seen = tuple(item.sha256 for item in request.binding.evidence)
    meant = Vote(decision=decision, role=role, reason="seen", evidence=seen, own_machine=True)
    statement = make_statement(request, meant, played.assertion, now_ms=now_ms())
    made = sign_statement(statement, played.assertion, lambda data: sign(played.key, data))
    told = await gateway.command("hold.sign", hold=hold, statement=b64encode(made.canonical).decode())
    return str(told["state"])


def effector(gateway: Gateway, sample: SamplePeople, place: Path) -> Effector:
    """The aircraft, with what was carried to it."""
    trusted = Trusted(
        origin=gateway.house.ledger.origin,
        vkeys=(gateway.house.ledger.vkey,),
        gateway=release_key(gateway.house.data_dir / "keys").public,
        agreements=(gateway.house.agreement.ref.digest.hex(),),
    )
    definition = digest("tool-definition", canonical(OFFER)).hex()
    demand = ToolDemand(definition, (Demand("release-officer", 2),), None, own_machine=False)
    bundle = make_bundle(AUDIENCE, trusted, sample.directory, {TOOL: demand}, longest_window_ms=HOUR_MS)
    # Made long ago: a young store refuses whatever may be older than it.
    store = DirectoryReplayStore(place, clock_ms=lambda: now_ms() - 2 * HOUR_MS)
    key: PrivateKey = sample.effector
    return Effector(bundle, store, revocations=lambda: sample.revocations.canonical, clock_ms=now_ms, signer=key)


ACTION = Action(TOOL, {"latitude": 52.0907, "longitude": 5.1214}, {})


def refused(work: Callable[[], object]) -> str:
    with pytest.raises(EffectorError) as caught:
        work()
    return caught.value.code


async def code_of(asked: Awaitable[object]) -> str:
    with pytest.raises(BrightlineError) as caught:
        await asked
    return caught.value.code


def test_two_people_sign_a_machine_acts_once_and_says_so(tmp_path: Path) -> None:
    async def story(gateway: Gateway, sample: SamplePeople) -> None:
        hold = await held(gateway)
        assert await vote(gateway, sample, hold, "omar") == "open"
        assert (await gateway.ask("GET", f"/brightline/holds/{hold}/release")).code == "hold/not-approved"
        assert await vote(gateway, sample, hold, "rosa") == "approved"
        reply = await propose(gateway, ("brightline-hold", hold))
        assert (reply.status, reply.whole) == (200, True)
        release = urlsafe_b64decode(reply.headers["brightline-release"])
        fetched = await gateway.ask("GET", f"/brightline/holds/{hold}/release")
        assert Release.parse(fetched.body).binding == Release.parse(release).binding

        machine, done = effector(gateway, sample, tmp_path / "replay"), []
        moved = Action(TOOL, {"latitude": 52.0908, "longitude": 5.1214}, {})
        assert refused(lambda: machine.act(release, moved, lambda: done.append("moved"))) == "effector/other-action"
        receipt = machine.act(release, ACTION, lambda: done.append("released"))
        assert refused(lambda: machine.act(release, ACTION, lambda: done.append("again"))) == "effector/used"
        assert done == ["released"]

        told = await gateway.ask("POST", "/brightline/receipts", receipt.canonical)
        assert told.status == 200
        entry = json.loads(told.body)["index"]
        assert gateway.leaves()[entry].kind is Kind.EXECUTION
        again = await gateway.ask("POST", "/brightline/receipts", receipt.canonical)
        assert json.loads(again.body)["index"] == entry
        kinds = [leaf.kind for leaf in gateway.leaves(Kind.HOLD, Kind.SIGN_OFF, Kind.EXECUTION)]
        assert kinds == [Kind.HOLD, Kind.SIGN_OFF, Kind.SIGN_OFF, Kind.EXECUTION]

    staffed(tmp_path, story)


def test_rows_written_by_hand_release_nothing(tmp_path: Path) -> None:
    async def story(gateway: Gateway, sample: SamplePeople) -> None:
        hold = await held(gateway)
        await vote(gateway, sample, hold, "omar")
        database = gateway.house.store.database
        for state in range(1, 8):
            with database.transaction():
                database.write("UPDATE holds SET state = ?, begun = position + 1, outcome = position + 1", (state,))
            assert await code_of(gateway.command("hold.release", hold=hold)) == "hold/not-approved"
            # One that says that it waits would be waited for.
            if state > 1:
                reply = await propose(gateway, ("brightline-hold", hold)) if state > 2 else None
                assert reply is None or (reply.status, TOOL.encode() in reply.body) == (403, False)
        # The second officer's vote, copied from the first one's row.
        with database.transaction():
            database.write("UPDATE holds SET state = 1, begun = NULL, outcome = NULL")
            database.write(
                "INSERT INTO statements SELECT position + 1, scope, hold, x'00', taken_ms, vote FROM statements"
            )
        assert await code_of(gateway.command("hold.release", hold=hold)) in ("hold/damaged", "hold/not-approved")

    staffed(tmp_path, story)


def test_nobody_resumes_or_fetches_what_is_anothers(tmp_path: Path) -> None:
    async def story(gateway: Gateway, sample: SamplePeople) -> None:
        hold = await held(gateway)
        other = await gateway.add_key("somebody-else")
        for officer in ("omar", "rosa"):
            await vote(gateway, sample, hold, officer)
        assert (await propose(gateway, ("brightline-hold", hold), key=other)).code == "hold/mismatch"
        for path in (f"/brightline/holds/{hold}", f"/brightline/holds/{hold}/release"):
            assert (await gateway.ask("GET", path, key=other)).code == "hold/not-found"

    staffed(tmp_path, story)


def test_a_flood_of_proposals_ends_at_the_cap(tmp_path: Path) -> None:
    async def story(gateway: Gateway, sample: SamplePeople) -> None:
        for _ in range(2):
            await held(gateway)
        reply = await propose(gateway)
        assert (reply.status, reply.code) == (403, "hold/too-many")
        assert TOOL.encode() not in reply.body
        gateway.key = await gateway.add_key("another")
        await held(gateway)
        gateway.key = await gateway.add_key("a-third")
        assert (await propose(gateway)).code == "hold/queue-full"

    staffed(tmp_path, story, oversight="open_holds_per_principal = 2\nqueue_per_role = 3")


def test_a_decoy_waits_beside_and_is_never_released(tmp_path: Path) -> None:
    async def story(gateway: Gateway, sample: SamplePeople) -> None:
        await vote(gateway, sample, await held(gateway), "omar", "deny")
        await held(gateway)
        async with asyncio.timeout(5):
            while not (decoys := [row for row in await listed(gateway) if row["audience"] != AUDIENCE]):
                await asyncio.sleep(0.02)
        assert decoys[0]["audience"] in gateway.house.agreement.null_audiences
        hold = str(decoys[0]["hold"])
        for officer in ("omar", "rosa"):
            await vote(gateway, sample, hold, officer)
        assert len(gateway.leaves(Kind.DECOY)) == 1
        assert await code_of(gateway.command("hold.release", hold=hold)) == "hold/decoy"
        assert (await gateway.ask("GET", f"/brightline/holds/{hold}/release")).code == "hold/not-found"
        report = await gateway.command("oversight.report")
        catches = report["catches"]
        assert isinstance(catches, dict)
        assert (catches["hits"], catches["total"]) == (0, 2)

    staffed(tmp_path, story, oversight="decoy_share = 1.0\ndecoy_spread_seconds = 0")


def test_a_hold_outlives_a_restart_and_a_backup(tmp_path: Path) -> None:
    sample = people()

    async def whole() -> None:
        async with ProviderSimulator(key=None, stage=None) as simulator:
            house = make_house(tmp_path / "house", HouseSettings(base_url=simulator.base_url))
            sample.write(house)
            async with running(house, simulator) as gateway:
                key = gateway.key = await gateway.add_key()
                await settle_in(gateway, sample)
                hold = await held(gateway)
                await vote(gateway, sample, hold, "omar")
            async with running(house, simulator) as gateway:
                gateway.key = key
                assert await vote(gateway, sample, hold, "rosa") == "approved"
                await gateway.command("backup", path=str(tmp_path / "backup"))
            restore_files(read_backup(tmp_path / "backup"), tmp_path / "backup", tmp_path / "again")
            async with running(tmp_path / "again", simulator) as gateway:
                gateway.key = key
                assert (await propose(gateway, ("brightline-hold", hold))).status == 200
                assert release_key(house / "keys").public == release_key(tmp_path / "again" / "keys").public
            checked(gateway)

    asyncio.run(whole())
