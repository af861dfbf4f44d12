"""One suite for the way to a provider: over plain TCP and TLS, on asyncio's loop and on uvloop's."""

import asyncio
import datetime
import ipaddress
import json
import ssl
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
import uvloop
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from brightline.providers import Answer, Endpoint, FileSecret, HealthState, ProvidersError, Upstream, UpstreamRequest
from brightline.testing.provider_simulator import ProviderSimulator
from brightline.testing.simulated_answers import OpenAiVoice, read_ask
from brightline.testing.simulated_faults import Stage

JSON = (("content-type", "application/json"),)
CANARY = "sk-canary-3f9a1c77"
BIG = 8 * 1024 * 1024
Story = Callable[[ProviderSimulator, Upstream], Awaitable[None]]


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A CA file, and a server's key with its chain; both valid around the real clock."""
    folder = tmp_path_factory.mktemp("tls")
    now = datetime.datetime.now(datetime.UTC)
    ca_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    ca_name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "sim ca")])

    def build(name: x509.Name, public: ec.EllipticCurvePublicKey, *extensions: x509.ExtensionType) -> x509.Certificate:
        builder = x509.CertificateBuilder(
            issuer_name=ca_name,
            subject_name=name,
            public_key=public,
            serial_number=x509.random_serial_number(),
            not_valid_before=now - datetime.timedelta(days=1),
            not_valid_after=now + datetime.timedelta(days=1),
        )
        for extension in extensions:
            builder = builder.add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
        return builder.sign(ca_key, hashes.SHA256())

    skid = x509.SubjectKeyIdentifier.from_public_key(ca_key.public_key())
    ca = build(ca_name, ca_key.public_key(), x509.BasicConstraints(ca=True, path_length=0), skid)
    leaf = build(
        x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "sim")]),
        key.public_key(),
        x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
        x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(skid),
    )
    pem = serialization.Encoding.PEM
    (folder / "ca.pem").write_bytes(ca.public_bytes(pem))
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "server.pem").write_bytes(private + leaf.public_bytes(pem))
    return folder / "ca.pem", folder / "server.pem"


@pytest.fixture(params=["plain-asyncio", "plain-uvloop", "tls-asyncio", "tls-uvloop"])
def play(request: pytest.FixtureRequest, certificates: tuple[Path, Path], tmp_path: Path) -> Callable[..., None]:
    """Run a story with a simulator and a way to it, over one transport and loop."""
    transport, loop = request.param.split("-")

    def run(story: Story, **settings: object) -> None:
        async def main() -> None:
            tls = None
            if transport == "tls":
                tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                tls.load_cert_chain(certificates[1])
            (tmp_path / "key").write_text(CANARY + "\n")
            stage = Stage(ask=read_ask(b"", 0), voice=OpenAiVoice(), big_bytes=BIG, slow_seconds=0.02)
            async with ProviderSimulator(key=CANARY, tls=tls, stage=stage) as simulator:
                given = {"connect_timeout": 5.0, "first_byte_timeout": 5.0, **settings}
                endpoint = Endpoint(
                    deployment_id="sim",
                    base_url=simulator.base_url,
                    secret=FileSecret(tmp_path / "key"),
                    ca_file=certificates[0] if tls else None,
                    **given,
                )
                upstream = Upstream([endpoint], clock=time.monotonic)
                try:
                    await story(simulator, upstream)
                finally:
                    upstream.close()
                    await asyncio.sleep(0)

        if loop == "uvloop":
            uvloop.run(main())
        else:
            asyncio.run(main())

    return run


def ask(model: str, *, stream: bool = False, path: str = "/v1/chat/completions", pad: int = 0) -> UpstreamRequest:
    body = {"model": model, "stream": stream, "messages": [{"role": "user", "content": "hello"}], "pad": "p" * pad}
    return UpstreamRequest(path, json.dumps(body).encode(), headers=JSON)


async def refused(awaitable: Awaitable[object]) -> str:
    with pytest.raises(ProvidersError) as caught:
        await awaitable
    assert CANARY not in f"{caught.value!r} {caught.value} {caught.value.hint} {caught.value.words}"
    return caught.value.code


async def whole(upstream: Upstream, request: UpstreamRequest) -> bytes:
    return await (await upstream.send("sim", request)).read(1 << 30)


async def settled(condition: Callable[[], bool]) -> None:
    """Let the other side take notice."""
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.005)


def code_of(play: Callable[..., None], model: str, *, stream: bool = False, **settings: object) -> str:
    codes: list[str] = []

    async def story(_: ProviderSimulator, upstream: Upstream) -> None:
        codes.append(await refused(whole(upstream, ask(model, stream=stream))))
        assert upstream.status()[0].open_connections in {0, 1}

    play(story, **settings)
    return codes[0]


@pytest.mark.parametrize(
    ("model", "code"),
    [
        ("sim-cut", "providers/cut"),
        ("sim-reset", "providers/cut"),
        ("sim-reset-early", "providers/cut"),
        ("sim-close-early", "providers/cut"),
        ("sim-not-http", "providers/garbage"),
        ("sim-header-flood", "providers/garbage"),
        ("sim-endless-header", "providers/garbage"),
        ("sim-endless-interim", "providers/garbage"),
        ("sim-endless-trailer", "providers/garbage"),
        ("sim-two-lengths", "providers/garbage"),
        ("sim-length-and-chunks", "providers/garbage"),
        ("sim-odd-coding", "providers/garbage"),
        ("sim-version-2", "providers/garbage"),
        ("sim-upgrade", "providers/garbage"),
        ("sim-encoded", "providers/encoded-answer"),
    ],
)
def test_an_unusable_answer_raises_and_the_connection_is_gone(play, model: str, code: str) -> None:
    assert code_of(play, model) == code


def test_a_stream_cut_in_the_middle_raises_after_what_came(play) -> None:
    async def story(_: ProviderSimulator, upstream: Upstream) -> None:
        answer = await upstream.send("sim", ask("sim-cut", stream=True))
        got: list[bytes] = []

        async def consume() -> None:
            async for piece in answer.chunks():
                got.append(piece)

        assert await refused(consume()) == "providers/cut"
        assert b"".join(got).count(b"data: ") > 10
        assert upstream.status()[0].failures == 1

    play(story)


@pytest.mark.parametrize("model", ["sim-hang", "sim-hang-mid"])
@pytest.mark.parametrize("stream", [False, True])
def test_silence_ends_in_a_timeout(play, model: str, stream: bool) -> None:
    assert code_of(play, model, stream=stream, first_byte_timeout=0.05, idle_timeout=0.05) == "providers/timeout"


def test_a_drip_does_not_outlast_the_total_time(play) -> None:
    assert code_of(play, "sim-slow", stream=True, total_timeout=0.08) == "providers/timeout"


def test_an_answer_over_the_endpoints_limit_is_refused(play) -> None:
    assert code_of(play, "sim-big", max_answer_bytes=100_000) == "providers/answer-too-big"


def test_an_answer_over_the_readers_limit_is_refused_and_cut(play) -> None:
    async def story(simulator: ProviderSimulator, upstream: Upstream) -> None:
        answer = await upstream.send("sim", ask("sim-hang-mid", stream=True))
        assert await refused(answer.read(100)) == "providers/answer-too-big"
        assert upstream.status()[0].failures == 0
        await settled(lambda: simulator.disconnects == 1)

    play(story)


def test_a_body_goes_out_byte_for_byte_and_one_connection_serves_many(play) -> None:
    async def story(simulator: ProviderSimulator, upstream: Upstream) -> None:
        request = ask("sim-echo")
        for _ in range(5):
            answer = await upstream.send("sim", request)
            assert (answer.status, answer.content_type) == (200, "application/json")
            assert answer.get("server") == "brightline-provider-simulator"
            assert b"You said: hello" in await answer.read(10_000)
        assert {received.body for received in simulator.requests} == {request.body}
        assert {received.get("authorization") for received in simulator.requests} == {f"Bearer {CANARY}"}
        assert {received.get("accept-encoding") for received in simulator.requests} == {"identity"}
        assert simulator.connections == 1

    play(story)


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/messages"])
def test_a_stream_comes_in_pieces_and_ends(play, path: str) -> None:
    async def story(simulator: ProviderSimulator, upstream: Upstream) -> None:
        answer = await upstream.send("sim", ask("sim-slow", stream=True, path=path))
        got = [piece async for piece in answer.chunks()]
        assert len(got) > 5
        assert b"".join(got).rstrip().endswith((b"[DONE]", b'"message_stop"}'))
        await whole(upstream, ask("sim-echo", path=path))
        assert simulator.connections == 1

    play(story)


@pytest.mark.parametrize("model", ["sim-interim", "sim-trailers", "sim-echo", "sim-stale"])
def test_odd_but_proper_answers_are_read_and_the_connection_kept(play, model: str) -> None:
    async def story(simulator: ProviderSimulator, upstream: Upstream) -> None:
        answer = await upstream.send("sim", ask(model))
        assert "x-sim" not in dict(answer.headers)
        assert json.loads(await answer.read(10_000))["model"] == model
        await settled(lambda: upstream.status()[0].idle_connections == 1)

    play(story)


@pytest.mark.parametrize("model", ["sim-http10", "sim-until-close", "sim-close", "sim-twice"])
def test_connections_that_may_not_be_kept_are_closed(play, model: str) -> None:
    async def story(simulator: ProviderSimulator, upstream: Upstream) -> None:
        for _ in range(2):
            assert json.loads(await whole(upstream, ask(model)))["model"] == model
            await settled(lambda: upstream.status()[0].open_connections == 0)
        assert simulator.connections == 2

    play(story)


@pytest.mark.parametrize(("model", "status"), [("sim-429", 429), ("sim-529", 529), ("sim-302", 302), ("sim-500", 500)])
def test_a_refusal_passes_with_its_headers_and_nothing_is_followed(play, model: str, status: int) -> None:
    async def story(simulator: ProviderSimulator, upstream: Upstream) -> None:
        answer = await upstream.send("sim", ask(model))
        assert answer.status == status
        assert b"simulated" in await answer.read(10_000)
        if status == 429:
            assert (answer.get("retry-after"), answer.get("retry-after-ms")) == ("7", "7000")
        assert len(simulator.requests) == 1

    play(story)


def test_a_connection_that_died_idle_costs_one_more_try_and_no_more(play) -> None:
    async def story(simulator: ProviderSimulator, upstream: Upstream) -> None:
        await whole(upstream, ask("sim-stale"))
        assert b"hello" in await whole(upstream, ask("sim-echo"))
        assert simulator.connections == 2
        assert upstream.status()[0].state is HealthState.UP
        await whole(upstream, ask("sim-echo"))
        assert await refused(whole(upstream, ask("sim-close-early"))) == "providers/cut"
        assert simulator.connections == 3
        assert [bool(b"close-early" in received.body) for received in simulator.requests].count(True) == 2

    play(story)


def test_a_slow_reader_stalls_the_provider_and_memory_stays_bounded(play) -> None:
    async def story(simulator: ProviderSimulator, upstream: Upstream) -> None:
        answer = await upstream.send("sim", ask("sim-big", stream=True))
        await asyncio.sleep(0.3)  # all the time a provider needs to send everything, were it let
        assert answer._queued < 1024 * 1024
        stalled = simulator.sent_bytes
        await asyncio.sleep(0.05)
        assert simulator.sent_bytes == stalled < BIG
        assert sum([len(piece) async for piece in answer.chunks()]) > BIG

    play(story, idle_timeout=0.2)


def test_a_large_request_is_sent_whole(play) -> None:
    async def story(simulator: ProviderSimulator, upstream: Upstream) -> None:
        request = ask("sim-echo", pad=3_000_000)
        assert b"hello" in await whole(upstream, request)
        assert simulator.requests[0].body == request.body
        assert upstream.status()[0].idle_connections == 1

    play(story)


def test_an_early_refusal_stops_a_large_request(play) -> None:
    async def story(simulator: ProviderSimulator, upstream: Upstream) -> None:
        answer = await upstream.send("sim", ask("sim-early", pad=50_000_000))
        assert answer.status == 413
        assert b"too large" in await answer.read(10_000)
        assert len(simulator.requests[0].body) < 5_000_000
        await settled(lambda: upstream.status()[0].open_connections == 0)

    play(story)


@pytest.mark.parametrize("model", ["sim-hang", "sim-hang-mid"])
def test_giving_up_is_seen_by_the_provider_and_is_no_fault_of_it(play, model: str) -> None:
    async def story(simulator: ProviderSimulator, upstream: Upstream) -> None:
        async def run() -> None:
            answer: Answer = await upstream.send("sim", ask(model, stream=True))
            async for _ in answer.chunks():
                pass

        task = asyncio.ensure_future(run())
        await settled(lambda: len(simulator.requests) == 1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await settled(lambda: simulator.disconnects == 1)
        assert (upstream.status()[0].failures, upstream.status()[0].open_connections) == (0, 0)

    play(story)


def test_a_cancelled_answer_raises_to_its_reader(play) -> None:
    async def story(simulator: ProviderSimulator, upstream: Upstream) -> None:
        answer = await upstream.send("sim", ask("sim-hang-mid", stream=True))
        answer.cancel()
        answer.cancel()
        assert await refused(answer.read(10_000_000)) == "providers/cancelled"
        assert answer.failed
        await settled(lambda: simulator.disconnects == 1)

    play(story)


def test_more_calls_than_connections_wait_their_turn(play) -> None:
    async def story(simulator: ProviderSimulator, upstream: Upstream) -> None:
        bodies = await asyncio.gather(*(whole(upstream, ask("sim-echo")) for _ in range(8)))
        assert len(bodies) == 8
        assert simulator.connections <= 2

    play(story, max_connections=2)


def test_waiting_for_a_connection_is_bounded(play) -> None:
    async def story(simulator: ProviderSimulator, upstream: Upstream) -> None:
        holding = await upstream.send("sim", ask("sim-hang-mid", stream=True))
        assert await refused(upstream.send("sim", ask("sim-echo"))) == "providers/busy"
        assert len(simulator.requests) == 1
        assert upstream.status()[0].failures == 0
        holding.cancel()
        assert b"hello" in await whole(upstream, ask("sim-echo"))

    play(story, max_connections=1, connect_timeout=0.3)


def test_closing_cuts_what_runs_and_refuses_what_comes(play) -> None:
    async def story(_: ProviderSimulator, upstream: Upstream) -> None:
        answer = await upstream.send("sim", ask("sim-hang-mid", stream=True))
        upstream.close()
        assert await refused(answer.read(10_000_000)) == "providers/cancelled"
        assert await refused(upstream.send("sim", ask("sim-echo"))) == "providers/closed"

    play(story)


def test_a_server_that_proves_nothing_is_not_spoken_to(certificates: tuple[Path, Path]) -> None:
    async def main(name: str) -> str:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificates[1])
        async with ProviderSimulator(tls=tls) as simulator:
            base_url = simulator.base_url.replace("127.0.0.1", name)
            ca = certificates[0] if name == "localhost" else None
            endpoint = Endpoint(deployment_id="sim", base_url=base_url, auth_style="none", ca_file=ca)
            upstream = Upstream([endpoint], clock=time.monotonic)
            code = await refused(upstream.send("sim", ask("sim-echo")))
            assert simulator.requests == []
            await asyncio.sleep(0.01)
            return code

    for name in ("127.0.0.1", "localhost"):  # an unknown CA; a name the certificate does not hold
        assert uvloop.run(main(name)) == "providers/tls"
