"""Machines asked how they stand: once, within bounds, and with nothing held where the answer is not theirs."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from brightline.domain.sign_off.state import MAX_STATE_BYTES, EffectorState, StateRequest
from brightline.gateway import machine_states
from brightline.gateway.errors import UseError
from brightline.gateway.machine_states import (
    STATE_SECONDS,
    Machine,
    MachineStates,
    NoStates,
    asked_endpoints,
    machines_of,
)
from brightline.gateway.settings import EffectorSettings
from brightline.oversight.hold_errors import HoldError
from brightline.oversight.machine_state import answer_state
from brightline.providers import (
    AnswerError,
    EndpointError,
    ProvidersError,
    ProviderTimeoutError,
    UnreachableError,
    UpstreamRequest,
)
from brightline.testing.sign_off import NOW_MS
from tests.unit.gateway.test_approval_binding import TOOL
from tests.unit.oversight.test_machine_state import CLOSED, KEY, read

PROPOSAL = replace(TOOL, arguments={"state": "open"})


class Answer:
    """What a machine answers, as the providers hand it on."""

    def __init__(self, body: bytes, status: int, *, breaks: ProvidersError | None = None) -> None:
        self.body = body
        self.status = status
        self.breaks = breaks
        self.cancelled = False

    async def read(self, limit: int) -> bytes:
        assert limit == MAX_STATE_BYTES
        if self.breaks is not None:
            raise self.breaks
        return self.body

    def cancel(self) -> None:
        self.cancelled = True


class Line:
    """The way to one machine, and what was asked on it."""

    def __init__(self, *, status: int = 200, breaks: ProvidersError | None = None) -> None:
        self.asked: list[StateRequest] = []
        self.given: list[Answer] = []
        self.status = status
        self.breaks = breaks

    async def send(self, deployment_id: str, request: UpstreamRequest) -> Answer:
        assert (deployment_id, request.path, request.method) == (PROPOSAL.audience, "/state", "POST")
        self.asked.append(StateRequest.parse(request.body))
        body = answer_state(
            request.body, read, audience=PROPOSAL.audience, signer=KEY, clock_ms=lambda: NOW_MS
        ).canonical
        self.given.append(Answer(body, self.status, breaks=self.breaks))
        return self.given[-1]

    def available(self, deployment_id: str) -> bool:
        raise AssertionError(deployment_id)


class Broken(Line):
    """A way on which no answer begins."""

    def __init__(self, error: ProvidersError) -> None:
        super().__init__()
        self.error = error

    async def send(self, deployment_id: str, request: UpstreamRequest) -> Answer:
        raise self.error


class Silent(Line):
    """A machine that says nothing."""

    async def send(self, deployment_id: str, request: UpstreamRequest) -> Answer:
        await asyncio.Event().wait()
        raise AssertionError


def states(line: Line, *, path: str = "/state", now_ms: int = NOW_MS) -> MachineStates:
    counter = iter(range(1, 100))
    machines: Mapping[str, Machine] = {PROPOSAL.audience: Machine(path, [KEY.public])}
    return MachineStates(
        machines,
        line,  # type: ignore[arg-type]
        clock_ms=lambda: now_ms,
        random=lambda size: bytes([next(counter)]) * size,
    )


def ask(line: Line, **changes: object) -> EffectorState | None:
    return asyncio.run(states(line).ask(replace(PROPOSAL, **changes)))  # type: ignore[arg-type]


def refusal(line: Line) -> tuple[str, str]:
    with pytest.raises(HoldError) as refused:
        ask(line)
    return refused.value.code, str(refused.value.words["why"])


@pytest.mark.parametrize("status", [204, 302, 404, 500])
def test_an_answer_that_is_no_success_is_not_taken(status: int) -> None:
    line = Line(status=status)
    assert refusal(line) == ("hold/bad-state", f"it came with the status {status}")
    assert line.given[0].cancelled


def test_an_answer_that_is_too_large_is_not_taken() -> None:
    code, why = refusal(Line(breaks=AnswerError("providers/answer-too-big", deployment="d", limit=1)))
    assert (code, str(MAX_STATE_BYTES) in why) == ("hold/bad-state", True)


@pytest.mark.parametrize(
    "line",
    [
        Broken(UnreachableError("providers/closed")),
        Broken(UnreachableError("providers/down", deployment="d", seconds=1)),
        Line(breaks=AnswerError("providers/cut", deployment="d")),
    ],
)
def test_a_machine_that_cannot_be_reached_holds_nothing(line: Line) -> None:
    assert refusal(line)[0] == "hold/no-state"


def test_a_machine_that_says_nothing_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    late = ProviderTimeoutError("providers/timeout", deployment="d", phase="the head", seconds="2")
    assert refusal(Broken(late)) == ("hold/no-state", "no answer came within 2 seconds")
    monkeypatch.setattr(machine_states, "STATE_SECONDS", 0.01)
    assert refusal(Silent())[0] == "hold/no-state"


def test_the_state_is_what_the_machine_said_of_these_arguments() -> None:
    line = Line()
    state = ask(line)
    assert state is not None
    assert (state.preconditions, state.diff[0].after) == (CLOSED, "open")
    assert line.asked[0].arguments == PROPOSAL.arguments


def test_every_question_is_new() -> None:
    line = Line()
    asking = states(line)
    asyncio.run(asking.ask(PROPOSAL))
    asyncio.run(asking.ask(PROPOSAL))
    assert len({asked.nonce for asked in line.asked}) == 2


def test_a_stale_answer_is_not_taken() -> None:
    with pytest.raises(HoldError, match="hold/bad-state"):
        asyncio.run(states(Line(), now_ms=NOW_MS + 60_000).ask(PROPOSAL))


def test_arguments_without_one_writing_are_not_asked_about() -> None:
    line = Line()
    for arguments in ({"a": 2**60}, {"a": "x" * (1 << 20)}):
        with pytest.raises(UseError) as refused:
            ask(line, arguments=arguments)
        assert refused.value.code == "hold/cannot-bind"
    assert line.asked == []


def test_who_has_no_address_is_not_asked() -> None:
    line = Line()
    assert ask(line, audience="uav-1.example") is None
    assert ask(line, audience="", kind="model-call", tool="") is None
    assert asyncio.run(NoStates().ask(PROPOSAL)) is None
    assert line.asked == []


def test_machines_are_asked_where_the_settings_say(tmp_path: Path) -> None:
    chosen = [
        EffectorSettings(audience="a", public="x", state_url="http://127.0.0.1:8801/machine/state"),
        EffectorSettings(audience="a", public="y"),
        EffectorSettings(audience="b", public="x", state_url="https://b.example", ca_file="b.pem"),
        EffectorSettings(audience="c", public="x"),
    ]
    first, second = asked_endpoints(chosen, tmp_path)
    assert (first.base_url, first.deployment_id, first.ca_file) == ("http://127.0.0.1:8801", "a", None)
    assert (second.base_url, second.ca_file) == ("https://b.example", tmp_path / "b.pem")
    assert {first.total_timeout, first.connect_timeout, first.first_byte_timeout} == {STATE_SECONDS}
    assert first.max_answer_bytes == MAX_STATE_BYTES
    found = machines_of(chosen, {"a": [KEY.public], "b": [], "c": []})
    assert found == {"a": Machine("/machine/state", [KEY.public]), "b": Machine("/", [])}


def test_an_address_that_is_none_refuses(tmp_path: Path) -> None:
    with pytest.raises(EndpointError):
        asked_endpoints([EffectorSettings(audience="a", public="x", state_url="http://a.example/state")], tmp_path)
