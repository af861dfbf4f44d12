"""The small rooms do as they are told, and no more."""

import asyncio

import pytest

from brightline.domain.call import Dialect
from brightline.domain.leaf import Kind, Leaf
from brightline.domain.record import Entry
from brightline.gateway.errors import UseError
from brightline.providers import UnreachableError, UpstreamRequest
from brightline.testing.rooms import DEPLOYMENT, WHO, Answer, House


@pytest.fixture
def house() -> House:
    return House(UseError("gateway/internal"))


def test_the_ledger_fails_where_it_is_told_and_keeps_nothing_then(house: House) -> None:
    house.ledger.fail_at = {0}
    entry = Entry(Leaf(kind=Kind.PADDING).encode())
    with pytest.raises(UseError):
        asyncio.run(house.ledger.append(entry))
    assert house.ledger.entries == []
    assert asyncio.run(house.ledger.append(entry)).index == 0
    assert [leaf.kind for leaf in house.ledger.leaves] == [Kind.PADDING]


def test_the_upstream_gives_what_it_was_given(house: House) -> None:
    house.upstream.answer = UnreachableError("providers/unreachable", deployment="dep", why="told so")
    with pytest.raises(UnreachableError):
        asyncio.run(house.upstream.send("dep", UpstreamRequest("/v1/x")))
    house.upstream.answer = Answer(200, "text/plain", b"a", b"b")
    answer = asyncio.run(house.upstream.send("dep", UpstreamRequest("/v1/x")))
    assert answer.get("content-type") == "text/plain"
    assert asyncio.run(answer.read(10)) == b"ab"
    answer.cancel()
    assert answer.cancelled
    assert house.upstream.available("dep")


def test_the_door_and_the_agreement_answer_as_told(house: House) -> None:
    assert house.door.authenticate((), "") is WHO
    assert house.agreement.resolve("any", Dialect.OPENAI_CHAT).deployments == (DEPLOYMENT,)
    assert house.agreement.aliases(Dialect.OPENAI_CHAT) == ("small",)
    assert house.agreement.effect_of("any").effect == "read"
    assert house.replays.find(b"") is None


def test_the_wire_keeps_what_is_written(house: House) -> None:
    seen: list[bytes] = []
    house.wire.on_write = seen.append
    exchange = house.exchange("/x", b"body")
    assert asyncio.run(exchange.body()) == b"body"
    exchange.respond(200, [], b"answer")
    exchange.abort()
    asyncio.run(house.wire.drained())
    house.wire.want_body()
    assert house.told.endswith(b"answer")
    assert seen
    assert house.wire.aborted
