import asyncio
import contextlib
import json
import subprocess
import sys

import pytest

from brightline.testing import provider_simulator
from brightline.testing.provider_simulator import ProviderSimulator
from brightline.testing.simulated_answers import OpenAiVoice, read_ask
from brightline.testing.simulated_faults import Stage


def request(method: str, path: str, body: bytes = b"", *fields: bytes) -> bytes:
    lines = [f"{method} {path} HTTP/1.1".encode(), b"host: x", *fields, b"content-length: %d" % len(body)]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


async def answers(simulator: ProviderSimulator, *sent: bytes) -> list[tuple[int, bytes]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", simulator.port)
    found = []
    for piece in sent:
        writer.write(piece)
    for _ in sent:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.partition(b"content-length: ")[2].split(b"\r\n")[0])
        found.append((int(head.split(b" ")[1]), await reader.readexactly(length)))
    writer.close()
    await writer.wait_closed()
    return found


def play(*sent: bytes, key: str | None = None) -> tuple[list[tuple[int, bytes]], ProviderSimulator]:
    async def main() -> tuple[list[tuple[int, bytes]], ProviderSimulator]:
        async with ProviderSimulator(key=key) as simulator:
            return await answers(simulator, *sent), simulator

    return asyncio.run(main())


def test_a_wrong_key_refuses_in_either_place() -> None:
    good = (
        request("GET", "/v1/models", b"", b"x-api-key: k"),
        request("GET", "/v1/models", b"", b"authorization: Bearer k"),
    )
    found, _ = play(request("GET", "/v1/models"), *good, key="k")
    assert [status for status, _ in found] == [401, 200, 200]


def test_requests_that_come_together_are_answered_one_by_one_and_kept_byte_for_byte() -> None:
    bodies = [b'{"model":"sim-echo","n":%d}' % at for at in range(3)]
    found, simulator = play(*[request("POST", "/v1/chat/completions", body) for body in bodies])
    assert [status for status, _ in found] == [200] * 3
    assert [received.body for received in simulator.requests] == bodies
    assert simulator.requests[0].get("host") == "x"
    assert simulator.requests[0].get("none") is None


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/v1/unknown", b"{}", 404),
        ("/v1/messages", b'{"model":"sim-529"}', 529),
        ("/v1/messages/count_tokens", b'{"model":"sim-529"}', 529),
        ("/v1/messages/count_tokens", b'{"model":"any"}', 200),
        ("/v1/messages/count_tokens", b'{"model":"sim-echo"}', 200),
        ("/v1/messages", b'{"model":"sim-early"}', 413),
    ],
)
def test_each_path_has_its_answer(path: str, body: bytes, status: int) -> None:
    found, _ = play(request("POST", path, body))
    assert found[0][0] == status
    assert isinstance(json.loads(found[0][1]), dict)


def test_a_client_that_leaves_is_noticed() -> None:
    async def main() -> int:
        async with ProviderSimulator() as simulator:
            _, writer = await asyncio.open_connection("127.0.0.1", simulator.port)
            writer.write(request("POST", "/v1/messages", b'{"model":"sim-hang"}'))
            while not simulator.requests:
                await asyncio.sleep(0.001)
            writer.close()
            while not simulator.disconnects:
                await asyncio.sleep(0.001)
            return simulator.disconnects

    assert asyncio.run(main()) == 1


def test_closing_a_simulator_that_never_started_is_harmless() -> None:
    simulator = ProviderSimulator()
    asyncio.run(simulator.close())
    assert simulator.base_url == "http://127.0.0.1:0"


def test_as_a_process_it_says_its_port_and_ends_with_its_input() -> None:
    argv = [sys.executable, "-m", "brightline.testing.provider_simulator", "--port", "0"]
    done = subprocess.run(argv, input=b"", capture_output=True, timeout=60)
    assert done.returncode == 0
    assert done.stdout.startswith(b"ready ")


def test_main_runs_on_the_port_given(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    class Closed:
        class buffer:  # noqa: N801
            read = staticmethod(lambda: b"")

    monkeypatch.setattr(sys, "stdin", Closed)
    provider_simulator.main(["--port", "0"])
    assert capsys.readouterr().out.startswith("ready ")


def raw(sent: bytes, *, then: bytes = b"", stage: Stage | None = None) -> tuple[bytes, ProviderSimulator]:
    """All that comes back for `sent` until the simulator closes; `then` follows the first bytes of it."""

    async def main() -> tuple[bytes, ProviderSimulator]:
        async with ProviderSimulator(stage=stage) as simulator:
            reader, writer = await asyncio.open_connection("127.0.0.1", simulator.port)
            writer.write(sent)
            found = b""
            with contextlib.suppress(ConnectionError):
                found = await reader.read(50)
                writer.write(then)
                found += await reader.read(-1)
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()
            return found, simulator

    return asyncio.run(main())


def post(model: str, pad: int = 0) -> bytes:
    return request("POST", "/v1/messages", b'{"model":"%s","pad":"%s"}' % (model.encode(), b"p" * pad))


def test_a_refusal_comes_before_a_large_body_is_read() -> None:
    sent = post("sim-early", pad=200_000)
    found, simulator = raw(sent[:1000])
    assert b" 413 " in found
    assert len(simulator.requests[0].body) < 1000


def test_a_reset_leaves_nothing_proper_and_is_nobodys_leaving() -> None:
    found, simulator = raw(post("sim-reset"))
    assert not found.endswith(b"}")
    assert simulator.disconnects == 0


def test_a_connection_closes_when_it_is_used_again() -> None:
    found, simulator = raw(post("sim-stale"), then=post("sim-echo"))
    assert found.count(b"HTTP/1.1 200") == 1
    assert len(simulator.requests) == 1


def test_a_request_that_comes_during_an_answer_waits() -> None:
    stage = Stage(ask=read_ask(b"", 0), voice=OpenAiVoice(), slow_seconds=0.05)
    found, simulator = raw(post("sim-slow"), then=post("sim-close"), stage=stage)
    assert found.count(b"HTTP/1.1 200") == 2
    assert len(simulator.requests) == 2
