"""The holds in memory do what `HoldsPort` promises, as far as tests of the live path rest on it."""

import asyncio

import pytest

from brightline.domain.call import Call, Dialect, Operation
from brightline.domain.leaf import Kind, Leaf
from brightline.domain.record import Entry
from brightline.gateway.errors import UseError
from brightline.gateway.ports import HoldState, Proposal
from brightline.testing.holds import MemoryHolds
from brightline.testing.rooms import DEPLOYMENT, HOLD, WHO, Agreement, Ledger
from brightline.use import describe

USE = describe(
    Call(Dialect.OPENAI_CHAT, Operation.GENERATE, "small", stream=False, body=b"{}"),
    use_id=b"u" * 16,
    principal=WHO,
    mission="m1",
    deployment=DEPLOYMENT,
    effect_of=Agreement().effect_of,
)
PROPOSAL = Proposal(
    kind="tool-call",
    tool="set_valve",
    definition=b"{}",
    call_id="c1",
    arguments={},
    use=USE,
    decision=HOLD,
    principal=WHO,
    mission="m1",
    agreement=Agreement.ref,
    deployment=DEPLOYMENT,
    audience="",
    body_sha256=b"b" * 32,
    content=b"kept",
)
ENTRY = Entry(Leaf(kind=Kind.INTENT, use_id=b"v" * 16).encode())


def test_what_is_not_approved_starts_nothing() -> None:
    async def story() -> None:
        ledger = Ledger(UseError("gateway/internal"))
        holds = MemoryHolds(ledger)
        hold = await holds.place(PROPOSAL)
        with pytest.raises(UseError):
            await holds.start((hold,), ENTRY)
        holds.approve(hold)
        appended = await holds.start((hold,), ENTRY)
        with pytest.raises(UseError):
            await holds.start((hold,), ENTRY)
        await holds.finish(hold, appended.index)
        (view,) = holds.of_use(b"u" * 16)
        assert (view.state, view.begun_by, view.outcome) == (HoldState.ENDED, b"v" * 16, 0)
        assert (holds.content(hold), holds.answer(hold)) == (b"kept", None)
        assert len(ledger.entries) == 1

    asyncio.run(story())


def test_waiting_ends_with_the_turn_or_the_patience() -> None:
    async def story() -> None:
        holds = MemoryHolds(Ledger(UseError("gateway/internal")))
        hold = await holds.place(PROPOSAL)
        holds.patience = 0.0
        assert await holds.settled(hold, 60) is HoldState.OPEN
        holds.patience = 60.0
        asyncio.get_running_loop().call_soon(holds.turn, hold, HoldState.DENIED)
        assert await holds.settled(hold, 60) is HoldState.DENIED
        assert await holds.settled(hold, 60) is HoldState.DENIED

    asyncio.run(story())


def test_errors_come_as_told_and_nothing_is_found_that_is_not_there() -> None:
    async def story() -> None:
        holds = MemoryHolds(Ledger(UseError("gateway/internal")))
        holds.error = UseError("hold/changed")
        with pytest.raises(UseError):
            await holds.place(PROPOSAL)
        hold = await holds.place(PROPOSAL)
        assert holds.find(b"x" * 16) is None
        assert hold.hex().encode() in await holds.release(hold)
        holds.release_error = UseError("hold/changed")
        with pytest.raises(UseError):
            await holds.release(hold)
        await holds.receive(b"{}", WHO)
        assert holds.received == [(b"{}", "ana")]

    asyncio.run(story())
