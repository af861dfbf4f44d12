import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from brightline.providers.endpoint import Endpoint
from brightline.providers.errors import EndpointError, ProvidersError, SecretError
from brightline.providers.health import HealthRule, HealthState
from brightline.providers.ports import UpstreamRequest
from brightline.providers.secret import FileSecret
from brightline.providers.service import Upstream
from brightline.testing.provider_simulator import ProviderSimulator

CANARY = "sk-canary-%s-100%%"
GET = UpstreamRequest("/v1/models", method="GET")


def chat(model: str = "sim-echo", **settings: object) -> UpstreamRequest:
    return UpstreamRequest("/v1/chat/completions", b'{"model":"%s"}' % model.encode(), **settings)


def play(
    story: Callable[[ProviderSimulator, Upstream], Awaitable[None]], key: Path, *, auth_style: str = "bearer"
) -> None:
    async def main() -> None:
        async with ProviderSimulator() as simulator:
            endpoint = Endpoint(
                deployment_id="d",
                base_url=simulator.base_url,
                secret=None if auth_style == "none" else FileSecret(key),
                auth_style=auth_style,
            )
            upstream = Upstream([endpoint], clock=lambda: 0.0, rule=HealthRule(failures=2))
            await story(simulator, upstream)
            upstream.close()
            await asyncio.sleep(0.01)

    asyncio.run(main())


async def refused(awaitable: Awaitable[object]) -> str:
    with pytest.raises(ProvidersError) as caught:
        await awaitable
    assert "canary" not in f"{caught.value!r} {caught.value.words}"
    return caught.value.code


@pytest.fixture
def key(tmp_path: Path) -> Path:
    (tmp_path / "key").write_text(CANARY)
    return tmp_path / "key"


@pytest.mark.parametrize(
    "request_",
    [
        chat(headers=(("x", "a\r\nb: c"),)),
        chat(headers=(("x", "\x00"),)),
        chat(headers=(("x", "ü"),)),
        chat(headers=(("X", "1"),)),
        chat(headers=(("a b", "1"),)),
        chat(headers=(("host", "evil.example"),)),
        chat(headers=(("transfer-encoding", "chunked"),)),
        chat(headers=(("authorization", "Bearer mine"),)),
        UpstreamRequest("no-slash"),
        UpstreamRequest("/v1/a b"),
        UpstreamRequest("/v1/../admin"),
        UpstreamRequest("/v1/x\r\ny: z"),
        UpstreamRequest("/v1/models", method="DELETE"),
    ],
)
def test_a_request_that_could_say_something_else_is_never_sent(key: Path, request_: UpstreamRequest) -> None:
    async def story(simulator: ProviderSimulator, upstream: Upstream) -> None:
        assert await refused(upstream.send("d", request_)) == "providers/bad-request"
        assert (simulator.connections, upstream.status()[0].requests) == (0, 0)

    play(story, key)


def test_an_unknown_deployment_has_no_endpoint(key: Path) -> None:
    async def story(_: ProviderSimulator, upstream: Upstream) -> None:
        assert await refused(upstream.send("other", chat())) == "providers/no-endpoint"
        assert not upstream.available("other")

    play(story, key)


@pytest.mark.parametrize(
    ("style", "name", "value"), [("bearer", "authorization", f"Bearer {CANARY}"), ("x-api-key", "x-api-key", CANARY)]
)
def test_the_key_goes_where_the_provider_expects_it(key: Path, style: str, name: str, value: str) -> None:
    async def story(simulator: ProviderSimulator, upstream: Upstream) -> None:
        passed = (("anthropic-beta", "one, two"), ("content-type", "application/json"))
        answer = await upstream.send("d", chat(headers=passed))
        await answer.read(10_000)
        await (await upstream.send("d", GET)).read(10_000)
        received = simulator.requests[0]
        assert received.get(name) == value
        assert set(passed) < set(received.headers)
        assert len({header for header, _ in received.headers}) == len(received.headers)
        assert simulator.requests[1].head.startswith(b"GET /v1/models HTTP/1.1\r\n")
        assert "canary" not in repr(upstream) + repr(answer) + repr(upstream._targets) + repr(upstream.status())

    play(story, key, auth_style=style)


def test_header_lines_are_kept_few_and_short_and_sent_all_the_same(key: Path) -> None:
    async def story(simulator: ProviderSimulator, upstream: Upstream) -> None:
        values = ["a" * 600, *(f"beta-{at}" for at in range(66)), "beta-0", "a" * 600]
        for value in values:
            answer = await upstream.send("d", chat(headers=(("anthropic-beta", value),)))
            await answer.read(10_000)
        assert [request.get("anthropic-beta") for request in simulator.requests] == values
        assert len(upstream._targets["d"]._passed) == 64

    play(story, key)


def test_a_path_not_asked_before_is_prepared_and_many_are_not_all_kept(key: Path) -> None:
    async def story(simulator: ProviderSimulator, upstream: Upstream) -> None:
        for at in range(70):
            answer = await upstream.send("d", UpstreamRequest(f"/v1/p{at}?a=%20b", b"{}"))
            await answer.read(10_000)
        assert len(upstream._targets["d"]._heads) <= 64
        assert [received.path for received in simulator.requests[-2:]] == ["/v1/p68?a=%20b", "/v1/p69?a=%20b"]

    play(story, key, auth_style="none")


def test_a_failing_deployment_rests(key: Path) -> None:
    async def story(simulator: ProviderSimulator, upstream: Upstream) -> None:
        assert upstream.available("d")
        for _ in range(2):
            await (await upstream.send("d", chat("sim-500"))).read(10_000)
        assert not upstream.available("d")
        assert upstream.status()[0].state is HealthState.DOWN
        assert await refused(upstream.send("d", chat())) == "providers/down"
        assert len(simulator.requests) == 2

    play(story, key)


def test_a_port_where_nobody_listens_counts_against_health() -> None:
    async def main() -> None:
        endpoint = Endpoint(deployment_id="d", base_url="http://127.0.0.1:1", auth_style="none")
        upstream = Upstream([endpoint], clock=lambda: 0.0)
        assert await refused(upstream.send("d", chat())) == "providers/unreachable"
        assert upstream.status()[0].failures == 1
        upstream.close()
        assert await refused(upstream.send("d", chat())) == "providers/closed"
        assert upstream.status()[0].failures == 1

    asyncio.run(main())


def test_a_call_given_up_is_no_failure(key: Path) -> None:
    async def story(simulator: ProviderSimulator, upstream: Upstream) -> None:
        task = asyncio.ensure_future(upstream.send("d", chat("sim-hang")))
        while not simulator.requests:
            await asyncio.sleep(0.001)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert upstream.status()[0].failures == 0

    play(story, key)


def test_reloading_takes_the_new_key_or_keeps_the_old(key: Path) -> None:
    async def story(simulator: ProviderSimulator, upstream: Upstream) -> None:
        async def shown() -> str | None:
            await (await upstream.send("d", chat())).read(10_000)
            return simulator.requests[-1].get("authorization")

        assert await shown() == f"Bearer {CANARY}"
        key.write_text("")
        with pytest.raises(SecretError):
            await upstream.reload()
        assert await shown() == f"Bearer {CANARY}"
        key.write_text("sk-canary-new\n")
        await upstream.reload()
        assert await shown() == "Bearer sk-canary-new"

    play(story, key)


def test_two_endpoints_for_one_deployment_refuse() -> None:
    endpoint = Endpoint(deployment_id="d", base_url="https://h", auth_style="none")
    with pytest.raises(EndpointError) as caught:
        Upstream([endpoint, endpoint], clock=lambda: 0.0)
    assert caught.value.code == "providers/bad-endpoint"


def test_a_kept_connection_that_turns_out_dead_costs_one_more_try(key: Path) -> None:
    async def story(simulator: ProviderSimulator, upstream: Upstream) -> None:
        for _ in range(2):
            await (await upstream.send("d", chat("sim-stale"))).read(10_000)
        assert (simulator.connections, len(simulator.requests)) == (2, 2)
        assert upstream.status()[0].state is HealthState.UP

    play(story, key)
