"""Tool calls that wait for people, at a whole gateway: both dialects, streamed and whole, until the log is verified.

Who signs is tested elsewhere: here holds are turned by hand, and everything around them is real.
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from brightline.domain.leaf import Kind, Outcome
from brightline.domain.record import Group
from brightline.gateway import serve, waiting
from brightline.gateway.ports import Rooms
from brightline.testing.holds import MemoryHolds
from brightline.testing.house import PATHS, Gateway, Reply, body_of, eventually, tell

Held = Callable[[], MemoryHolds]
USES = (Kind.INTENT, Kind.OUTCOME, Kind.REFUSAL)
SCHEMA = {"type": "object", "properties": {"valve": {"const": 7}, "open": {"const": True}}}
DIALECTS = ("openai", "anthropic")


@pytest.fixture(name="held")
def _held(monkeypatch: pytest.MonkeyPatch) -> Held:
    """Holds in memory for the gateway that starts next."""
    made: list[MemoryHolds] = []

    def rooms(**words: object) -> Rooms:
        made.append(MemoryHolds(words["ledger"]))  # type: ignore[arg-type]
        made[-1].patience = 0.05
        return Rooms(**{**words, "holds": made[-1]})  # type: ignore[arg-type]

    monkeypatch.setattr(serve, "Rooms", rooms)
    monkeypatch.setattr(waiting, "TICK_SECONDS", 0.02)
    return lambda: made[-1]


def tools(dialect: str, *names: str) -> list[object]:
    if dialect == "openai":
        return [{"type": "function", "function": {"name": name, "parameters": SCHEMA}} for name in names]
    return [{"name": name, "input_schema": SCHEMA} for name in names]


async def ask(
    gateway: Gateway, dialect: str, *headers: tuple[str, str], model: str = "sim-tool", stream: bool = False
) -> Reply:
    body = body_of(model, stream=stream, tools=tools(dialect, "set_valve"))
    return await gateway.ask("POST", PATHS[dialect], body, *headers)


def calls_in(reply: Reply) -> bytes:
    """What of the answer calls a tool; an error's own words apart."""
    return reply.body if b"set_valve" in reply.body and not reply.code else b""


def resume(held: MemoryHolds) -> tuple[str, str]:
    return "brightline-hold", ", ".join(hold.hex() for hold in held.ids)


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("dialect", DIALECTS)
def test_an_unsigned_act_does_not_leave_and_a_signed_one_is_bought_once(
    tmp_path: Path, held: Held, dialect: str, *, stream: bool
) -> None:
    async def story(gateway: Gateway) -> None:
        reply = await ask(gateway, dialect, stream=stream)
        assert (reply.status, reply.code) == (200 if stream else 403, "hold/pending")
        assert not calls_in(reply)
        assert held().ids[0].hex().encode() in reply.body
        (hold,) = held().ids
        proposal = held().kept[hold].proposal
        assert (proposal.tool, proposal.audience) == ("set_valve", "valve-7.example")
        assert proposal.arguments == {"valve": 7, "open": True}
        assert json.loads(proposal.definition) == tools(dialect, "set_valve")[0]
        again = await ask(gateway, dialect, resume(held()), stream=stream)
        assert (again.status, again.code) == (403, "hold/pending")
        held().approve(hold)
        first = await ask(gateway, dialect, resume(held()), stream=stream)
        assert (first.status, first.whole, bool(calls_in(first))) == (200, True, True)
        assert "brightline-release" in first.headers
        second = await ask(gateway, dialect, resume(held()), stream=stream)
        assert (second.body, second.headers["brightline-replayed"]) == (first.body, "true")
        assert len(gateway.simulator.requests) == 1
        ends = [(leaf.kind, leaf.outcome) for leaf in gateway.leaves(*USES)]
        assert ends == [
            (Kind.INTENT, Outcome.NONE),
            (Kind.OUTCOME, Outcome.SCREENED),
            (Kind.REFUSAL, Outcome.NONE),
            (Kind.INTENT, Outcome.NONE),
            (Kind.OUTCOME, Outcome.COMPLETE),
        ]

    tell(tmp_path, story)


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("dialect", DIALECTS)
def test_an_act_that_is_signed_in_time_leaves_in_the_first_answer(
    tmp_path: Path, held: Held, dialect: str, *, stream: bool
) -> None:
    async def story(gateway: Gateway) -> None:
        held().on_place = held().approve
        reply = await ask(gateway, dialect, stream=stream)
        assert (reply.status, reply.whole, bool(calls_in(reply))) == (200, True, True)
        found = [entry for entry in range(gateway.house.ledger.size) if _is_outcome(gateway, entry)]
        sealed = json.loads(gateway.sealed(found[-1])[Group.DECISION])
        assert [(row["tool"], row["effect"], row["hold"]) for row in sealed["proposed"]] == [
            ("set_valve", "permit", held().ids[0].hex())
        ]

    tell(tmp_path, story)


def _is_outcome(gateway: Gateway, index: int) -> bool:
    (leaf,) = gateway.house.ledger.leaves(index, index + 1)
    return leaf[1] == Kind.OUTCOME


@pytest.mark.parametrize("dialect", DIALECTS)
def test_two_acts_leave_together_or_not_at_all(tmp_path: Path, held: Held, dialect: str) -> None:
    async def story(gateway: Gateway) -> None:
        await ask(gateway, dialect, model="sim-two-tools", stream=True)
        first, second = held().ids
        held().approve(first)
        assert (await ask(gateway, dialect, resume(held()), model="sim-two-tools", stream=True)).code == "hold/pending"
        held().approve(second)
        reply = await ask(gateway, dialect, resume(held()), model="sim-two-tools", stream=True)
        assert calls_in(reply).count(b"set_valve") == 2

    tell(tmp_path, story)


def test_another_caller_or_another_body_gets_nothing(tmp_path: Path, held: Held) -> None:
    async def story(gateway: Gateway) -> None:
        await ask(gateway, "openai")
        held().approve(held().ids[0])
        body = body_of("sim-tool", tools=tools("openai", "set_valve"))
        other = await gateway.add_key("other")
        reply = await gateway.ask("POST", PATHS["openai"], body, resume(held()), key=other)
        assert (reply.status, reply.code) == (403, "hold/mismatch")
        changed = body_of("sim-tool", tools=tools("openai", "set_valve"), temperature=1)
        reply = await gateway.ask("POST", PATHS["openai"], changed, resume(held()))
        assert (reply.status, reply.code) == (403, "hold/mismatch")
        reply = await gateway.ask("GET", f"/brightline/holds/{held().ids[0].hex()}", b"", key=other)
        assert reply.status == 404

    tell(tmp_path, story)


def test_a_caller_follows_its_hold_and_fetches_the_release(tmp_path: Path, held: Held) -> None:
    async def story(gateway: Gateway) -> None:
        await ask(gateway, "openai")
        hold = held().ids[0]
        path = f"/brightline/holds/{hold.hex()}"
        assert _state(await gateway.ask("GET", path, b"")) == "open"
        held().approve(hold)
        assert _state(await gateway.ask("GET", path, b"")) == "approved"
        assert (await gateway.ask("GET", f"{path}/release", b"")).status == 200
        assert (await gateway.ask("POST", "/brightline/receipts", b"{}")).status == 200

    tell(tmp_path, story)


def _state(reply: Reply) -> object:
    found: Mapping[str, object] = reply.json()
    return found["state"]


@pytest.mark.parametrize("stream", [False, True])
def test_a_gateway_that_stops_does_not_wait_for_people(tmp_path: Path, held: Held, *, stream: bool) -> None:
    async def story(gateway: Gateway) -> None:
        held().patience = float("inf")
        waiting_caller = asyncio.ensure_future(ask(gateway, "openai", stream=stream))
        await eventually(lambda: held().ids)
        gateway.service.stop()
        reply = await waiting_caller
        assert reply.code == "hold/pending"

    tell(tmp_path, story)


def test_a_caller_that_leaves_is_recorded_and_may_come_back(tmp_path: Path, held: Held) -> None:
    async def story(gateway: Gateway) -> None:
        held().patience = float("inf")
        line = await gateway.line()
        body = body_of("sim-tool", tools=tools("openai", "set_valve"))
        line.ask("POST", PATHS["openai"], body, gateway.credential())
        await eventually(lambda: held().ids)
        await line.close()
        await eventually(lambda: gateway.leaves(Kind.OUTCOME))
        assert gateway.leaves(Kind.OUTCOME)[0].outcome is Outcome.CANCELLED
        held().approve(held().ids[0])
        reply = await ask(gateway, "openai", resume(held()))
        assert (reply.status, len(gateway.simulator.requests)) == (200, 1)

    tell(tmp_path, story)


@pytest.mark.parametrize(("dialect", "ping"), [("openai", b": ping\n\n"), ("anthropic", b"event: ping\n")])
def test_a_stream_is_pinged_while_people_sign(
    tmp_path: Path, held: Held, monkeypatch: pytest.MonkeyPatch, dialect: str, ping: bytes
) -> None:
    monkeypatch.setattr(waiting, "PING_SECONDS", 0.02)

    async def story(gateway: Gateway) -> None:
        held().patience = float("inf")
        held().on_place = lambda hold: asyncio.get_running_loop().call_later(0.2, held().approve, hold) and None
        reply = await ask(gateway, dialect, stream=True)
        assert (reply.status, reply.whole) == (200, True)
        assert reply.body.count(ping) >= 2
        assert reply.body.index(ping) < reply.body.index(b"set_valve")

    tell(tmp_path, story)
