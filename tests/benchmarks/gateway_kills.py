"""SIGKILL of the whole gateway with calls in flight: every receipt a caller holds must be true afterwards.

A caller that got its whole answer holds a receipt (origin, index, leaf hash) of the intent; its outcome must be there
too. Checkpoints come from proofs that callers fetched, and from the published file.
"""

import asyncio
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from brightline.crypto.tlog_proof import TlogProof
from brightline.domain.leaf import Kind, Outcome, decode
from brightline.gateway.app import House, open_house
from brightline.ledger.verify import DirectoryReader, VerifyError, verify_directory
from tests.benchmarks.crash_checks import Found, Witness, forked_checkpoints, lost_entries
from tests.benchmarks.gateway_under_test import KEY, prepare

CALLERS = 80
_ROUNDS_A_HOUSE = 20
_BODY = json.dumps({"model": "mock-model", "messages": [{"role": "user", "content": "hold the line"}]}).encode()
_CALL = (
    b"POST /v1/chat/completions HTTP/1.1\r\nhost: gate\r\nauthorization: Bearer %s\r\ncontent-length: %d\r\n\r\n%s"
    % (KEY.encode(), len(_BODY), _BODY)
)
_ANSWER = json.dumps(
    {
        "id": "sim_1",
        "object": "chat.completion",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "held"}, "finish_reason": "stop"}],
    }
).encode()
_PROVIDER_SECONDS = 0.02


class Callers:
    """Many callers on one gateway, each with one call after the other; knows how many calls are in flight."""

    def __init__(self, port: int, witness: Witness) -> None:
        self._port = port
        self._witness = witness
        self.in_flight = 0
        self.answered: set[int] = set()
        self.refused = 0

    async def call_forever(self) -> None:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
            while True:
                await self._call(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            return

    async def _call(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(_CALL)
        self.in_flight += 1
        headers, _ = await _read(reader)
        self.in_flight -= 1
        if not headers[""].startswith("HTTP/1.1 200"):
            self.refused += 1
            return
        _, index, leaf_hash = headers["brightline-receipt"].split()
        self._witness.acknowledged[int(index)] = bytes.fromhex(leaf_hash)
        self.answered.add(int(index))
        if int(index) % 16 == 0:
            writer.write(
                b"GET /brightline/proof/%s HTTP/1.1\r\nhost: gate\r\nx-api-key: %s\r\n\r\n"
                % (index.encode(), KEY.encode())
            )
            headers, body = await _read(reader)
            if headers[""].startswith("HTTP/1.1 200"):
                self._witness.checkpoints.add(TlogProof.parse(body).checkpoint)


async def _read(reader: asyncio.StreamReader) -> tuple[dict[str, str], bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {"": head[0], **dict(line.split(": ", 1) for line in head[1:] if ": " in line)}
    return headers, await reader.readexactly(int(headers["content-length"]))


@asynccontextmanager
async def _provider() -> AsyncIterator[int]:
    """A provider that takes its time, so that calls are in flight."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                length = int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
                await reader.readexactly(length)
                await asyncio.sleep(_PROVIDER_SECONDS)
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n")
                writer.write(b"content-length: %d\r\n\r\n%s" % (len(_ANSWER), _ANSWER))
        except (OSError, asyncio.IncompleteReadError):
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=512)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


def kill_gateway(found: Found, times: int, rng: random.Random) -> int:
    """Kill a gateway `times` times at random moments; returns the fewest calls that were in flight."""
    return asyncio.run(_kill(found, times, rng))


async def _kill(found: Found, times: int, rng: random.Random) -> int:
    least = sys.maxsize
    async with _provider() as provider:
        for start in range(0, times, _ROUNDS_A_HOUSE):
            with tempfile.TemporaryDirectory(prefix="brightline-gateway-kills-") as folder:
                upstream = f"http://127.0.0.1:{provider}"
                place = await asyncio.to_thread(prepare, Path(folder) / "gate", upstream=upstream, port=0)
                witness, answered = Witness(), set[int]()
                for _ in range(min(_ROUNDS_A_HOUSE, times - start)):
                    least = min(least, await _kill_once(place, witness, answered, rng))
                    await _examine(place, witness, answered, found)
    return least


async def _kill_once(place: Path, witness: Witness, answered: set[int], rng: random.Random) -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    words = [sys.executable, "-m", "brightline.cli", "serve", "--data", str(place), "--port", str(port)]
    child = subprocess.Popen(words, stderr=subprocess.DEVNULL)
    try:
        await _listening(port, child)
        callers = Callers(port, witness)
        tasks = [asyncio.create_task(callers.call_forever()) for _ in range(CALLERS)]
        await asyncio.sleep(0.1 + rng.uniform(0, 0.25))
        in_flight = callers.in_flight
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait()
    await asyncio.gather(*tasks)
    answered |= callers.answered
    if callers.refused:
        raise RuntimeError(f"{callers.refused} calls were refused")
    for published in (place / "log").rglob("checkpoint"):
        witness.checkpoints.add(published.read_bytes())
    return in_flight


async def _listening(port: int, child: "subprocess.Popen[bytes]") -> None:
    for _ in range(3000):
        if child.poll() is not None:
            raise RuntimeError("the gateway did not start")
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.01)
        else:
            writer.close()
            return
    raise RuntimeError("the gateway did not listen within half a minute")


async def _examine(place: Path, witness: Witness, answered: set[int], found: Found) -> None:
    """Open what the kill left, hold it against what callers know, close it, and verify the directory."""
    found.crashes += 1
    found.acknowledged += len(witness.acknowledged)
    found.checkpoints += len(witness.checkpoints)
    house = await open_house(place)
    ledger = house.ledger
    found.lost += len(lost_entries(ledger, witness.acknowledged)) + len(_without_outcome(house, answered))
    found.forks += len(forked_checkpoints(ledger, witness.checkpoints))
    found.left_open += ledger.metrics().open_intents
    vkey, directory = ledger.vkey, ledger.directory
    await house.close()
    try:
        verify_directory(DirectoryReader(directory), vkey)
    except VerifyError as error:
        found.unverified += 1
        found.faults.append(str(error))


def _without_outcome(house: House, answered: set[int]) -> set[int]:
    """The intents whose caller got a whole answer and which have no whole outcome."""
    ended = set()
    for leaf in map(decode, house.ledger.leaves(0, house.ledger.size)):
        if leaf.kind is Kind.OUTCOME and leaf.outcome is Outcome.COMPLETE:
            ended.add(leaf.reference)
    return answered - ended


if __name__ == "__main__":
    result = Found()
    print(kill_gateway(result, int(os.environ.get("TIMES", "3")), random.Random(1)), result)
