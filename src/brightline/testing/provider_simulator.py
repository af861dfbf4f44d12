"""A whole provider on the loopback: both dialects, real sockets, and faults chosen by the model's name.

`ProviderSimulator` runs inside a test's event loop; `python -m brightline.testing.provider_simulator --port 0` runs it
as a process that prints `ready PORT` and ends when its standard input closes.
INVARIANT: nobody can take it for a provider: it listens on the loopback only, and every answer names it.
"""

import argparse
import asyncio
import contextlib
import hmac
import ssl
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Self

from brightline.testing.simulated_answers import AnthropicVoice, Ask, OpenAiVoice, Voice, dump, read_ask
from brightline.testing.simulated_faults import FAULTS, Ending, Performance, Stage, perform, whole

_READ_BYTES = 65_536
_EARLY = b'"sim-early"'  # in the first piece of a body: refused before the rest is read


@dataclass(frozen=True, slots=True)
class Received:
    """One request exactly as it came."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    head: bytes = field(repr=False)
    body: bytes = field(repr=False)

    def get(self, name: str) -> str | None:
        """The first value of header `name` (lower case), or none."""
        return next((value for key, value in self.headers if key == name), None)


class _Left(Exception):  # noqa: N818 (a turn of events, not an error)
    """The client closed its side."""


class _Client:
    """One connection of a client."""

    def __init__(
        self, simulator: "ProviderSimulator", reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._simulator = simulator
        self._reader = reader
        self._writer = writer
        self._buffer = bytearray()

    async def serve(self) -> None:
        """Answer requests until somebody closes."""
        while True:
            received = await self._receive()
            self._simulator.requests.append(received)
            played = self._simulator.answer_to(received)
            await self._play(played)
            if played.ending is Ending.CLOSE_ON_NEXT:
                await self._fill()
                return
            if played.ending is Ending.LINGER:
                self._writer.write_eof()
                while True:
                    await self._fill()
            if played.ending is not Ending.KEEP:
                return

    async def _fill(self) -> None:
        data = await self._reader.read(_READ_BYTES)
        if not data:
            raise _Left
        self._buffer += data

    async def _receive(self) -> Received:
        while b"\r\n\r\n" not in self._buffer:
            await self._fill()
        head, _, rest = bytes(self._buffer).partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        method, path, _ = first.split(" ")
        headers = tuple((name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines))
        length = int(dict(headers).get("content-length", "0"))
        self._buffer = bytearray(rest)
        while len(self._buffer) < length:
            if _EARLY in self._buffer:
                break
            await self._fill()
        body = bytes(self._buffer[:length])
        del self._buffer[:length]
        return Received(method, path, headers, head + b"\r\n\r\n", body)

    async def _play(self, played: Performance) -> None:
        """Play the acts, and watch meanwhile whether the client is still there."""
        acting = asyncio.ensure_future(self._act(played))
        watching = asyncio.ensure_future(self._reader.read(_READ_BYTES))
        try:
            await asyncio.wait((acting, watching), return_when=asyncio.FIRST_COMPLETED)
            if not acting.done():
                data = watching.result()  # bytes of a next request do not hurry this one
                self._buffer += data
                if not data:
                    raise ConnectionResetError
            await acting
            if watching.done():
                self._buffer += watching.result()
        except (ConnectionError, ssl.SSLError):
            if played.ending is not Ending.RESET:
                self._simulator.disconnects += 1
            raise _Left from None
        finally:
            for task in (acting, watching):
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError, ConnectionError, ssl.SSLError):
                    await task

    async def _act(self, played: Performance) -> None:
        for act in played.acts:
            self._writer.write(act)
            await self._writer.drain()
            self._simulator.sent_bytes += len(act)
            if played.pause:
                await asyncio.sleep(played.pause)
        if played.ending is Ending.HANG:
            await asyncio.Event().wait()
        if played.ending is Ending.RESET:
            self._writer.transport.abort()


class ProviderSimulator:
    """A simulated provider; `requests` is what came in, `disconnects` how often a client left before the end."""

    def __init__(
        self, *, key: str | None = None, tls: ssl.SSLContext | None = None, stage: Stage | None = None
    ) -> None:
        self._key = key
        self._tls = tls
        self._stage = stage or Stage(ask=read_ask(b"", 0), voice=OpenAiVoice())
        self._server: asyncio.Server | None = None
        self._clients: set[asyncio.Task[None]] = set()
        self.requests: list[Received] = []
        self.disconnects = 0
        self.connections = 0
        self.sent_bytes = 0
        self.port = 0

    @property
    def base_url(self) -> str:
        """Where a client finds it."""
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    async def start(self, port: int = 0) -> Self:
        """Listen on the loopback."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", port, ssl=self._tls, limit=_READ_BYTES)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def close(self) -> None:
        """Stop listening and cut every connection."""
        if self._server is not None:
            self._server.close()
        for client in list(self._clients):
            client.cancel()
        await asyncio.gather(*self._clients, return_exceptions=True)

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.ensure_future(self._serve(reader, writer))
        self._clients.add(task)
        task.add_done_callback(self._clients.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(_Left, ConnectionError, ssl.SSLError):
            try:
                await _Client(self, reader, writer).serve()
            finally:
                writer.close()
                await writer.wait_closed()

    def answer_to(self, received: Received) -> Performance:
        """What this request gets."""
        voice: Voice = AnthropicVoice() if received.path.startswith("/v1/messages") else OpenAiVoice()
        ask = read_ask(received.body, len(self.requests))
        path = received.path.partition("?")[0]
        if not self._knows(received):
            return Performance((whole(voice.error("authentication_error", "wrong key"), 401),))
        if received.method == "GET" and path == "/v1/models":
            return Performance((whole(_models()),))
        if path not in {"/v1/chat/completions", "/v1/messages", "/v1/messages/count_tokens"}:
            return Performance((whole(voice.error("not_found_error", "no such path"), 404),))
        if _EARLY in received.body:
            return Performance((whole(voice.error("request_too_large", "too large"), 413),), Ending.LINGER)
        if path.endswith("/count_tokens") and (ask.model not in FAULTS or ask.model == "sim-echo"):
            return Performance((whole(_count(ask)),))
        return perform(replace(self._stage, ask=ask, voice=voice))

    def _knows(self, received: Received) -> bool:
        if self._key is None:
            return True
        shown = received.get("x-api-key") or (received.get("authorization") or "").removeprefix("Bearer ")
        return hmac.compare_digest(shown.encode(), self._key.encode())


def _models() -> bytes:
    rows = [{"id": name, "object": "model", "created": 0, "owned_by": "sim_nobody"} for name in FAULTS]
    return dump({"object": "list", "data": rows})


def _count(ask: Ask) -> bytes:
    return dump({"input_tokens": max(1, len(ask.text.split()))})


async def _run(port: int) -> None:
    loop = asyncio.get_running_loop()
    simulator = await ProviderSimulator().start(port)
    sys.stdout.write(f"ready {simulator.port}\n")
    sys.stdout.flush()
    await loop.run_in_executor(None, sys.stdin.buffer.read)
    await simulator.close()


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a simulator until the standard input closes."""
    parser = argparse.ArgumentParser(description="a simulated provider on the loopback: no model behind it")
    parser.add_argument("--port", type=int, default=0, help="0 picks a free one, which is printed")
    asyncio.run(_run(parser.parse_args(arguments).port))


if __name__ == "__main__":
    main()
