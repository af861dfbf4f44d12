"""The same request twice is one use; the same key for another request is refused."""

import asyncio
from pathlib import Path

import pytest
import uvloop

from brightline.domain.leaf import Kind, Outcome
from brightline.domain.record import Group
from brightline.testing.house import (
    PATHS,
    Gateway,
    HouseSettings,
    body_of,
    checked,
    eventually,
    make_house,
    running,
    tell,
)
from brightline.testing.provider_simulator import ProviderSimulator

KEY = ("idempotency-key", "6f1c")
USES = (Kind.INTENT, Kind.OUTCOME, Kind.REFUSAL)


def test_another_body_under_a_key_is_refused(tmp_path: Path) -> None:
    async def story(gateway: Gateway) -> None:
        assert (await gateway.post("openai", "small", KEY)).status == 200
        reply = await gateway.post("openai", "small", KEY, temperature=1)
        assert (reply.status, reply.code) == (422, "gateway/idempotency-mismatch")
        assert len(gateway.simulator.requests) == 1
        assert [leaf.kind for leaf in gateway.leaves(*USES)] == [Kind.INTENT, Kind.OUTCOME, Kind.REFUSAL]

    tell(tmp_path, story)


def test_a_key_whose_use_runs_is_refused(tmp_path: Path) -> None:
    async def story(gateway: Gateway) -> None:
        first = await gateway.line()
        first.ask("POST", PATHS["openai"], body_of("sim-hang"), [*gateway.credential(), KEY])
        await eventually(lambda: gateway.simulator.requests)
        reply = await gateway.post("openai", "sim-hang", KEY)
        assert (reply.status, reply.code) == (409, "gateway/idempotency-running")
        other = await gateway.post("openai", "small", KEY)
        assert (other.status, other.code) == (422, "gateway/idempotency-mismatch")
        await first.close()
        await eventually(lambda: gateway.leaves(Kind.OUTCOME))
        # What was spent on a use without a whole answer is spent.
        reply = await gateway.post("openai", "sim-hang", KEY)
        assert (reply.status, reply.code) == (409, "gateway/idempotency-spent")
        assert len(gateway.simulator.requests) == 1

    tell(tmp_path, story)


@pytest.mark.parametrize("value", ["", "x" * 256, "a b"])
def test_a_key_that_is_none_is_refused(tmp_path: Path, value: str) -> None:
    async def story(gateway: Gateway) -> None:
        reply = await gateway.post("openai", "small", ("idempotency-key", value))
        assert (reply.status, reply.code) == (400, "gateway/bad-idempotency-key")
        reply = await gateway.post("openai", "small", KEY, KEY)
        assert (reply.status, reply.code) == (400, "gateway/bad-idempotency-key")
        assert gateway.simulator.requests == []

    tell(tmp_path, story)


def test_a_key_belongs_to_whoever_sent_it(tmp_path: Path) -> None:
    async def story(gateway: Gateway) -> None:
        assert (await gateway.post("openai", "small", KEY)).status == 200
        other = await gateway.add_key("other")
        reply = await gateway.ask("POST", PATHS["openai"], body_of("small"), KEY, key=other)
        assert reply.status == 200
        assert "brightline-replayed" not in reply.headers
        assert len(gateway.simulator.requests) == 2

    tell(tmp_path, story)


@pytest.mark.parametrize("dialect", sorted(PATHS))
@pytest.mark.parametrize("stream", [False, True])
def test_the_same_request_gets_the_same_answer(tmp_path: Path, dialect: str, stream: bool) -> None:
    async def story(gateway: Gateway) -> None:
        first = await gateway.post(dialect, "small", KEY, stream=stream)
        assert "brightline-replayed" not in first.headers
        size = gateway.house.ledger.size
        again = await gateway.post(dialect, "small", KEY, stream=stream)
        assert again.headers["brightline-replayed"] == "true"
        assert (again.status, again.body, again.receipt) == (200, first.body, first.receipt)
        assert again.headers["content-type"].split(";")[0] == first.headers["content-type"].split(";")[0]
        assert (len(gateway.simulator.requests), gateway.house.ledger.size) == (1, size)

    tell(tmp_path, story)


def test_what_the_agreement_forbids_by_now_is_not_given_again(tmp_path: Path) -> None:
    async def story(gateway: Gateway) -> None:
        assert (await gateway.post("openai", "small", KEY)).status == 200
        await gateway.command("key.revoke", key_id=gateway.key_id)
        assert (await gateway.post("openai", "small", KEY)).status == 401

    tell(tmp_path, story)


def test_an_answer_is_given_again_after_a_restart(tmp_path: Path) -> None:
    async def story() -> None:
        async with ProviderSimulator() as simulator:
            house = make_house(tmp_path / "house", HouseSettings(base_url=simulator.base_url))
            async with running(house, simulator) as gateway:
                key = gateway.key = await gateway.add_key()
                first = await gateway.post("openai", "small", KEY)
            async with running(house, simulator) as gateway:
                gateway.key = key
                again = await gateway.post("openai", "small", KEY)
                assert again.headers["brightline-replayed"] == "true"
                assert (again.body, again.receipt) == (first.body, first.receipt)
                assert gateway.sealed(first.receipt[1] + 1)[Group.CONTENT] == first.body
                assert len(simulator.requests) == 1
                other = await gateway.post("openai", "small", KEY, n=1)
                assert other.code == "gateway/idempotency-mismatch"
            checked(gateway)

    uvloop.run(story())


def test_many_at_once_under_one_key_are_one_use(tmp_path: Path) -> None:
    async def story(gateway: Gateway) -> None:
        replies = await asyncio.gather(*(gateway.post("openai", "small", KEY) for _ in range(16)))
        assert len(gateway.simulator.requests) == 1
        assert len(gateway.leaves(Kind.INTENT)) == 1
        assert [leaf.outcome for leaf in gateway.leaves(Kind.OUTCOME)] == [Outcome.COMPLETE]
        told = {reply.body for reply in replies if reply.status == 200}
        assert len(told) == 1
        assert {reply.code for reply in replies if reply.status != 200} <= {"gateway/idempotency-running"}

    tell(tmp_path, story)
