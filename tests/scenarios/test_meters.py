"""How many people uses touch, counted at a whole gateway: rotation changes nothing, and the limit refuses."""

import asyncio
import contextlib
import json
import sqlite3
from dataclasses import dataclass
from pathlib import Path

import pytest

from brightline.domain.leaf import Kind, Outcome
from brightline.gateway import serve
from brightline.metering import MeteringError
from brightline.testing.house import PATHS, Gateway, HouseSettings, Reply, house_agreement, make_house, running, tell
from brightline.testing.parties import Signed
from brightline.testing.provider_simulator import ProviderSimulator
from brightline.testing.simulated_answers import OpenAiVoice, read_ask
from brightline.testing.simulated_faults import Stage

LIMIT = 5
PEOPLE = {
    "id": "people",
    "measure": "data-subjects",
    "per": ["agreement", "unit"],
    "seconds": 86_400,
    "parts": 24,
    "exact_to": 1000,
    "unreadable": 3,
}
LAW = b"""
@id("law-people") @reason("too many people in a day") @hint("ask for an authority") @clause("t") @source("test")
forbid (principal, action, resource) when { context.meter.people > 5 };
"""
TOOLS = {
    "format": 2,
    "tools": {
        "get_weather": {"effect": "read", "origins": ["public"], "subjects": [], "activities": []},
        "set_valve": {
            "effect": "read",
            "origins": [],
            "subjects": [],
            "activities": [],
            "persons": {"count": {"argument": "$.valve"}, "most": 100, "unreadable": "most"},
        },
    },
}
FILES = {"law/people.cedar": LAW, "effectors.json": json.dumps(TOOLS).encode()}


def asked(*content: object, model: str = "sim-echo", **more: object) -> bytes:
    messages = [{"role": "user", "content": each} for each in content]
    return json.dumps({"model": model, "max_tokens": 64, "messages": messages, **more}).encode()


async def ask(gateway: Gateway, body: bytes, *headers: tuple[str, str], dialect: str = "openai") -> Reply:
    return await gateway.ask("POST", PATHS[dialect], body, *headers)


def email(number: int) -> str:
    return f"person{number}@example.org"


def told(gateway: Gateway) -> int:
    """What the last use's record says that the meter told."""
    leaves = gateway.leaves()
    at = max(index for index, leaf in enumerate(leaves) if leaf.kind in (Kind.INTENT, Kind.REFUSAL))
    decided = json.loads(next(data for group, data in gateway.sealed(at).items() if group.name == "DECISION"))
    return int(decided["meter"]["people"])


def metered() -> Signed:
    return house_agreement([PEOPLE], FILES)


def test_people_count_across_sessions_apps_and_accounts_and_the_limit_refuses(tmp_path: Path) -> None:
    async def story(gateway: Gateway) -> None:
        for number in range(LIMIT):
            gateway.key = await gateway.add_key(f"analyst-{number}", app=f"app-{number}")
            dialect = ("openai", "anthropic")[number % 2]
            reply = await ask(gateway, asked(f"who is {email(number)}?"), dialect=dialect)
            assert (reply.status, told(gateway)) == (200, number + 1)
        again = await ask(gateway, asked(f"and where does {email(1).upper()} live?"))
        assert (again.status, told(gateway)) == (200, LIMIT)
        refused = await ask(gateway, asked(f"who is {email(99)}?"))
        assert (refused.status, told(gateway)) == (403, LIMIT + 1)
        assert b"too many people in a day" in refused.body
        once_more = await ask(gateway, asked(f"who is {email(1)}?"))
        assert (once_more.status, told(gateway)) == (200, LIMIT)

    tell(tmp_path, story, signed=metered())


def test_meters_are_the_same_after_a_restart_and_after_their_file_was_lost(tmp_path: Path) -> None:
    async def story() -> None:
        async with ProviderSimulator() as simulator:
            make_house(tmp_path / "h", HouseSettings(base_url=simulator.base_url), metered())
            async with running(tmp_path / "h", simulator) as gateway:
                gateway.key = key = await gateway.add_key()
                assert (await ask(gateway, asked(email(1), email(2)))).status == 200
            for lost in (False, True, False):
                if lost:
                    for path in (tmp_path / "h").glob("meters.db*"):
                        path.unlink()
                async with running(tmp_path / "h", simulator) as gateway:
                    gateway.key = key
                    assert (await ask(gateway, asked(email(2)))).status == 200
                    assert told(gateway) == 2

    asyncio.run(story())


@dataclass(frozen=True, slots=True)
class Rumour(Stage):
    """A model that names six people whatever it is asked."""

    @property
    def text(self) -> str:
        return " and ".join(email(number) for number in range(6))


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("dialect", ["openai", "anthropic"])
def test_an_answer_that_names_too_many_does_not_leave(tmp_path: Path, dialect: str, *, stream: bool) -> None:
    async def story(gateway: Gateway) -> None:
        reply = await ask(gateway, asked("who?", stream=stream), dialect=dialect)
        assert reply.code == "policy/forbidden"
        assert b"example.org" not in reply.body
        assert [leaf.outcome for leaf in gateway.leaves(Kind.OUTCOME)] == [Outcome.SCREENED]
        assert gateway.leaves(Kind.METER) == []

    tell(tmp_path, story, signed=metered(), stage=Rumour(ask=read_ask(b"", 0), voice=OpenAiVoice()))


def test_an_act_counts_by_what_its_register_says_whatever_the_prose_says(tmp_path: Path) -> None:
    offered = [
        {
            "type": "function",
            "function": {"name": "set_valve", "parameters": {"type": "object", "properties": {"valve": {"const": 7}}}},
        }
    ]

    async def story(gateway: Gateway) -> None:
        body = asked("only the weather, nobody at all", model="sim-tool", tools=offered)
        reply = await ask(gateway, body)
        assert reply.status == 403
        assert b"set_valve" not in reply.body.replace(b"tool `set_valve`", b"")

    tell(tmp_path, story, signed=metered())


def test_meters_are_kept_while_the_gateway_serves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve, "_KEEP_SECONDS", 0.02)

    async def story(gateway: Gateway) -> None:
        assert (await ask(gateway, asked(email(1)))).status == 200
        async with asyncio.timeout(5):
            while not kept(tmp_path):
                await asyncio.sleep(0.02)

    tell(tmp_path, story, signed=metered())


def kept(place: Path) -> int:
    """How many windows the file has."""
    path = next(place.rglob("meters.db"))
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        return int(connection.execute("SELECT count(*) FROM windows").fetchone()[0])


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("dialect", ["openai", "anthropic"])
def test_tokens_count_and_the_budget_refuses(tmp_path: Path, dialect: str, *, stream: bool) -> None:
    budget = {"id": "tokens", "measure": "tokens", "per": ["unit"], "seconds": 60, "parts": 6, "unlimited": 100}
    law = LAW.replace(b"meter.people > 5", b"meter.tokens > 1000")

    async def story(gateway: Gateway) -> None:
        more = {"stream_options": {"include_usage": True}} if stream and dialect == "openai" else {}
        body = asked("hello", stream=stream, **more)
        told_first = len(body) + 64
        for _ in range(2):
            assert (await ask(gateway, body, dialect=dialect)).status == 200
        first, second = readings(gateway)
        assert first == told_first
        assert told_first < second < told_first + 64  # the first one's bound was corrected by what its answer said
        assert (await ask(gateway, asked("x" * 1000), dialect=dialect)).code == "policy/forbidden"

    tell(tmp_path, story, signed=house_agreement([budget], {"law/tokens.cedar": law}))


def readings(gateway: Gateway) -> list[int]:
    """What each intent's record says that the meter of tokens told."""
    found = []
    for index, leaf in enumerate(gateway.leaves()):
        if leaf.kind is Kind.INTENT:
            decided = next(data for group, data in gateway.sealed(index).items() if group.name == "DECISION")
            found.append(int(json.loads(decided)["meter"]["tokens"]))
    return found


def test_meters_are_shown_counted_again_and_explained(tmp_path: Path) -> None:
    async def story(gateway: Gateway) -> None:
        assert (await ask(gateway, asked(email(1), email(2)))).status == 200
        shown = await gateway.command("meter.show", organisation="example-command", unit="analysis")
        assert [(row["meter"], row["reading"]) for row in shown["meters"]][:1] == [("people", 2)]
        assert shown["meters"][0]["limits"] == [{"most": 5, "policy": "law-people", "holds": False}]
        assert (await gateway.command("meter.rebuild"))["differing"] == 0
        at = next(index for index, leaf in enumerate(gateway.leaves()) if leaf.kind is Kind.METER)
        assert (await gateway.command("meter.explain", index=at))["adds"] == {"people": 2}

    tell(tmp_path, story, signed=metered())


def test_metrics_tell_the_fullest_window_of_each_meter(tmp_path: Path) -> None:
    async def story(gateway: Gateway) -> None:
        assert (await ask(gateway, asked(email(1), email(2)))).status == 200
        text = (await gateway.ask("GET", "/metrics", key="")).body.decode()
        assert 'meter="people"} 2.0' in text
        assert f'meter="people"}} {float(LIMIT)}' in text
        assert "example.org" not in text
        gateway.house.counting._fault = MeteringError("metering/no-meters")
        assert 'meter="people"' not in (await gateway.ask("GET", "/metrics", key="")).body.decode()

    tell(tmp_path, story, signed=metered())
