"""A provider that misbehaves: what the caller gets, what the ledger keeps, and that nothing else gets through."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import pytest

from brightline.domain.leaf import Kind, Outcome
from brightline.domain.messages import CATALOGUE
from brightline.domain.record import Group
from brightline.testing.house import PATHS, Gateway, Reply, body_of, eventually, tell
from brightline.testing.simulated_answers import OpenAiVoice, read_ask
from brightline.testing.simulated_faults import Stage

DIALECTS = sorted(PATHS)
TERMINAL = {"openai": b"[DONE]", "anthropic": b"message_stop"}
STAGE = Stage(ask=read_ask(b"", 0), voice=OpenAiVoice(), stream_pieces=4, slow_seconds=0.005, big_bytes=600_000)
ERROR, INCOMPLETE, SCREENED, COMPLETE = (
    Outcome.PROVIDER_ERROR,
    Outcome.INCOMPLETE,
    Outcome.SCREENED,
    Outcome.COMPLETE,
)


@dataclass(frozen=True)
class Case:
    """What a fault must come to: the status, our code (empty where the provider's own words pass), the outcome."""

    status: int
    code: str
    outcome: Outcome
    passes: bool = False
    retry_after: str | None = None


# (model, streamed) -> what it must come to; the same in both dialects.
BOTH = {
    "sim-html": Case(502, "wire/answer-garbage", ERROR),
    "sim-reset-early": Case(502, "providers/cut", INCOMPLETE),
    "sim-close-early": Case(502, "providers/cut", INCOMPLETE),
    "sim-hang": Case(504, "providers/timeout", ERROR),
    "sim-302": Case(502, "providers/redirected", ERROR),
    "sim-400": Case(400, "", ERROR, passes=True),
    "sim-401": Case(502, "providers/key-refused", ERROR),
    "sim-404": Case(404, "", ERROR, passes=True),
    "sim-429": Case(429, "", ERROR, passes=True, retry_after="7"),
    "sim-500": Case(500, "", ERROR, passes=True),
    "sim-503": Case(503, "", ERROR, passes=True, retry_after="3"),
    "sim-529": Case(529, "", ERROR, passes=True, retry_after="5"),
    "sim-not-http": Case(502, "providers/garbage", ERROR),
    "sim-header-flood": Case(502, "providers/garbage", ERROR),
    "sim-endless-header": Case(502, "providers/garbage", ERROR),
    "sim-endless-interim": Case(502, "providers/garbage", ERROR),
    "sim-encoded": Case(502, "providers/encoded-answer", ERROR),
    "sim-two-lengths": Case(502, "providers/garbage", ERROR),
    "sim-length-and-chunks": Case(502, "providers/garbage", ERROR),
    "sim-version-2": Case(502, "providers/garbage", ERROR),
    "sim-upgrade": Case(502, "providers/garbage", ERROR),
}
WHOLE = {
    "sim-garbage": Case(502, "wire/answer-garbage", ERROR),
    "sim-truncated-json": Case(502, "wire/answer-garbage", ERROR),
    "sim-invalid-utf8": Case(502, "wire/answer-garbage", ERROR),
    "sim-200-error": Case(502, "screening/provider-failed", ERROR),
    "sim-cut": Case(502, "providers/cut", INCOMPLETE),
    "sim-reset": Case(502, "providers/cut", INCOMPLETE),
    "sim-hang-mid": Case(504, "providers/timeout", ERROR),
    "sim-tool-not-offered": Case(403, "screening/tool-not-offered", SCREENED),
    "sim-big": Case(502, "providers/answer-too-big", ERROR),
    "sim-slow": Case(200, "", COMPLETE, passes=True),
    "sim-trailers": Case(200, "", COMPLETE, passes=True),
    "sim-interim": Case(200, "", COMPLETE, passes=True),
    "sim-close": Case(200, "", COMPLETE, passes=True),
    "sim-stale": Case(200, "", COMPLETE, passes=True),
}
STREAMED = {
    "sim-garbage": Case(200, "wire/answer-garbage", ERROR),
    "sim-truncated-json": Case(200, "wire/answer-truncated", INCOMPLETE),
    "sim-invalid-utf8": Case(200, "wire/answer-garbage", ERROR),
    "sim-200-error": Case(200, "screening/provider-failed", ERROR),
    "sim-cut": Case(200, "providers/cut", INCOMPLETE),
    "sim-no-terminal": Case(200, "wire/answer-truncated", INCOMPLETE),
    "sim-after-terminal": Case(200, "wire/answer-after-end", ERROR),
    "sim-reset": Case(200, "providers/cut", INCOMPLETE),
    "sim-hang-mid": Case(200, "providers/timeout", ERROR),
    "sim-tool-not-offered": Case(200, "screening/tool-not-offered", SCREENED),
    "sim-big": Case(200, "providers/answer-too-big", ERROR),
    "sim-slow": Case(200, "", COMPLETE, passes=True),
}
CASES = {(model, streamed): case for model, case in BOTH.items() for streamed in (False, True)}
CASES |= {(model, False): case for model, case in WHOLE.items()}
CASES |= {(model, True): case for model, case in STREAMED.items()}
# One gateway plays several faults: each has a deployment, and so a health, of its own.
BATCHES = [sorted(CASES)[at::4] for at in range(4)]


def check_reply(reply: Reply, case: Case, *, dialect: str, streamed: bool) -> None:
    assert reply.status == case.status
    assert reply.whole
    assert reply.receipt
    ended = TERMINAL[dialect] in reply.body
    assert ended is (streamed and case.outcome is COMPLETE)
    if case.passes:
        assert reply.code == ""
        assert b"sim_" in reply.body or b"simulated" in reply.body
    else:
        assert reply.code == case.code
        assert case.code in CATALOGUE
        for leaked in (b"login page", b"simulated garbage", b"sim_tool_nobody", b"elsewhere", b"wrong key"):
            assert leaked not in reply.body
    assert reply.headers.get("retry-after") == case.retry_after


def check_entries(gateway: Gateway, reply: Reply, case: Case) -> None:
    index = reply.receipt[1]
    intent, outcome = gateway.leaves()[index:]
    assert (intent.kind, outcome.kind) == (Kind.INTENT, Kind.OUTCOME)
    assert (outcome.reference, outcome.outcome) == (index, case.outcome)
    if case.code:
        assert case.code.encode() in gateway.sealed(index + 1)[Group.DECISION]


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("batch", BATCHES, ids=["1", "2", "3", "4"])
def test_a_fault_is_told_and_recorded_once(tmp_path: Path, dialect: str, batch: Sequence[tuple[str, bool]]) -> None:
    wrong: list[str] = []

    async def story(gateway: Gateway) -> None:
        for model, streamed in batch:
            case = CASES[model, streamed]
            reply = await gateway.post(dialect, model, stream=streamed)
            try:
                check_reply(reply, case, dialect=dialect, streamed=streamed)
                check_entries(gateway, reply, case)
            except AssertionError as error:
                wrong.append(f"{model} {streamed}: {error} ({reply.status} {reply.code} {reply.body[-300:]!r})")
        assert (await gateway.post(dialect, "small")).status == 200
        assert not any(row["event"] == "use-fault" for row in gateway.log.rows())

    deployment = 'auth = "none"\nfirst_byte_seconds = 0.3\nidle_seconds = 0.3'
    tell(tmp_path, story, stage=STAGE, deployment=deployment, limits="answer_bytes = 200000")
    assert wrong == []


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_provider_that_is_not_there_is_told_and_left_alone(tmp_path: Path, dialect: str) -> None:
    async def story(gateway: Gateway) -> None:
        await gateway.simulator.close()
        told = [(await gateway.post(dialect, "small")) for _ in range(7)]
        assert [reply.code for reply in told] == ["providers/unreachable"] * 5 + ["providers/down"] * 2
        assert {reply.status for reply in told} <= {502, 503}
        assert told[-1].headers.get("retry-after") == ("1" if told[-1].status == 503 else None)
        assert [leaf.outcome for leaf in gateway.leaves(Kind.OUTCOME)] == [ERROR] * 7

    tell(tmp_path, story)


@pytest.mark.parametrize(("dialect", "streamed"), list(product(DIALECTS, (False, True))))
def test_a_caller_that_leaves_cancels_the_provider(tmp_path: Path, dialect: str, streamed: bool) -> None:
    async def story(gateway: Gateway) -> None:
        line = await gateway.line()
        line.ask("POST", PATHS[dialect], body_of("sim-hang-mid", stream=streamed), gateway.credential())
        if streamed:
            await line.until(b"data: ")
        else:
            await eventually(lambda: gateway.simulator.sent_bytes)
        await line.close()
        await eventually(lambda: gateway.leaves(Kind.OUTCOME))
        assert [leaf.outcome for leaf in gateway.leaves(Kind.OUTCOME)] == [Outcome.CANCELLED]
        await eventually(lambda: gateway.simulator.disconnects == 1)

    tell(tmp_path, story)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_caller_that_reads_slowly_holds_the_provider_back(tmp_path: Path, dialect: str) -> None:
    stage = Stage(ask=read_ask(b"", 0), voice=OpenAiVoice(), big_bytes=40 * 1024 * 1024)

    async def story(gateway: Gateway) -> None:
        line = await gateway.line()
        line.ask("POST", PATHS[dialect], body_of("sim-big", stream=True), gateway.credential())
        await line.until(b"data: ")
        # The kernel's buffers on the way take some megabytes; then nothing moves any more.
        before = -1
        while before != gateway.simulator.sent_bytes:
            before = gateway.simulator.sent_bytes
            await asyncio.sleep(0.25)
        assert before < stage.big_bytes // 2
        reply = await line.reply()
        assert reply.whole
        assert TERMINAL[dialect] in reply.body[-100:]
        assert [leaf.outcome for leaf in gateway.leaves(Kind.OUTCOME)] == [COMPLETE]

    tell(tmp_path, story, stage=stage)
