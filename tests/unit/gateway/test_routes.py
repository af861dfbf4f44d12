"""Which path goes where, and what the gateway's own few answers say."""

import asyncio

import pytest

from brightline.gateway.errors import UseError
from brightline.gateway.exchange import Exchange
from brightline.gateway.http1 import Head
from brightline.gateway.metrics import Metrics
from brightline.gateway.routes import Routes
from brightline.identity.errors import CredentialError
from brightline.testing.rooms import House
from brightline.wire import RequestError


@pytest.fixture
def house() -> House:
    return House(UseError("gateway/internal"))


async def prove(index: int) -> bytes:
    return b"proof of %d" % index


def play(house: House, method: str, path: str, *, query: str = "", peer: str = "127.0.0.1", ready: str = "") -> bytes:
    metrics = Metrics(house.counters, dict, dict, agreement="a", enclave="e")
    routes = Routes(house.rooms, metrics=metrics, readiness=lambda: ready, prove=prove, started_ms=0)
    exchange = Exchange(house.wire, Head(method, path, query, ()), peer)  # type: ignore[arg-type]
    exchange.end_body()
    asyncio.run(routes.handle(exchange))
    return house.told


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("GET", "/nothing", b"gateway/not-found"),
        ("POST", "/metrics", b"gateway/method-not-allowed"),
        ("GET", "/v1/messages", b"gateway/method-not-allowed"),
        ("HEAD", "/v1/chat/completions", b""),
    ],
)
def test_what_is_not_served_is_refused(house: House, method: str, path: str, code: bytes) -> None:
    told = play(house, method, path)
    assert told.startswith(b"HTTP/1.1 40")
    assert code in told


def test_a_query_is_refused_in_the_dialect_of_its_path(house: House) -> None:
    told = play(house, "POST", "/v1/messages", query="x=1")
    assert b'"type":"error"' in told
    assert RequestError("wire/unknown-query").code.encode() in told


@pytest.mark.parametrize("peer", ["10.0.0.1", "", "not an address"])
def test_metrics_are_for_this_machine(house: House, peer: str) -> None:
    assert play(house, "GET", "/metrics", peer=peer).startswith(b"HTTP/1.1 404")


@pytest.mark.parametrize("peer", ["127.0.0.1", "::1"])
def test_metrics_are_told_to_this_machine(house: House, peer: str) -> None:
    assert b'brightline_unauthenticated_calls_total{agreement="a",enclave="e"} 0.0' in play(
        house, "GET", "/metrics", peer=peer
    )


@pytest.mark.parametrize("path", ["/v1/models", "/brightline/proof/7"])
def test_a_stranger_is_told_nothing(house: House, path: str) -> None:
    house.door.error = CredentialError("identity/no-credential")
    assert play(house, "GET", path).startswith(b"HTTP/1.1 401")
    assert house.counters.unauthenticated == 1


def test_a_known_caller_sees_models_and_proofs(house: House) -> None:
    assert b'"small"' in play(house, "GET", "/v1/models")
    assert play(house, "GET", "/brightline/proof/7").endswith(b"proof of 7")


@pytest.mark.parametrize(("ready", "status"), [("", b"200"), ("ledger/low-disk", b"503")])
def test_readiness_names_what_is_missing(house: House, ready: str, status: bytes) -> None:
    told = play(house, "GET", "/readyz", ready=ready)
    assert told.startswith(b"HTTP/1.1 " + status)
    assert told.endswith((ready or "ready").encode() + b"\n")
    assert play(house, "GET", "/healthz", ready=ready).endswith(b"ok\n")


def test_a_caller_that_left_is_told_nothing(house: House) -> None:
    metrics = Metrics(house.counters, dict, dict, agreement="a", enclave="e")
    routes = Routes(house.rooms, metrics=metrics, readiness=str, prove=prove, started_ms=0)
    exchange = house.exchange("/healthz", b"", method="GET")
    exchange.lose()
    routes.refuse(exchange, UseError("gateway/internal"))
    asyncio.run(routes.handle(exchange))
    assert house.told == b""
