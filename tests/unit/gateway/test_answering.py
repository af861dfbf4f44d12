"""The second half of a use, where it goes wrong: one outcome whatever happens, and no end before it."""

import asyncio
from dataclasses import replace

import pytest

from brightline.domain.call import Call, Dialect, Operation
from brightline.domain.leaf import Outcome
from brightline.domain.record import Appended
from brightline.gateway.answering import Answering
from brightline.gateway.errors import UseError
from brightline.gateway.exchange import Exchange
from brightline.gateway.holding import Holding
from brightline.gateway.run import Run
from brightline.providers import AnswerError
from brightline.testing.rooms import DEPLOYMENT, WHO, Agreement, Answer, House
from brightline.wire import codec

CALL = Call(Dialect.OPENAI_CHAT, Operation.GENERATE, "small", stream=True, body=b"{}")
WHOLE = b'{"id":"x","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"a"}}]}'
PIECE = b'data: {"id":"x","choices":[{"index":0,"delta":{"content":"a"},"finish_reason":null}]}\n\n'
END = b'data: {"id":"x","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'


@pytest.fixture
def house() -> House:
    return House(UseError("gateway/draining"))


def answer(house: House, *, stream: bool = True, exchange: Exchange | None = None) -> bytes:
    call = replace(CALL, stream=stream)
    run = Run(b"u" * 16, 0.0, Agreement.ref, principal=WHO, call=call, deployment=DEPLOYMENT)
    run.intent = Appended(0, bytes(32), 1)

    async def story() -> None:
        asked = exchange or house.exchange("/v1/chat/completions", b"{}")
        await Answering(house.rooms, run, asked, codec(Dialect.OPENAI_CHAT), Holding(house.rooms)).answer(
            call, DEPLOYMENT
        )

    asyncio.run(story())
    return house.told


def outcomes(house: House) -> list[Outcome]:
    return [leaf.outcome for leaf in house.ledger.leaves]


def test_a_success_that_is_not_200_is_no_answer(house: House) -> None:
    house.upstream.answer = Answer(202, "application/json", b"{}")
    told = answer(house)
    assert told.startswith(b"HTTP/1.1 502")
    assert b"providers/garbage" in told
    assert outcomes(house) == [Outcome.PROVIDER_ERROR]


def test_a_caller_that_left_before_anything_came_is_a_cancelled_use(house: House) -> None:
    exchange = house.exchange("/v1/chat/completions", b"{}")
    exchange.lose()
    assert answer(house, exchange=exchange) == b""
    assert outcomes(house) == [Outcome.CANCELLED]


def test_a_caller_that_leaves_while_the_outcome_is_written_changes_nothing(house: House) -> None:
    exchange = house.exchange("/v1/chat/completions", b"{}")
    house.upstream.answer = Answer(200, "application/json", WHOLE)
    house.ledger.before = exchange.lose
    assert answer(house, stream=False, exchange=exchange) == b""
    assert outcomes(house) == [Outcome.COMPLETE]


def test_an_outcome_that_cannot_be_written_is_told_and_not_tried_again(house: House) -> None:
    house.upstream.answer = Answer(200, "application/json", WHOLE)
    house.ledger.fail_at = {0}
    told = answer(house, stream=False)
    assert told.startswith(b"HTTP/1.1 503")
    assert (house.ledger.asked, outcomes(house)) == (1, [])


def test_a_failure_that_cannot_be_written_is_told_as_that(house: House) -> None:
    house.upstream.answer = Answer(200, "application/json", AnswerError("providers/cut", deployment="dep"))
    house.ledger.fail_at = {0}
    told = answer(house, stream=False)
    assert b"gateway/draining" in told
    assert b"providers/cut" not in told


def test_a_refusal_by_the_provider_that_cannot_be_written_is_not_passed_on(house: House) -> None:
    body = b'{"error": {"message": "canary", "type": "x", "param": null, "code": null}}'
    house.upstream.answer = Answer(400, "application/json", body)
    house.ledger.fail_at = {0}
    told = answer(house)
    assert told.startswith(b"HTTP/1.1 503")
    assert b"canary" not in told


def test_a_cut_stream_ends_in_an_error_event(house: House) -> None:
    house.upstream.answer = Answer(200, "text/event-stream", PIECE, AnswerError("providers/cut", deployment="dep"))
    told = answer(house)
    assert b"providers/cut" in told
    assert b"[DONE]" not in told
    assert outcomes(house) == [Outcome.INCOMPLETE]


def test_a_stream_waits_for_a_caller_that_reads_slowly(house: House) -> None:
    house.wire.blocked = True
    house.upstream.answer = Answer(200, "text/event-stream", PIECE, END)
    told = answer(house)
    assert not house.wire.blocked
    assert told.endswith(b"0\r\n\r\n")
    assert outcomes(house) == [Outcome.COMPLETE]


def test_a_stream_asked_for_and_answered_whole_is_passed_whole(house: House) -> None:
    house.upstream.answer = Answer(200, "application/json", WHOLE)
    assert answer(house).endswith(WHOLE)
    assert outcomes(house) == [Outcome.COMPLETE]


def test_a_stream_whose_last_event_only_its_end_completes_is_whole(house: House) -> None:
    house.upstream.answer = Answer(200, "text/event-stream", PIECE + END[:-2] + b"\r\n\r")
    told = answer(house)
    assert b"[DONE]" in told
    assert outcomes(house) == [Outcome.COMPLETE]


def test_nothing_is_said_twice_to_a_caller_whose_answer_is_out(house: House) -> None:
    exchange = house.exchange("/v1/chat/completions", b"{}")
    exchange.finished = True
    house.upstream.answer = AnswerError("providers/cut", deployment="dep")  # raised by the send
    assert answer(house, exchange=exchange) == b""
