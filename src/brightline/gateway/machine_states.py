"""Asks a machine how it stands before an act of it is held, so that people see what would change.

INVARIANT: of a machine that has an address, nothing is held without its signed answer to this very question; what is
not held asks nobody. One question a hold, bounded in time and size; no redirection is followed.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from brightline.crypto.party_keys import PublicKey
from brightline.domain.sign_off.errors import SignOffError
from brightline.domain.sign_off.state import MAX_STATE_BYTES, EffectorState, StateRequest
from brightline.gateway.errors import UseError
from brightline.gateway.ports import Proposal
from brightline.gateway.settings import EffectorSettings
from brightline.oversight.hold_errors import HoldError
from brightline.oversight.machine_state import take_state
from brightline.providers import Address, Endpoint, ProvidersError, ProviderTimeoutError, UpstreamPort, UpstreamRequest

# A caller waits meanwhile, and people will take minutes: a machine that needs longer to say how it stands is not well.
STATE_SECONDS = 2.0
# Questions to one machine at a time; those beyond wait, within the same seconds.
_CONNECTIONS = 8
_HEADERS = (("content-type", "application/json"), ("accept", "application/json"))
_NONCE_BYTES = 16


@dataclass(frozen=True, slots=True)
class Machine:
    """Where a machine is asked, and the keys that may have signed its answer."""

    path: str
    keys: Sequence[PublicKey]


class StatesPort(Protocol):
    """Who knows how machines stand."""

    async def ask(self, proposal: Proposal) -> EffectorState | None:
        """The state of the machine that would act, or none where none is asked; raises `BrightlineError`."""
        ...


class NoStates:
    """No machine is asked."""

    async def ask(self, proposal: Proposal) -> EffectorState | None:
        """None."""
        del proposal
        return None


class MachineStates:
    """The machines that have an address, by audience; `random` gives n random bytes."""

    def __init__(
        self,
        machines: Mapping[str, Machine],
        upstream: UpstreamPort,
        *,
        clock_ms: Callable[[], int],
        random: Callable[[int], bytes],
    ) -> None:
        self._machines = machines
        self._upstream = upstream
        self._clock_ms = clock_ms
        self._random = random

    async def ask(self, proposal: Proposal) -> EffectorState | None:
        """How the machine stands that would do what is proposed; none where the settings have no address for it.

        Raises `HoldError`: `hold/no-state`, `hold/bad-state`; `UseError` for arguments that have no one writing.
        """
        machine = self._machines.get(proposal.audience)
        if machine is None:
            return None
        asked = StateRequest(proposal.audience, proposal.tool, proposal.arguments, self._random(_NONCE_BYTES).hex())
        try:
            body = StateRequest.parse(asked.canonical).canonical
        except SignOffError as error:
            raise UseError("hold/cannot-bind", why=error.message) from error
        answer = await self._send(asked, UpstreamRequest(machine.path, body, headers=_HEADERS))
        return take_state(answer, asked, machine.keys, now_ms=self._clock_ms())

    async def _send(self, asked: StateRequest, request: UpstreamRequest) -> bytes:
        try:
            async with asyncio.timeout(STATE_SECONDS):
                answer = await self._upstream.send(asked.audience, request)
                if answer.status != 200:
                    answer.cancel()
                    raise HoldError(
                        "hold/bad-state", audience=asked.audience, why=f"it came with the status {answer.status}"
                    )
                return await answer.read(MAX_STATE_BYTES)
        except (TimeoutError, ProviderTimeoutError) as error:
            raise _silent(asked, f"no answer came within {STATE_SECONDS:g} seconds") from error
        except ProvidersError as error:
            if error.code == "providers/answer-too-big":
                why = f"it is larger than {MAX_STATE_BYTES} bytes"
                raise HoldError("hold/bad-state", audience=asked.audience, why=why) from error
            raise _silent(asked, "it cannot be reached, or broke off") from error


def _silent(asked: StateRequest, why: str) -> HoldError:
    return HoldError("hold/no-state", audience=asked.audience, why=why)


def asked_endpoints(chosen: Sequence[EffectorSettings], data_dir: Path) -> tuple[Endpoint, ...]:
    """Where each machine with an address is asked; raises `EndpointError`."""
    return tuple(_endpoint(effector, data_dir) for effector in chosen if effector.state_url is not None)


def machines_of(chosen: Sequence[EffectorSettings], keys: Mapping[str, Sequence[PublicKey]]) -> Mapping[str, Machine]:
    """The machines with an address, by audience, each with all of its keys."""
    urls = {effector.audience: effector.state_url for effector in chosen if effector.state_url is not None}
    return {audience: Machine(Address.parse(url).path or "/", keys[audience]) for audience, url in urls.items()}


def _endpoint(effector: EffectorSettings, data_dir: Path) -> Endpoint:
    address = Address.parse(effector.state_url or "")
    return Endpoint(
        deployment_id=effector.audience,
        base_url=f"{'https' if address.tls else 'http'}://{address.authority}",
        ca_file=data_dir / effector.ca_file if effector.ca_file is not None else None,
        auth_style="none",
        connect_timeout=STATE_SECONDS,
        first_byte_timeout=STATE_SECONDS,
        idle_timeout=STATE_SECONDS,
        total_timeout=STATE_SECONDS,
        max_connections=_CONNECTIONS,
        max_answer_bytes=MAX_STATE_BYTES,
    )
