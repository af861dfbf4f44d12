"""How a machine stands goes into what people sign: asked before, compared when it acts, and nothing held in doubt."""

from pathlib import Path

import pytest

from brightline.cli.sample_people import EFFECTOR
from brightline.domain.leaf import Kind
from brightline.domain.sign_off.binding import Change
from brightline.domain.sign_off.statement import ALLOW
from brightline.gateway import machine_states
from brightline.oversight.effector import EffectorError
from tests.machines import FORGED, Aircraft, tell_with_machine
from tests.officers import GIVEN, PAYLOAD, VALVE, Staffed, action, tell

SILENT = ("silent", "slow", "hangs up")
NOT_TAKEN = ("redirects", "refuses", *FORGED)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody signs while the first request waits, and no machine needs long."""
    for room in ("acting", "holding"):
        monkeypatch.setattr(f"brightline.gateway.{room}.wait_seconds", lambda decision: 0.01)
    monkeypatch.setattr(machine_states, "STATE_SECONDS", 0.4)


async def refused(staff: Staffed, *, stream: bool = False) -> str:
    """The code with which the act was refused, once it is sure that nothing of it was held or handed out."""
    reply = await staff.propose(stream=stream)
    assert PAYLOAD.encode() not in reply.body
    assert "brightline-hold" not in reply.headers
    assert (await staff.gateway.command("hold.list", all=True))["holds"] == []
    assert staff.gateway.leaves(Kind.HOLD) == []
    return reply.code


@pytest.mark.parametrize("fault", SILENT)
def test_while_the_machine_does_not_answer_nothing_is_held(tmp_path: Path, fault: str) -> None:
    async def story(staff: Staffed, machine: Aircraft) -> None:
        machine.fault = fault
        for stream in (False, True):
            assert await refused(staff, stream=stream) == "hold/no-state"
        assert machine.asked, "it was asked"
        machine.fault = ""
        assert (await staff.binding(await staff.held())).preconditions == machine.state

    tell_with_machine(tmp_path, story)


def test_an_answer_that_is_not_the_machines_holds_nothing(tmp_path: Path) -> None:
    async def story(staff: Staffed, machine: Aircraft) -> None:
        for count, fault in enumerate(NOT_TAKEN, start=1):
            machine.fault = fault
            assert await refused(staff, stream=count % 2 == 0) == "hold/bad-state", fault
            assert len(machine.asked) == count, "each is asked once, and no redirection is followed"
        assert set(machine.paths) == {"/state"}
        machine.fault = ""
        assert (await staff.binding(await staff.held())).preconditions == machine.state

    tell_with_machine(tmp_path, story)


def test_two_officers_sign_the_state_and_the_machine_compares_it_when_it_acts(tmp_path: Path) -> None:
    async def story(staff: Staffed, machine: Aircraft) -> None:
        hold = await staff.held()
        (asked,) = machine.asked
        assert (asked.audience, asked.tool, asked.arguments) == (EFFECTOR, PAYLOAD, GIVEN[PAYLOAD])
        binding = await staff.binding(hold)
        assert binding.preconditions == {"uav-1/payload": "on board", "uav-1/state": "hovering"}
        assert binding.diff == (Change("uav-1/payload", "on board", "released"),)
        assert '"uav-1/state": "hovering"' in binding.rendered
        for name in ("omar", "rosa"):
            await staff.say(hold, name, ALLOW)
        assert (await staff.propose(resume=hold)).status == 200
        assert len(machine.asked) == 1, "what people signed stands: nothing is asked when it is resumed"

        effector, ran = staff.machine(tmp_path / "machine"), []
        release = await staff.release(hold)
        for change in ({"uav-1/state": "landing"}, {"uav-1/payload": "released"}):
            with pytest.raises(EffectorError, match="effector/precondition"):
                effector.act(release, action(state={**machine.state, **change}), lambda: ran.append(1))
        with pytest.raises(EffectorError, match="effector/precondition"):
            effector.act(release, action(), lambda: ran.append(1))
        assert ran == []
        receipt = effector.act(release, action(state=machine.state), lambda: ran.append(1))
        assert (ran, receipt.receipt.outcome) == ([1], "done")

    tell_with_machine(tmp_path, story)


def test_what_changed_while_people_thought_is_seen_when_it_is_asked_anew(tmp_path: Path) -> None:
    async def story(staff: Staffed, machine: Aircraft) -> None:
        hold = await staff.held()
        machine.state["uav-1/state"] = "landing"
        again = await staff.held()
        states = [(await staff.binding(each)).preconditions["uav-1/state"] for each in (hold, again)]
        assert states == ["hovering", "landing"]
        for name in ("omar", "rosa"):
            await staff.say(hold, name, ALLOW)
        with pytest.raises(EffectorError, match="effector/precondition"):
            staff.machine(tmp_path / "machine").act(
                await staff.release(hold), action(state=machine.state), lambda: None
            )

    tell_with_machine(tmp_path, story)


def test_only_a_machine_that_has_an_address_is_asked_and_only_for_what_is_held(tmp_path: Path) -> None:
    async def story(staff: Staffed, machine: Aircraft) -> None:
        assert (await staff.gateway.post("openai", "small")).status == 200
        binding = await staff.binding(await staff.held(tool=VALVE))
        assert (binding.preconditions, binding.diff, machine.asked) == ({}, (), [])

    tell_with_machine(tmp_path, story)


def test_without_an_address_people_are_told_that_nobody_asked(tmp_path: Path) -> None:
    async def story(staff: Staffed) -> None:
        binding = await staff.binding(await staff.held())
        assert (binding.preconditions, binding.diff) == ({}, ())

    tell(tmp_path, story)


def test_a_flood_of_proposals_does_not_reach_the_machine(tmp_path: Path) -> None:
    async def story(staff: Staffed, machine: Aircraft) -> None:
        await staff.held()
        assert (await staff.propose()).code == "hold/too-many"
        assert len(machine.asked) == 1

    tell_with_machine(tmp_path, story, gateway="drain_seconds = 5\n[oversight]\nopen_holds_per_principal = 1")
