"""The aircraft as a gateway finds it when it asks how it stands: honest, silent, slow, or somebody else."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import uvloop

from brightline.cli.sample_people import EFFECTOR
from brightline.crypto.party_keys import PrivateKey
from brightline.domain.sign_off.binding import Change
from brightline.domain.sign_off.canonical import JsonObject
from brightline.domain.sign_off.state import MAX_STATE_BYTES, StateRequest
from brightline.oversight.machine_state import Reading, answer_state
from brightline.testing.sign_off import key_of
from tests.officers import Staffed, now_ms, staffed

MINUTE_MS = 60_000
Forge = Callable[["Aircraft", StateRequest], bytes]


def honest(machine: "Aircraft", asked: StateRequest, *, signer: PrivateKey | None = None, late_ms: int = 0) -> bytes:
    """The machine's own answer, or one that somebody else signed, or one of earlier."""
    key = signer or machine.signer
    clock = lambda: now_ms() - late_ms  # noqa: E731
    return answer_state(asked.canonical, machine.read, audience=EFFECTOR, signer=key, clock_ms=clock).canonical


# What comes back instead of the machine's answer to the question.
FORGED: Mapping[str, Forge] = {
    "signed by another key": lambda machine, asked: honest(machine, asked, signer=key_of("stranger")),
    "of another nonce": lambda machine, asked: honest(machine, replace(asked, nonce="ab" * 16)),
    "about other arguments": lambda machine, asked: honest(machine, replace(asked, arguments={"latitude": 1})),
    "an answer to an earlier question": lambda machine, asked: honest(machine, machine.asked[0]),
    "stale": lambda machine, asked: honest(machine, asked, late_ms=MINUTE_MS),
    "of the time to come": lambda machine, asked: honest(machine, asked, late_ms=-MINUTE_MS),
    "too large": lambda machine, asked: honest(machine, asked) + b" " * MAX_STATE_BYTES,
    "not signed": lambda machine, asked: b'{"uav-1/payload":"on board"}',
    "one byte changed": lambda machine, asked: honest(machine, asked).replace(b"hovering", b"hoverinG"),
}


@dataclass
class Aircraft:
    """Answers questions at `url`, unless `fault` says what happens instead."""

    signer: PrivateKey = field(default_factory=lambda: key_of("nobody yet"))
    state: dict[str, str] = field(default_factory=lambda: {"uav-1/payload": "on board", "uav-1/state": "hovering"})
    url: str = ""
    fault: str = ""
    asked: list[StateRequest] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)

    def read(self, tool: str, arguments: JsonObject) -> Reading:
        """How it stands, and what a release would change."""
        del arguments
        assert tool == "release_payload"
        return Reading(self.state, (Change("uav-1/payload", self.state["uav-1/payload"], "released"),))

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one question, and hang up."""
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            size = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
            self.paths.append(head.split(b" ")[1].decode())
            self.asked.append(StateRequest.parse(await reader.readexactly(size)))
            await self._answer(reader, writer)
        writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked, status, more = self.asked[-1], "200 OK", ""
        if self.fault == "silent":
            await reader.read()  # until the other side has had enough
        if self.fault in ("silent", "hangs up"):
            return
        if self.fault == "redirects":
            status, more = "307 Temporary Redirect", f"location: {self.url}/elsewhere\r\n"
        if self.fault == "refuses":
            status = "503 Service Unavailable"
        body = FORGED.get(self.fault, honest)(self, asked)
        head = f"HTTP/1.1 {status}\r\n{more}content-length: {len(body)}\r\nconnection: close\r\n\r\n"
        writer.write(head.encode())
        piece = 1 if self.fault == "slow" else len(body)
        for at in range(0, len(body), piece):
            writer.write(body[at : at + piece])
            await writer.drain()
            if piece == 1:
                await asyncio.sleep(0.01)


@asynccontextmanager
async def listening() -> AsyncIterator[Aircraft]:
    """The aircraft, at an address of its own."""
    machine = Aircraft()
    server = await asyncio.start_server(machine.serve, "127.0.0.1", 0)
    machine.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/state"
    try:
        yield machine
    finally:
        server.close()


MachineStory = Callable[[Staffed, Aircraft], Awaitable[None]]


def tell_with_machine(place: Path, story: MachineStory, **settings: str) -> None:
    """As `officers.tell`, with a machine that the gateway asks how it stands."""

    async def whole() -> None:
        async with listening() as machine, staffed(place, state_url=machine.url, **settings) as staff:
            machine.signer = staff.sample.effector
            await story(staff, machine)

    uvloop.run(whole())
