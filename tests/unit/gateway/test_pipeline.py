"""The way of one use: what reaches the provider, the ledger and the caller, and in which order."""

import asyncio
import json

import pytest

from brightline.crypto.seal import unseal
from brightline.domain.agreement import AgreementRef
from brightline.domain.call import Dialect, Operation
from brightline.domain.decision import Decision, Effect, Hold, Layer, Reason
from brightline.domain.leaf import Check, Flag, Kind, Outcome, Verdict
from brightline.domain.record import Group
from brightline.gateway import pipeline
from brightline.gateway.errors import UseError
from brightline.gateway.pipeline import Pipeline
from brightline.gateway.ports import Replay
from brightline.identity.errors import CredentialError
from brightline.ledger.errors import AgreementChangedError
from brightline.policy import PolicyError
from brightline.providers import UnreachableError
from brightline.testing.rooms import FORBID, PERMIT, WHO, WRAPPING_KEY, Agreement, Answer, House, term_of
from brightline.wire import codec

CHAT = json.dumps(
    {
        "model": "small",
        "messages": [{"role": "user", "content": "canary question"}],
        "tools": [{"type": "function", "function": {"name": "look_up", "parameters": {}}}],
    }
).encode()
STREAM = CHAT[:-1] + b', "stream": true}'
WHOLE = json.dumps(
    {
        "id": "x",
        "object": "chat.completion",
        "choices": [
            {"index": 0, "message": {"role": "assistant", "content": "canary answer"}, "finish_reason": "stop"}
        ],
    }
).encode()


def piece(delta: dict[str, object], finish: str | None = None) -> bytes:
    chunk = {
        "id": "x",
        "object": "chat.completion.chunk",
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
    }
    return b"data: " + json.dumps(chunk).encode() + b"\n\n"


TEXT = piece({"role": "assistant", "content": "canary answer"})
END = piece({}, "stop")
DONE = b"data: [DONE]\n\n"
CALLS_OTHER = piece({"tool_calls": [{"index": 0, "id": "c", "function": {"name": "strike", "arguments": "{}"}}]})


@pytest.fixture
def house() -> House:
    return House(UseError("gateway/internal"))


def play(house: House, body: bytes = CHAT, *headers: tuple[str, str]) -> bytes:
    pipeline = Pipeline(house.rooms)
    exchange = house.exchange("/v1/chat/completions", body, *headers)
    asyncio.run(pipeline.use(exchange, Operation.GENERATE, codec(Dialect.OPENAI_CHAT)))
    assert house.counters.running == 0
    assert "canary" not in house.log.getvalue()
    return house.told


def error_of(told: bytes) -> dict[str, object]:
    return json.loads(told.split(b"\r\n\r\n", 1)[1])["error"]  # type: ignore[no-any-return]


def test_an_unknown_caller_leaves_no_entry(house: House) -> None:
    house.door.error = CredentialError("identity/no-credential")
    assert play(house).startswith(b"HTTP/1.1 401")
    assert (house.ledger.entries, house.counters.unauthenticated) == ([], 1)


def test_an_unreadable_call_leaves_no_entry(house: House) -> None:
    assert play(house, b"{").startswith(b"HTTP/1.1 400")
    assert (house.ledger.entries, house.counters.unparsable) == ([], 1)


def test_too_many_uses_are_told_to_wait(house: House) -> None:
    house.counters.running = 4
    pipeline = Pipeline(house.rooms)
    exchange = house.exchange("/v1/chat/completions", CHAT)
    asyncio.run(pipeline.use(exchange, Operation.GENERATE, codec(Dialect.OPENAI_CHAT)))
    assert house.told.startswith(b"HTTP/1.1 503")
    assert b"retry-after: 1" in house.told


def test_a_forbidden_call_is_one_durable_refusal(house: House) -> None:
    house.agreement.decision = FORBID
    told = play(house)
    assert told.startswith(b"HTTP/1.1 403")
    assert b"brightline-receipt: test/log 0 " in told
    assert error_of(told)["brightline"]["reasons"][0]["policy"] == "law.1"  # type: ignore[index]
    assert house.upstream.sent == []
    (leaf,) = house.ledger.leaves
    assert (leaf.kind, leaf.verdict) == (Kind.REFUSAL, Verdict.FORBID)
    assert leaf.flags == 0


def test_a_refusal_that_cannot_be_recorded_says_that_instead(house: House) -> None:
    house.agreement.decision = FORBID
    house.ledger.fail_at = {0}
    assert play(house).startswith(b"HTTP/1.1 500")


def test_an_unknown_model_is_a_refusal_too(house: House) -> None:
    house.agreement.error = PolicyError("policy/unknown-model", asked="small", agreement="sample")
    assert play(house).startswith(b"HTTP/1.1 404")
    assert [leaf.verdict for leaf in house.ledger.leaves] == [Verdict.UNDECIDED]


def test_a_mission_the_key_may_not_name_is_a_refusal(house: House) -> None:
    assert play(house, CHAT, ("brightline-mission", "m2")).startswith(b"HTTP/1.1 403")
    assert [leaf.kind for leaf in house.ledger.leaves] == [Kind.REFUSAL]


def test_a_fault_in_deciding_refuses(house: House) -> None:
    house.agreement.decision = ValueError("canary")
    assert play(house).startswith(b"HTTP/1.1 500")
    assert house.upstream.sent == []
    assert [leaf.kind for leaf in house.ledger.leaves] == [Kind.REFUSAL]


def test_nothing_leaves_when_the_intent_cannot_be_recorded(house: House) -> None:
    house.ledger.fail_at = {0, 1}
    assert play(house).startswith(b"HTTP/1.1 500")
    assert house.upstream.sent == []


def test_a_whole_answer_leaves_after_its_outcome(house: House) -> None:
    house.upstream.answer = Answer(200, "application/json", WHOLE[:10], WHOLE[10:])
    house.ledger.before = lambda: house.wire.out and pytest.fail("bytes left before they were recorded")
    told = play(house)
    assert told.startswith(b"HTTP/1.1 200")
    assert told.endswith(WHOLE)
    assert house.upstream.entries_then == [1]
    assert b'"real-model"' in house.upstream.sent[0].body
    intent, outcome = house.ledger.leaves
    assert (intent.kind, outcome.kind, outcome.outcome) == (Kind.INTENT, Kind.OUTCOME, Outcome.COMPLETE)
    assert (outcome.reference, outcome.use_id) == (0, intent.use_id)
    assert outcome.checks & Check.TOOLS_SCREENED


def test_the_commitment_is_over_the_bytes_that_left_and_came_back(house: House) -> None:
    house.upstream.answer = Answer(200, "application/json", WHOLE)
    play(house)
    opened = [unseal(entry.blob or b"", WRAPPING_KEY) for entry in house.ledger.entries]
    assert opened[0][Group.CONTENT] == house.upstream.sent[0].body
    assert opened[1][Group.CONTENT] == WHOLE
    assert json.loads(opened[0][Group.WHO])["principal"] == WHO.name


def test_a_whole_answer_whose_outcome_cannot_be_recorded_is_not_released(house: House) -> None:
    house.upstream.answer = Answer(200, "application/json", WHOLE)
    house.ledger.fail_at = {1}
    told = play(house)
    assert told.startswith(b"HTTP/1.1 500")
    assert b"canary" not in told


def test_a_stream_leaves_piece_by_piece_and_its_end_last(house: House) -> None:
    house.upstream.answer = Answer(200, "text/event-stream", TEXT, END + DONE)
    house.ledger.before = lambda: DONE in house.wire.out and pytest.fail("the end left before it was recorded")
    told = play(house, STREAM)
    assert told.startswith(b"HTTP/1.1 200")
    assert told.index(b"canary answer") < told.index(DONE)
    assert told.endswith(b"0\r\n\r\n")
    assert house.ledger.leaves[1].outcome is Outcome.COMPLETE
    assert house.ledger.leaves[1].flags & Flag.STREAMED
    assert house.ledger.leaves[1].checks & Check.STREAM_COMPLETE


def test_a_stream_whose_outcome_cannot_be_recorded_has_no_end(house: House) -> None:
    house.upstream.answer = Answer(200, "text/event-stream", TEXT, END + DONE)
    house.ledger.fail_at = {1}
    told = play(house, STREAM)
    assert DONE not in told
    assert b"gateway/internal" in told
    assert told.endswith(b"0\r\n\r\n")


def test_a_stream_without_its_end_is_an_error_and_incomplete(house: House) -> None:
    house.upstream.answer = Answer(200, "text/event-stream", TEXT)
    told = play(house, STREAM)
    assert b"wire/answer-truncated" in told
    assert DONE not in told
    assert house.ledger.leaves[1].outcome is Outcome.INCOMPLETE


@pytest.mark.parametrize("streamed", [True, False])
def test_a_tool_that_was_not_offered_ends_the_answer(house: House, streamed: bool) -> None:
    whole = WHOLE.replace(
        b'"content": "canary answer"',
        b'"tool_calls": [{"id": "c", "type": "function", "function": {"name": "strike", "arguments": "{}"}}]',
    )
    kind = "text/event-stream" if streamed else "application/json"
    pieces = [TEXT, CALLS_OTHER, END + DONE] if streamed else [whole]
    house.upstream.answer = Answer(200, kind, *pieces)
    told = play(house, STREAM if streamed else CHAT)
    assert b"screening/tool-not-offered" in told
    assert b"strike" not in told
    assert DONE not in told
    assert house.ledger.leaves[1].outcome is Outcome.SCREENED


def test_an_error_inside_a_200_is_no_answer(house: House) -> None:
    house.upstream.answer = Answer(200, "application/json", b'{"error": {"message": "canary", "type": "x"}}')
    told = play(house, STREAM)
    assert told.startswith(b"HTTP/1.1 502")
    assert b"canary" not in told
    assert house.ledger.leaves[1].outcome is Outcome.PROVIDER_ERROR


def test_html_is_no_answer(house: House) -> None:
    house.upstream.answer = Answer(200, "text/html", b"<html>canary</html>")
    assert play(house).startswith(b"HTTP/1.1 502")


def test_a_provider_that_cannot_be_reached_is_recorded(house: House) -> None:
    house.upstream.answer = UnreachableError("providers/unreachable", deployment="dep", why="refused")
    assert play(house).startswith(b"HTTP/1.1 502")
    assert house.ledger.leaves[1].outcome is Outcome.PROVIDER_ERROR


def test_a_rate_limit_passes_with_its_retry_after(house: House) -> None:
    body = b'{"error": {"message": "slow down", "type": "rate_limit_error", "param": null, "code": null}}'
    house.upstream.answer = Answer(429, "application/json", body, headers=(("retry-after", "7"),))
    told = play(house)
    assert told.startswith(b"HTTP/1.1 429")
    assert b"retry-after: 7" in told
    assert told.endswith(body)


def test_a_providers_html_error_is_worded_by_us(house: House) -> None:
    house.upstream.answer = Answer(503, "text/html", b"<html>canary</html>", headers=(("retry-after", "9"),))
    told = play(house)
    assert b"canary" not in told
    assert b"retry-after: 9" in told
    assert b"providers/overloaded" in told


def test_a_provider_refusing_our_key_is_not_the_callers_401(house: House) -> None:
    body = b'{"error": {"message": "canary", "type": "invalid_request_error", "param": null, "code": null}}'
    house.upstream.answer = Answer(401, "application/json", body)
    told = play(house)
    assert told.startswith(b"HTTP/1.1 502")
    assert b"canary" not in told


@pytest.mark.parametrize("streamed", [True, False])
def test_a_caller_that_leaves_cancels_the_provider(house: House, streamed: bool) -> None:
    kind = "text/event-stream" if streamed else "application/json"
    house.upstream.answer = Answer(200, kind, TEXT if streamed else WHOLE[:5], None)

    async def story() -> None:
        pipeline = Pipeline(house.rooms)
        exchange = house.exchange("/v1/chat/completions", STREAM if streamed else CHAT)
        use = asyncio.create_task(pipeline.use(exchange, Operation.GENERATE, codec(Dialect.OPENAI_CHAT)))
        for _ in range(20):
            await asyncio.sleep(0)
        exchange.lose()
        await asyncio.wait_for(use, 1)

    asyncio.run(story())
    assert house.ledger.leaves[1].outcome is Outcome.CANCELLED


def test_a_caller_that_left_before_its_body_came_leaves_nothing(house: House) -> None:
    async def story() -> None:
        pipeline = Pipeline(house.rooms)
        exchange = house.exchange("/v1/chat/completions", CHAT)
        exchange._body_done = False
        exchange.lose()
        await pipeline.use(exchange, Operation.GENERATE, codec(Dialect.OPENAI_CHAT))

    asyncio.run(story())
    assert (house.told, house.ledger.entries) == (b"", [])


def test_stopping_the_gateway_itself_is_not_the_callers_doing(house: House) -> None:
    house.upstream.answer = Answer(200, "application/json", None)

    async def story() -> None:
        pipeline = Pipeline(house.rooms)
        exchange = house.exchange("/v1/chat/completions", CHAT)
        use = asyncio.create_task(pipeline.use(exchange, Operation.GENERATE, codec(Dialect.OPENAI_CHAT)))
        for _ in range(20):
            await asyncio.sleep(0)
        use.cancel()
        with pytest.raises(asyncio.CancelledError):
            await use

    asyncio.run(story())
    assert [leaf.kind for leaf in house.ledger.leaves] == [Kind.INTENT]


def test_an_answer_is_given_again_under_its_idempotency_key(house: House) -> None:
    house.upstream.answer = Answer(200, "application/json", WHOLE)
    play(house, CHAT, ("idempotency-key", "k"))
    claim = house.ledger.entries[0].idempotency
    assert claim is not None
    intent = asyncio.run(house.ledger.append(house.ledger.entries[0]))
    house.replays.known[claim.scope] = Replay(claim.body, intent, WHOLE, ended=True)
    house.wire.out.clear()
    told = play(house, CHAT, ("idempotency-key", "k"))
    assert told.endswith(WHOLE)
    assert b"brightline-replayed: true" in told
    assert len(house.upstream.sent) == 1


def test_a_deployment_that_is_down_is_still_the_last_resort(house: House) -> None:
    house.upstream.up = False
    house.upstream.answer = Answer(200, "application/json", WHOLE)
    assert play(house).startswith(b"HTTP/1.1 200")


def second_term(house: House) -> None:
    """Another version takes effect."""
    agreement = Agreement()
    agreement.ref = AgreementRef("sample", 2, b"e" * 32, "demo")
    agreement.decision = house.agreement.decision
    house.standing.replace(term_of(agreement))


@pytest.mark.parametrize("decision", [PERMIT, FORBID])
def test_what_another_version_overtook_is_decided_again(house: House, decision: Decision) -> None:
    house.agreement.decision = decision
    house.upstream.answer = Answer(200, "application/json", WHOLE)
    house.ledger.error = AgreementChangedError()
    house.ledger.fail_at = {0}
    house.ledger.before = lambda: second_term(house) if house.ledger.asked == 1 else None
    told = play(house, CHAT, ("idempotency-key", "once"))
    assert told.startswith(b"HTTP/1.1 200" if decision is PERMIT else b"HTTP/1.1 403")
    assert b"brightline-agreement: sample 2" in told
    assert {leaf.agreement_digest for leaf in house.ledger.leaves} == {b"e" * 32}
    assert len(house.agreement.asked) == 1
    assert house.counters.running == 0


def test_a_use_that_is_overtaken_again_and_again_is_told_to_come_back(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "CHANGE_SECONDS", 0.01)
    house.ledger.error = AgreementChangedError()
    house.ledger.fail_at = set(range(9))
    told = play(house)
    assert told.startswith(b"HTTP/1.1 503")
    assert b"ledger/agreement-changed" in told
    assert "agreement-behind" in house.log.getvalue()
    house.ledger.before = lambda: second_term(house)
    assert play(house).count(b"HTTP/1.1 503") == 2
    assert (house.ledger.entries, house.upstream.sent) == ([], [])


def test_a_hold_is_recorded_as_one_and_names_who_has_to_sign(house: House) -> None:
    hold = Hold("op-6", "duty-officer", 2)
    reason = Reason("op-6", Layer.OPERATOR, "nobody signed")
    house.agreement.decision = Decision(Effect.HOLD, "policy/held", (reason,), holds=(hold,))
    told = play(house)
    assert told.startswith(b"HTTP/1.1 403")
    assert error_of(told)["brightline"]["holds"][0]["quorum"] == 2  # type: ignore[index]
    assert [leaf.verdict for leaf in house.ledger.leaves] == [Verdict.HOLD]
    assert house.counters.uses == {("hold", "refused"): 1}


@pytest.mark.parametrize(("now_ms", "code"), [(10_000, "policy/expired"), (-1, "policy/not-yet-valid")])
def test_outside_the_agreements_times_nothing_is_decided(house: House, now_ms: int, code: str) -> None:
    house.ledger.now = now_ms
    told = play(house)
    assert told.startswith(b"HTTP/1.1 403")
    assert error_of(told)["code"] == code
    assert house.agreement.asked == []
    assert [(leaf.kind, leaf.verdict) for leaf in house.ledger.leaves] == [(Kind.REFUSAL, Verdict.UNDECIDED)]
