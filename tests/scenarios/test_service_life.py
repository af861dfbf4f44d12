"""The service from start to stop: what signals do, what a certificate does, and what a start that fails says."""

import asyncio
import datetime
import ipaddress
import json
import os
import signal
import socket
import ssl
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import uvloop
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from brightline.domain.errors import BrightlineError
from brightline.domain.leaf import Kind, Outcome, decode
from brightline.domain.tiles import decode_bundle
from brightline.gateway.app import open_house
from brightline.gateway.logs import stderr_log
from brightline.gateway.serve import Service
from brightline.testing.house import PATHS, Gateway, HouseSettings, body_of, eventually, make_house, running, tell
from brightline.testing.provider_simulator import ProviderSimulator
from brightline.testing.simulated_answers import OpenAiVoice, read_ask
from brightline.testing.simulated_faults import Stage


def write_certificate(folder: Path, name: str) -> Path:
    """A self-signed certificate for the loopback and its key, as the gateway's settings name them."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.datetime.now(datetime.UTC)
    title = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder(
            issuer_name=title,
            subject_name=title,
            public_key=key.public_key(),
            serial_number=x509.random_serial_number(),
            not_valid_before=now - datetime.timedelta(days=1),
            not_valid_after=now + datetime.timedelta(days=1),
        )
        .add_extension(address, critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, none = serialization.Encoding.PEM, serialization.NoEncryption()
    (folder / "server.key").write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, none))
    (folder / "server.pem").write_bytes(certificate.public_bytes(pem))
    return folder / "server.pem"


def at_house(
    tmp_path: Path, story: Callable[[Path, ProviderSimulator], object], *, key: str | None = None, **settings: str
) -> None:
    """Run `story` with a house that no gateway serves yet."""

    async def whole() -> None:
        async with ProviderSimulator(key=key) as simulator:
            house = make_house(tmp_path / "house", HouseSettings(base_url=simulator.base_url, **settings))
            await story(house, simulator)  # type: ignore[misc]

    uvloop.run(whole())


def published(gateway: Gateway) -> list[bytes]:
    """The leaves in the log directory, as its reader finds them."""
    (bundle,) = (gateway.house.log_directory / "tile" / "entries").rglob("000.p/*")
    return list(decode_bundle(bundle.read_bytes(), int(bundle.name)))


def refused_start(tmp_path: Path, **settings: str) -> BrightlineError:
    async def story(house: Path, simulator: ProviderSimulator) -> None:
        async with running(house, simulator):
            pytest.fail("it started")

    with pytest.raises(BrightlineError) as caught:
        at_house(tmp_path, story, **settings)
    return caught.value


def test_a_taken_port_is_said(tmp_path: Path) -> None:
    async def story(house: Path, simulator: ProviderSimulator) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(BrightlineError) as caught:
            await Service(await open_house(house), stderr_log()).run(host="127.0.0.1", port=taken.getsockname()[1])
        assert caught.value.code == "gateway/port-taken"
        # The store was given back: the next start can have it.
        async with running(house, simulator) as gateway:
            assert await gateway.ready() == "ready"

    at_house(tmp_path, story)


def test_a_certificate_that_is_none_is_said(tmp_path: Path) -> None:
    error = refused_start(tmp_path, gateway='tls_certificate = "none.pem"\ntls_key = "none.key"')
    assert error.code == "gateway/settings-invalid"


def test_a_providers_key_that_is_missing_is_said(tmp_path: Path) -> None:
    error = refused_start(tmp_path, deployment='secret = { file = "provider.secret" }')
    assert error.code == "providers/key-unreadable"


def test_a_second_gateway_on_one_directory_is_refused(tmp_path: Path) -> None:
    async def story(gateway: Gateway) -> None:
        with pytest.raises(BrightlineError) as caught:
            async with running(gateway.house.data_dir, gateway.simulator):
                pytest.fail("it started")
        assert caught.value.code == "storage/locked"

    tell(tmp_path, story)


def test_draining_lets_a_stream_end_and_takes_nothing_new(tmp_path: Path) -> None:
    async def story(gateway: Gateway) -> None:
        streaming, idle = await gateway.line(), await gateway.line()
        streaming.ask("POST", PATHS["openai"], body_of("sim-slow", stream=True), gateway.credential())
        await streaming.until(b"data: ")
        os.kill(os.getpid(), signal.SIGTERM)
        await eventually(lambda: gateway.log.rows("draining"))
        assert (await idle.reply()).status == 0
        with pytest.raises(ConnectionError):
            await gateway.line()
        reply = await streaming.reply()
        assert reply.whole
        assert reply.body.endswith(b"data: [DONE]\n\n")
        assert gateway.log.rows("draining")[0]["uses"] == 1
        await eventually(lambda: gateway.log.rows("stopped"))

    tell(tmp_path, story, stage=Stage(ask=read_ask(b"", 0), voice=OpenAiVoice(), slow_seconds=0.01))


def test_a_use_that_outlasts_the_drain_is_closed_in_the_ledger(tmp_path: Path) -> None:
    async def story(gateway: Gateway) -> None:
        line = await gateway.line()
        line.ask("POST", PATHS["openai"], body_of("sim-hang", stream=True), gateway.credential())
        await eventually(lambda: gateway.simulator.requests)
        gateway.service.stop()
        assert (await line.reply()).status == 0
        await eventually(lambda: gateway.log.rows("stopped"))
        leaves = [decode(leaf) for leaf in published(gateway)]
        assert [leaf.outcome for leaf in leaves if leaf.kind is Kind.OUTCOME] == [Outcome.CANCELLED]

    tell(tmp_path, story, gateway="drain_seconds = 0.1")


def test_a_reload_reads_the_providers_key_again(tmp_path: Path) -> None:
    async def story(house: Path, simulator: ProviderSimulator) -> None:
        secret = house / "provider.secret"
        secret.write_text("first\n")
        secret.chmod(0o600)
        async with running(house, simulator) as gateway:
            gateway.key = await gateway.add_key()
            assert (await gateway.post("openai", "small")).status == 200
            secret.write_text("second\n")
            reply = await gateway.post("openai", "small")
            assert simulator.requests[-1].get("authorization") == "Bearer first"
            os.kill(os.getpid(), signal.SIGHUP)
            await eventually(lambda: gateway.log.rows("reloaded"))
            reply = await gateway.post("openai", "small")
            assert simulator.requests[-1].get("authorization") == "Bearer second"
            # The provider refuses our key: that is our fault, not the caller's.
            assert (reply.status, reply.code) == (502, "providers/key-refused")
            secret.unlink()
            os.kill(os.getpid(), signal.SIGHUP)
            await eventually(lambda: gateway.log.rows("reload-failed"))
            assert gateway.log.rows("reload-failed")[0]["code"] == "providers/key-unreadable"
            await gateway.post("openai", "small")
            assert simulator.requests[-1].get("authorization") == "Bearer second"
            assert "second" not in gateway.log.text

    at_house(tmp_path, story, key="first", deployment='secret = { file = "provider.secret" }')


def test_tls_is_spoken_and_its_certificate_read_again(tmp_path: Path) -> None:
    async def story(house: Path, simulator: ProviderSimulator) -> None:
        old = write_certificate(house, "old")
        trust = ssl.create_default_context(cafile=old)
        async with running(house, simulator) as gateway:
            gateway.tls = trust
            gateway.key = await gateway.add_key()
            for stream in (False, True):
                reply = await gateway.post("anthropic", "small", stream=stream)
                assert (reply.status, reply.whole) == (200, True)
            held = await gateway.line()
            new = write_certificate(house, "new")
            os.kill(os.getpid(), signal.SIGHUP)
            await eventually(lambda: gateway.log.rows("reloaded"))
            with pytest.raises(ssl.SSLError):
                await gateway.line()
            # A connection that stands keeps what it was made with.
            held.ask("GET", "/readyz", b"", ())
            assert (await held.reply()).status == 200
            await held.close()
            gateway.tls = ssl.create_default_context(cafile=new)
            assert (await gateway.post("openai", "small")).status == 200
            (house / "server.pem").write_text("no certificate")
            os.kill(os.getpid(), signal.SIGHUP)
            await eventually(lambda: gateway.log.rows("reload-failed"))
            assert (await gateway.post("openai", "small")).status == 200
            assert str(gateway.log.rows("ready")[0]["url"]).startswith("https://")
            plain, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
            writer.write(b"GET /readyz HTTP/1.1\r\nhost: a\r\n\r\n")
            assert b"HTTP/1.1 200" not in await plain.read()
            writer.close()

    settings = 'tls_certificate = "server.pem"\ntls_key = "server.key"'
    at_house(tmp_path, story, gateway=settings)


def test_a_process_told_to_stop_ends_its_streams_and_says_that_all_is_well(tmp_path: Path) -> None:
    async def story(house: Path, simulator: ProviderSimulator) -> None:
        async with running(house, simulator) as gateway:
            key = await gateway.add_key()
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "brightline.cli", "serve", "--data", str(house), "--port", "0"),
            stderr=asyncio.subprocess.PIPE,
        )
        assert process.stderr is not None
        try:
            row: dict[str, object] = {}
            while row.get("event") != "ready":
                row = json.loads(await asyncio.wait_for(process.stderr.readline(), 10))
            gateway.port = int(str(row["url"]).rpartition(":")[2])
            gateway.key = key
            line = await gateway.line()
            line.ask("POST", PATHS["openai"], body_of("sim-slow", stream=True), gateway.credential())
            await line.until(b"data: ")
            process.send_signal(signal.SIGTERM)
            assert (await line.reply()).body.endswith(b"data: [DONE]\n\n")
            _, told = await asyncio.wait_for(process.communicate(), 10)
            assert process.returncode == 0
            assert json.loads(told.splitlines()[-1])["event"] == "stopped"
        finally:
            await gateway.hang_up()
            if process.returncode is None:
                process.kill()
                await process.wait()

    at_house(tmp_path, story)
