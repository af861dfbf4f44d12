"""Waiting for people: pings, and everything that ends the wait before they signed."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from brightline.domain.call import Call, Dialect, Operation
from brightline.domain.leaf import Kind, Outcome
from brightline.gateway import waiting
from brightline.gateway.errors import HeldError, UseError
from brightline.gateway.exchange import ClientGoneError, Exchange
from brightline.gateway.pipeline import Pipeline
from brightline.gateway.ports import HoldState
from brightline.gateway.run import Run
from brightline.gateway.waiting import PING_SECONDS, Waiting
from brightline.testing.rooms import HOLD, WHO, Agreement, Answer, House, Wire
from brightline.wire import codec

CALL = Call(Dialect.OPENAI_CHAT, Operation.GENERATE, "small", stream=True, body=b"{}")
CHAT = b'{"model":"small","messages":[{"role":"user","content":"go"}]}'
STREAM = CHAT[:-1] + b',"stream":true}'
TEXT = b'data: {"choices":[{"index":0,"delta":{"content":"a"}}]}\n\n'
DONE = b"data: [DONE]\n\n"
TOOLS = b',"tools":[{"type":"function","function":{"name":"set_valve"}}],"stream":true}'
PIECE = (
    b'data: {"choices":[{"index":0,"delta":{"tool_calls":'
    b'[{"index":0,"id":"c","function":{"name":"set_valve","arguments":"{}"}}]}}]}\n\n'
)


class Port:
    """Answers as told, once the test lets it."""

    def __init__(self, *states: HoldState | None) -> None:
        self.states = list(states)

    async def settled(self, hold: bytes, seconds: float) -> HoldState:
        state = self.states[hold[0]]
        if state is None:
            await asyncio.get_running_loop().create_future()
        await asyncio.sleep(0)
        assert state is not None
        return state


class Scene:
    """One use that waits; each look at the clock moves it by `step` seconds."""

    def __init__(self, *, pings: bool = True, step: float = 0.0) -> None:
        self.house = House(UseError("gateway/internal"))
        self.now = 0.0

        def clock() -> float:
            self.now += step
            return self.now

        self.rooms = replace(self.house.rooms, clock=clock)
        self.exchange = self.house.exchange("/v1/chat/completions", b"{}")
        self.waiting = Waiting(self.rooms, _run(), self.exchange, codec(Dialect.OPENAI_CHAT), pings=pings)

    async def wait(self, port: Port) -> None:
        holds = tuple(bytes([place]) * 16 for place in range(len(port.states)))
        await self.waiting.until_approved(port, holds, 5.0)  # type: ignore[arg-type]


def _run() -> Run:
    return Run(b"u" * 16, 0.0, Agreement.ref, principal=WHO, call=CALL)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "TICK_SECONDS", 0.001)


@pytest.mark.parametrize(
    ("states", "code"),
    [
        ((HoldState.OPEN,), "hold/pending"),
        ((HoldState.DENIED, None), "hold/denied"),
        ((HoldState.APPROVED, HoldState.REVOKED), "hold/revoked"),
        ((HoldState.OPEN, HoldState.EXPIRED), "hold/expired"),
        ((HoldState.OPEN, HoldState.DENIED, HoldState.APPROVED), "hold/denied"),
    ],
)
def test_one_that_is_not_approved_ends_the_wait_of_all(states: tuple[HoldState | None, ...], code: str) -> None:
    with pytest.raises(HeldError) as refused:
        asyncio.run(Scene().wait(Port(*states)))
    assert refused.value.code == code
    assert len(refused.value.holds) == len(states)


def test_all_approved_go_on() -> None:
    asyncio.run(Scene().wait(Port(HoldState.APPROVED, HoldState.STARTED, HoldState.ENDED)))


def test_nobody_waits_for_a_caller_that_left() -> None:
    scene = Scene()
    scene.exchange.lose()
    with pytest.raises(ClientGoneError):
        asyncio.run(scene.wait(Port(None)))


def test_nobody_waits_while_the_gateway_stops() -> None:
    scene = Scene()
    scene.house.wire.draining = True
    with pytest.raises(HeldError) as refused:
        asyncio.run(scene.wait(Port(None)))
    assert refused.value.code == "hold/pending"


def _until(scene: Scene, done: Callable[[], bool]) -> None:
    async def story() -> None:
        task = asyncio.ensure_future(scene.wait(Port(None)))
        while not done():
            await asyncio.sleep(0.001)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(asyncio.wait_for(story(), 5))


def test_a_stream_is_pinged_now_and_then() -> None:
    scene = Scene(step=PING_SECONDS / 2)
    _until(scene, lambda: scene.house.told.count(b": ping\n\n") >= 2)
    assert scene.house.told.startswith(b"HTTP/1.1 200")
    assert b"content-type: text/event-stream" in scene.house.told


def test_whoever_waits_for_a_whole_answer_hears_nothing_meanwhile() -> None:
    scene = Scene(pings=False, step=PING_SECONDS)
    _until(scene, lambda: scene.now > 20 * PING_SECONDS or scene.now == PING_SECONDS * 2)
    assert scene.house.told == b""


# Whole uses


class Live:
    """A house that holds calls or acts, with pings after every look."""

    def __init__(self, *, acts: bool) -> None:
        self.house = House(UseError("gateway/internal"))
        if acts:
            self.house.agreement.acts["set_valve"] = HOLD
        else:
            self.house.agreement.decision = HOLD
        self.holds = self.house.with_holds()
        now = [0.0]

        def clock() -> float:
            now[0] += PING_SECONDS
            return now[0]

        self.house.rooms = replace(self.house.rooms, clock=clock)
        self.pipeline = Pipeline(self.house.rooms)
        self.body = CHAT[:-1] + TOOLS if acts else STREAM
        self.house.upstream.answer = Answer(200, "text/event-stream", *([PIECE] if acts else [TEXT]), DONE)

    def exchange(self) -> Exchange:
        self.house.wire = Wire()
        return self.house.exchange("/v1/chat/completions", self.body)

    async def until_held(self, exchange: Exchange) -> asyncio.Task[None]:
        task = asyncio.ensure_future(
            self.pipeline.use(exchange, Operation.GENERATE, codec(Dialect.OPENAI_CHAT)),
        )
        while not self.holds.ids:
            await asyncio.sleep(0)
        return task

    @property
    def ends(self) -> list[tuple[Kind, Outcome]]:
        return [(leaf.kind, leaf.outcome) for leaf in self.house.ledger.leaves]


@pytest.mark.parametrize("acts", [False, True])
def test_pings_go_before_the_answer_and_do_not_disturb_it(*, acts: bool) -> None:
    live = Live(acts=acts)

    async def story() -> None:
        task = await live.until_held(live.exchange())
        while b": ping" not in live.house.told:
            await asyncio.sleep(0.001)
        live.holds.approve(live.holds.ids[0])
        await task

    asyncio.run(asyncio.wait_for(story(), 5))
    told = live.house.told
    assert told.count(b"HTTP/1.1") == 1
    assert told.index(b": ping\n\n") < told.index(PIECE if acts else TEXT)
    assert told.endswith(b"0\r\n\r\n")
    assert DONE in told
    assert live.ends == [(Kind.INTENT, Outcome.NONE), (Kind.OUTCOME, Outcome.COMPLETE)]


@pytest.mark.parametrize("acts", [False, True])
def test_a_pinged_stream_that_nobody_signs_ends_in_an_error_event(*, acts: bool) -> None:
    live = Live(acts=acts)

    async def story() -> None:
        task = await live.until_held(live.exchange())
        while b": ping" not in live.house.told:
            await asyncio.sleep(0.001)
        live.holds.turn(live.holds.ids[0], HoldState.DENIED)
        await task

    asyncio.run(asyncio.wait_for(story(), 5))
    assert b"hold/denied" in live.house.told
    assert live.house.told.endswith(b"0\r\n\r\n")
    assert DONE not in live.house.told


def test_a_pinged_call_whose_provider_fails_is_told_in_the_stream() -> None:
    for answer in (
        Answer(500, "application/json", b'{"error":{"message":"x"}}'),
        Answer(200, "application/json", b"{}"),
    ):
        live = Live(acts=False)
        live.house.upstream.answer = answer

        async def story(live: Live = live) -> None:
            task = await live.until_held(live.exchange())
            while b": ping" not in live.house.told:
                await asyncio.sleep(0.001)
            live.holds.approve(live.holds.ids[0])
            await task

        asyncio.run(asyncio.wait_for(story(), 5))
        assert live.house.told.count(b"HTTP/1.1") == 1
        assert b"data: {" in live.house.told
        assert live.ends[-1] == (Kind.OUTCOME, Outcome.PROVIDER_ERROR)


@pytest.mark.parametrize("acts", [False, True])
def test_a_caller_that_leaves_while_waiting_leaves_its_hold_and_one_entry(*, acts: bool) -> None:
    live = Live(acts=acts)

    async def story() -> None:
        exchange = live.exchange()
        task = await live.until_held(exchange)
        exchange.lose()
        await task
        assert live.holds.find(live.holds.ids[0]).state is HoldState.OPEN  # type: ignore[union-attr]
        # The hold is free again: signed later, it is resumed.
        live.holds.approve(live.holds.ids[0])
        resumed = live.exchange()
        resumed.head = replace(resumed.head, headers=(("brightline-hold", live.holds.ids[0].hex()),))
        await live.pipeline.use(resumed, Operation.GENERATE, codec(Dialect.OPENAI_CHAT))
        assert DONE in live.house.told

    asyncio.run(asyncio.wait_for(story(), 5))
    first = [(Kind.INTENT, Outcome.NONE), (Kind.OUTCOME, Outcome.CANCELLED)] if acts else [(Kind.REFUSAL, Outcome.NONE)]
    assert live.ends == [*first, (Kind.INTENT, Outcome.NONE), (Kind.OUTCOME, Outcome.COMPLETE)]


@pytest.mark.parametrize("acts", [False, True])
def test_a_gateway_that_stops_tells_who_waits_how_to_resume(*, acts: bool) -> None:
    live = Live(acts=acts)

    async def story() -> None:
        task = await live.until_held(live.exchange())
        live.house.wire.draining = True
        await task

    asyncio.run(asyncio.wait_for(story(), 5))
    assert b"hold/pending" in live.house.told
    assert live.holds.ids[0].hex().encode() in live.house.told


@pytest.mark.parametrize("acts", [False, True])
def test_a_ledger_that_fails_while_people_sign_lets_nothing_leave(*, acts: bool) -> None:
    live = Live(acts=acts)

    async def story() -> None:
        task = await live.until_held(live.exchange())
        live.house.ledger.fail_at = set(range(9))
        live.holds.approve(live.holds.ids[0])
        await task

    asyncio.run(asyncio.wait_for(story(), 5))
    assert b"gateway/internal" in live.house.told
    assert PIECE not in live.house.told
    assert len(live.house.upstream.sent) == int(acts)
    assert live.holds.find(live.holds.ids[0]).state is HoldState.APPROVED  # type: ignore[union-attr]
